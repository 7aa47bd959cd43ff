package dev.warren.sender.submission;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import tools.jackson.databind.json.JsonMapper;

/**
 * Body of the {@code 202}: the broker has the task on disk.
 *
 * @param id of the task, a UUID of version 7
 * @param queue key of the queue it waits in
 * @param confirmedAt when the broker's confirm came, RFC 3339 in UTC
 */
record SendReceipt(String id, String queue, Instant confirmedAt) {

  void writeTo(HttpServletResponse response) throws IOException {
    var body = JsonMapper.shared().writeValueAsBytes(this);
    response.setStatus(HttpServletResponse.SC_ACCEPTED);
    response.setContentType("application/json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
