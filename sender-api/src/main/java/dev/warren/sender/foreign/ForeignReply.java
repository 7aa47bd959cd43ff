package dev.warren.sender.foreign;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskState;
import dev.warren.contract.WireMessage;
import dev.warren.sender.calls.CallEnd.Failed;
import dev.warren.sender.following.Content;
import dev.warren.sender.problems.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a task has ended, as its foreign caller is told: the result, or the problem as RFC 9457 has
 * it.
 *
 * @param to name of the caller's queue
 */
@SuppressWarnings("ArrayRecordComponent") // two replies are never compared
record ForeignReply(String to, BasicProperties properties, byte[] body) {

  /** What to read of a row. */
  static final String COLUMNS =
      "id, type, state, reply_to, correlation_id, error_class, error_message, result";

  /** Direct reply-to: no queue, but the channel that the task came by. */
  private static final String DIRECT = "amq.rabbitmq.reply-to.";

  /** Any other queue might be one of tasks. */
  private static final Pattern ANSWERED =
      Pattern.compile("(amq\\.rabbitmq\\.reply-to\\.|amq\\.gen-|reply\\.).+", Pattern.DOTALL);

  private static final String BINARY = "application/octet-stream";
  private static final int TRANSIENT = 1;
  private static final int MAX_SHORT_STRING = 255;
  private static final byte[] NULL = "null".getBytes(StandardCharsets.UTF_8);

  /** Of one that has ended. */
  static ForeignReply of(ResultSet row) throws SQLException {
    var state = TaskState.valueOf(row.getString("state"));
    var headers = new LinkedHashMap<String, Object>();
    headers.put(TaskHeaders.STATE, state.name());
    byte[] body;
    String contentType;
    if (state == TaskState.SUCCEEDED) {
      body = resultOf(row);
      contentType = Content.isJson(body) ? WireMessage.CONTENT_TYPE : BINARY;
    } else {
      var failed =
          Failed.of(
              row.getString("id"),
              state,
              row.getString("error_class"),
              row.getString("error_message"));
      headers.put(TaskHeaders.ERROR_CLASS, failed.code());
      body = JsonMapper.shared().writeValueAsBytes(failed.problem().members());
      contentType = Problem.MEDIA_TYPE;
    }
    var properties =
        new BasicProperties.Builder()
            .messageId(row.getString("id"))
            .type(row.getString("type"))
            .correlationId(row.getString("correlation_id"))
            .contentType(contentType)
            .deliveryMode(TRANSIENT)
            .headers(headers)
            .build();
    return new ForeignReply(row.getString("reply_to"), properties, body);
  }

  private static byte[] resultOf(ResultSet row) throws SQLException {
    var result = row.getBytes("result");
    return result == null || result.length == 0 ? NULL : result;
  }

  /** Whether its queue is one that is answered to at all. */
  boolean isAllowed() {
    return ANSWERED.matcher(to).matches();
  }

  /** Whether AMQP can carry it: text is shorter here than there, but perhaps not in bytes. */
  boolean isSendable() {
    try {
      properties.toFrame(0, 0);
      return to.getBytes(StandardCharsets.UTF_8).length <= MAX_SHORT_STRING;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  boolean isDirect() {
    return to.startsWith(DIRECT);
  }
}
