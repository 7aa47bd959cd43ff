package dev.warren.sender.queues;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where the broker says more of its queues than AMQP does.
 *
 * @param managementUrl of its management API; by default at port 15672 of the broker's host
 */
@ConfigurationProperties("sender.queues")
record QueuesProperties(@Nullable URI managementUrl) {}
