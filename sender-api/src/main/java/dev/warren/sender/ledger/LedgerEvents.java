package dev.warren.sender.ledger;

import dev.warren.contract.TaskEvent;
import dev.warren.sender.publishing.PublishOutcome;
import dev.warren.sender.publishing.TaskPublisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Says what the ledger has decided, after it is committed, to whoever waits for it. As good as
 * possible: where it cannot be said, the ledger knows it all the same.
 */
@Component
public final class LedgerEvents {

  private static final Logger log = LoggerFactory.getLogger(LedgerEvents.class);

  private final TaskPublisher publisher;

  LedgerEvents(TaskPublisher publisher) {
    this.publisher = publisher;
  }

  /** Returns at once. */
  public void publish(TaskEvent event) {
    publisher
        .publish(event.toWire())
        .thenAccept(
            outcome -> {
              if (outcome != PublishOutcome.CONFIRMED) {
                log.debug("event {} was not published: {}", event.kind(), outcome);
              }
            });
  }
}
