package dev.warren.sender.batches;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What a batch may be.
 *
 * @param maxTasks what follows is refused
 * @param maxBodySize what follows is refused; as much of it as this is still read by Tomcat, so
 *     that its sender gets the answer
 * @param readTimeout for the whole body
 * @param maxAtOnce batches that are read at once: each holds a thread, and a slow client holds it
 *     for long; more are refused
 */
@Validated
@ConfigurationProperties("sender.batches")
record BatchProperties(
    @DefaultValue("10000") @Min(1) @Max(10000) int maxTasks,
    @DefaultValue("16MB") DataSize maxBodySize,
    @DefaultValue("60s") Duration readTimeout,
    @DefaultValue("16") @Min(1) int maxAtOnce) {}
