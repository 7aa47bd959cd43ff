package dev.warren.sender.publishing;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskMessage;
import java.util.Date;
import java.util.Map;

/** The AMQP properties of a task; the body is its payload. */
final class TaskProperties {

  private static final int PERSISTENT = 2;

  private TaskProperties() {}

  static BasicProperties of(TaskMessage task) {
    return new BasicProperties.Builder()
        .messageId(task.id())
        .type(task.type())
        .timestamp(Date.from(task.createdAt()))
        .contentType(TaskMessage.CONTENT_TYPE)
        .deliveryMode(PERSISTENT)
        .headers(Map.of(TaskHeaders.QUEUE, task.queue()))
        .build();
  }
}
