package dev.warren.sender.submission;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import dev.warren.contract.MessagePayload;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTopology;
import java.time.Clock;
import tools.jackson.databind.json.JsonMapper;

/** Makes a task of a request. */
final class Submissions {

  private final NoArgGenerator ids = Generators.timeBasedEpochGenerator();
  private final Clock clock;

  Submissions(Clock clock) {
    this.clock = clock;
  }

  TaskMessage taskOf(SendRequest request) {
    return new TaskMessage(
        ids.generate().toString(),
        MessagePayload.TYPE,
        TaskTopology.DEFAULT_KEY,
        clock.instant(),
        JsonMapper.shared().writeValueAsBytes(new MessagePayload(request.message())));
  }

  SendReceipt receiptFor(TaskMessage task) {
    return new SendReceipt(task.id(), task.queue(), clock.instant());
  }
}
