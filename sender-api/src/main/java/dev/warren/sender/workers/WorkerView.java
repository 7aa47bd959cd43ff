package dev.warren.sender.workers;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.warren.contract.WorkerPresence;
import dev.warren.contract.WorkerPresence.Slot;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A worker as it was last heard. What is null is left out.
 *
 * @param instance another one at each start: two workers may have one name
 * @param slots what it holds and has not settled yet
 * @param done tasks since its start
 * @param failed attempts since its start
 * @param heardAt when it last said so, by this replica's clock
 * @param silentSince the same, of a {@link State#FROZEN} one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WorkerView(
    String name,
    String instance,
    State state,
    @Nullable String host,
    @Nullable String version,
    @Nullable Instant startedAt,
    List<String> queues,
    int concurrency,
    List<Slot> slots,
    long done,
    long failed,
    Instant heardAt,
    @Nullable Instant silentSince) {

  /** What its silence means. */
  public enum State {
    /** It was heard a moment ago. */
    UP,
    /** It should have been heard again: it hangs, is cut off, or was killed a moment ago. */
    FROZEN
  }

  static WorkerView of(WorkerPresence said, State state, Instant heardAt) {
    return new WorkerView(
        said.name(),
        said.instance(),
        state,
        said.host(),
        said.version(),
        said.startedAt(),
        said.queues(),
        said.concurrency(),
        said.slots(),
        said.done(),
        said.failed(),
        heardAt,
        state == State.FROZEN ? heardAt : null);
  }
}
