package dev.warren.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import tools.jackson.databind.json.JsonMapper;

/** What every answer other than success must be. */
final class Answers {

  private Answers() {}

  static void assertProblem(HttpResponse<String> answer, int status, String type) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    var problem = JsonMapper.shared().readTree(answer.body());
    assertThat(problem.get("type").asString()).isEqualTo("urn:warren:problem:" + type);
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("title").asString()).isNotBlank();
    assertThat(problem.get("detail").asString()).isNotBlank();
    assertThat(answer.headers().firstValue("Retry-After").isPresent()).isEqualTo(status == 503);
  }
}
