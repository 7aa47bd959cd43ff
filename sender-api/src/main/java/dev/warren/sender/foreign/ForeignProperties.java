package dev.warren.sender.foreign;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How foreign callers are answered.
 *
 * @param uri of whose user the replies are; where it is empty, of the publisher's
 * @param maxWaiting replies that wait to be published; what is more is dropped
 * @param maxUnconfirmed of those that were published
 * @param minBackoff before the broker is connected to again; doubled up to maxBackoff
 */
@Validated
@ConfigurationProperties("sender.foreign")
record ForeignProperties(
    @DefaultValue("") String uri,
    @DefaultValue("10000") @Min(1) int maxWaiting,
    @DefaultValue("1000") @Min(1) int maxUnconfirmed,
    @DefaultValue("500ms") Duration minBackoff,
    @DefaultValue("10s") Duration maxBackoff) {}
