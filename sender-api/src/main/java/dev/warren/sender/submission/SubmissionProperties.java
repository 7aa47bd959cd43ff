package dev.warren.sender.submission;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What a request may be.
 *
 * @param maxBodySize more is answered with 413
 * @param requestTimeout from the head of a request to its answer, for a body that trickles in;
 *     above the publisher's confirm timeout
 */
@ConfigurationProperties("sender.submission")
record SubmissionProperties(
    @DefaultValue("64KB") DataSize maxBodySize, @DefaultValue("10s") Duration requestTimeout) {}
