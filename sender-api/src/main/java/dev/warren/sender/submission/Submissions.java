package dev.warren.sender.submission;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import dev.warren.contract.Execution;
import dev.warren.contract.MessagePayload;
import dev.warren.contract.ReplyAddress;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTypes;
import dev.warren.sender.problems.RequestRefused;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.json.JsonMapper;

/** Makes a task of a request. */
final class Submissions {

  private final NoArgGenerator ids = Generators.timeBasedEpochGenerator();
  private final TaskRequestReader reader;
  private final Clock clock;

  Submissions(TaskRequestReader reader, Clock clock) {
    this.reader = reader;
    this.clock = clock;
  }

  /**
   * @param body of {@code POST /v1/tasks}
   * @throws RequestRefused saying what to change
   */
  TaskMessage taskOf(byte[] body, ReplyAddress reply) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var request = reader.read(body, now);
    return new TaskMessage(
        ids.generate().toString(),
        request.type(),
        request.queue(),
        now,
        Execution.FIRST,
        request.options(),
        reply,
        request.payload());
  }

  TaskMessage taskOf(SendRequest request) {
    return TaskMessage.of(
        ids.generate().toString(),
        TaskTypes.MESSAGE.name(),
        TaskTypes.MESSAGE.queue(),
        clock.instant(),
        JsonMapper.shared().writeValueAsBytes(new MessagePayload(request.message())));
  }

  SendReceipt receiptFor(TaskMessage task) {
    return new SendReceipt(task.id(), task.queue(), clock.instant());
  }
}
