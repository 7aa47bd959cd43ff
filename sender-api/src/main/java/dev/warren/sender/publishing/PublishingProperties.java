package dev.warren.sender.publishing;

import dev.warren.contract.TaskTopology;
import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the sender publishes.
 *
 * @param queues keys of queues beside those of the known types: lower case letters, digits, hyphens
 * @param confirmTimeout after which a publish is given up as unknown; below the 5 s in which every
 *     request is answered
 * @param maxInFlight publishes that may wait for their confirm at once; more are refused, and what
 *     comes in bulk has half of it. At 10,000 tasks/s and confirms within 0.1 s there are 1,000
 * @param reconnectInterval between two tries to reach the broker
 * @param declareInterval after which the topology is declared again
 * @param redeclareDelay for which a deleted queue stays away: on 3.10 a consumer that still had a
 *     task in hand was neither cancelled nor ever served when its queue was back at once; 0.3 s
 *     were enough
 * @param settleTime for which a queue that was just created gets no task: a quorum queue younger
 *     than about a second can lose confirmed messages when the broker is killed (seen on 4.0.5 and
 *     4.3.6, not after 1 s)
 * @param stalledLimit after which a connection whose confirms no longer come is replaced
 */
@Validated
@ConfigurationProperties("sender.publishing")
public record PublishingProperties(
    @DefaultValue Set<String> queues,
    @DefaultValue("4s") Duration confirmTimeout,
    @DefaultValue("1000") @Min(1) int maxInFlight,
    @DefaultValue("500ms") Duration reconnectInterval,
    @DefaultValue("10s") Duration declareInterval,
    @DefaultValue("1s") Duration redeclareDelay,
    @DefaultValue("1500ms") Duration settleTime,
    @DefaultValue("30s") Duration stalledLimit) {

  public PublishingProperties {
    var known = TaskTypes.ALL.stream().map(TaskType::queue);
    queues =
        Stream.of(known, queues.stream(), Stream.of(TaskTopology.DEFAULT_KEY))
            .flatMap(each -> each)
            .collect(Collectors.toCollection(TreeSet::new));
    for (var queue : queues) {
      if (!TaskTopology.isKeyOfTasks(queue)) {
        throw new IllegalArgumentException(
            "WARREN_QUEUES: '%s' cannot be a queue; take lower case letters, digits and hyphens, and none of %s"
                .formatted(queue, TaskTopology.RESERVED_KEYS));
      }
    }
  }
}
