package dev.warren.sender.streaming;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Those who listen to events.
 *
 * @param heartbeat how often each of them hears something; also how soon one that has gone is
 *     noticed
 * @param maxListeners at each replica
 */
@Validated
@ConfigurationProperties("sender.streaming")
public record StreamingProperties(
    @DefaultValue("15s") Duration heartbeat, @DefaultValue("1000") @Min(0) int maxListeners) {}
