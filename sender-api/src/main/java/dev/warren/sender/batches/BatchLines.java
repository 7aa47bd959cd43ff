package dev.warren.sender.batches;

import dev.warren.contract.Origin;
import dev.warren.contract.ReplyAddress;
import dev.warren.contract.TaskMessage;
import dev.warren.sender.submission.Draft;
import dev.warren.sender.submission.OnceOnly;
import dev.warren.sender.submission.OnceOnly.Taken;
import dev.warren.sender.submission.Submissions;
import java.util.concurrent.CompletableFuture;

/** How the tasks of one batch are made and taken. */
interface BatchLines {

  /** The task that stands in the batch there. */
  Draft<String> draft(int index, byte[] task);

  /** Done when the broker has it. */
  CompletableFuture<Taken<String>> take(int index, Draft<String> draft);

  /** Of a batch that nobody ever comes back to. */
  static BatchLines unkeyed(Submissions submissions, OnceOnly onceOnly, Origin origin) {
    return new BatchLines() {
      @Override
      public Draft<String> draft(int index, byte[] task) {
        return submissions.draft(
            task,
            ReplyAddress.NOBODY,
            origin,
            submissions.newId(),
            submissions.now(),
            TaskMessage::id);
      }

      @Override
      public CompletableFuture<Taken<String>> take(int index, Draft<String> draft) {
        return onceOnly.take(draft);
      }
    };
  }
}
