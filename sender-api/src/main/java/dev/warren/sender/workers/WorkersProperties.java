package dev.warren.sender.workers;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What the silence of a worker means; each speaks every 5 s.
 *
 * @param frozenAfter two of its words were missed
 * @param goneAfter so that what is gone is not shown for 30 s
 */
@Validated
@ConfigurationProperties("sender.workers")
record WorkersProperties(
    @DefaultValue("12s") Duration frozenAfter, @DefaultValue("27s") Duration goneAfter) {}
