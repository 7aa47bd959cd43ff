package dev.warren.sender.submission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.warren.contract.PayloadReader;
import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskOptions;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import jakarta.validation.Validation;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskRequestReaderTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final TaskRequestReader reader =
      new TaskRequestReader(
          PayloadReader.strict(Validation.buildDefaultValidatorFactory().getValidator()),
          Set.of("default", "images", "mail"));

  @Test
  void takesTheLeastThereCanBe() {
    var request = read("{\"type\":\"message\",\"payload\":{\"message\":\"a\"}}");
    assertThat(request.type()).isEqualTo("message");
    assertThat(request.queue()).isEqualTo("default");
    assertThat(request.options()).isEqualTo(TaskOptions.NONE);
    assertThat(new String(request.payload(), UTF_8)).isEqualTo("{\"message\":\"a\"}");
  }

  @Test
  void takesAllThereCanBe() {
    var options =
        options(
            "'queue':'mail','priority':9,'delaySeconds':1.5,'expiresAt':'2026-01-02T05:04:05+01:00',"
                + "'timeoutSeconds':1500,'retry':{'maxAttempts':3,'minBackoff':2,'maxBackoff':'PT1M',"
                + "'multiplier':1.5,'jitter':0},'labels':{'customer':'4711','a.b-c_D':''}");
    assertThat(options)
        .isEqualTo(
            new TaskOptions(
                9,
                Duration.ofMillis(1500),
                NOW.plusMillis(1500),
                Instant.parse("2026-01-02T04:04:05Z"),
                Duration.ofSeconds(1500),
                new RetryPolicy(3, Duration.ofSeconds(2), Duration.ofMinutes(1), 1.5, 0),
                Map.of("customer", "4711", "a.b-c_D", "")));
  }

  @Test
  void fillsUpAPartOfARetryPolicyFromTheTypesOwn() {
    assertThat(options("'retry':{'maxAttempts':1}").retry())
        .isEqualTo(new RetryPolicy(1, Duration.ofSeconds(1), Duration.ofMinutes(5), 2, 1));
  }

  @Test
  void takesNullForWhatIsLeftOut() {
    assertThat(options("'priority':null,'retry':null,'labels':null,'notBefore':null"))
        .isEqualTo(TaskOptions.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\" : 1.50}", "null", "\"text\\u00e9\"", "[1, 2]", "12e3", "true"})
  void takesThePayloadOfAnUnknownTypeAsItIs(String payload) {
    var request = read("{\"payload\":" + payload + " , \"type\":\"resize\",\"queue\":\"images\"}");
    assertThat(new String(request.payload(), UTF_8)).isEqualTo(payload);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'type':7 | type must be a string",
        "'type':'a b' | type must be 1 to 100 letters",
        "'priority':10 | priority must be a number from 0 to 9",
        "'priority':-1 | priority must be a number from 0 to 9",
        "'priority':1.5 | priority must be a whole number",
        "'priority':'1' | priority must be a number from 0 to 9",
        "'queue':['a'] | queue must be a string",
        "'delaySeconds':-1 | delaySeconds must be a number from 0",
        "'delaySeconds':1e99 | delaySeconds must be a number from 0",
        "'delaySeconds':1,'notBefore':'2027-01-01T00:00:00Z' | delaySeconds must not be given beside",
        "'notBefore':'tomorrow' | notBefore must be a time such as",
        "'notBefore':'+12026-01-01T00:00:00Z' | notBefore must be a time such as",
        "'notBefore':5 | notBefore must be a time such as",
        "'expiresAt':'2026-01-02T03:04:05Z' | expiresAt must be in the future",
        "'expiresAt':'2026-01-02T03:04:06Z','delaySeconds':1 | expiresAt must be after the task may",
        "'timeoutSeconds':0 | timeoutSeconds must be a number from 1 to 1500",
        "'timeoutSeconds':1501 | timeoutSeconds must be a number from 1 to 1500",
        "'retry':5 | retry must be an object",
        "'retry':{'maxAttempts':0} | retry.maxAttempts must be a number from 1 to 1000",
        "'retry':{'minBackoff':'soon'} | retry.minBackoff must be a number of seconds, or",
        "'retry':{'minBackoff':-1} | retry.minBackoff must be from 0",
        "'retry':{'minBackoff':'-PT1S'} | retry.minBackoff must be a number of seconds, or",
        "'retry':{'minBackoff':'PT1H'} | retry.minBackoff makes minBackoff (PT1H) longer",
        "'retry':{'maxBackoff':'P8D'} | retry.maxBackoff must be from 0 to 604800 seconds",
        "'retry':{'multiplier':11} | retry.multiplier must be a number from 1 to 10",
        "'retry':{'jitter':2} | retry.jitter must be a number from 0 to 1",
        "'retry':{'max':2} | retry.max is not known; there are jitter, maxAttempts",
        "'labels':['a'] | labels must be an object",
        "'labels':{'a b':'c'} | labels.a b must have a name of",
        "'labels':{'a':7} | labels.a must be a string",
        "'labels':{'a':null} | labels.a must be a string",
        "'labels':{'a':'\\u0000'} | labels.a must be Unicode text without a NUL",
        "'labels':{'a':'\\ud800'} | labels.a must be Unicode text without a NUL",
        "'prio':1 | prio is not known; there are delaySeconds, expiresAt, labels",
      })
  void refusesWithThePath(String field, String complaint) {
    assertThat(problemWith(field).detail()).contains(complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'message':''} | payload.message must not be blank",
        "{'message':1} | payload.message must fit the type",
        "{'massage':'a'} | payload.massage is not known; there are message",
        "{} | payload.message must not be null",
        "null | payload must not be null",
        "[] | payload must fit the type",
      })
  void refusesThePayloadWithThePath(String payload, String complaint) {
    var problem = problemIn("{'type':'message','payload':" + payload + "}");
    assertThat(problem.detail()).contains(complaint);
  }

  @Test
  void tellsAllAtOnce() {
    var problem =
        problemIn(
            "{'type':'message','payload':{'message':''},'priority':10,'retry':{'jitter':7},"
                + "'nonsense':1}");
    assertThat(problem.errors())
        .extracting(Problem.FieldError::field)
        .containsExactlyInAnyOrder("payload.message", "priority", "retry.jitter", "nonsense");
  }

  @Test
  void refusesWhatIsMissing() {
    assertThat(problemIn("{}").errors())
        .extracting(Problem.FieldError::field)
        .containsExactly("type", "payload");
  }

  @Test
  void refusesTooManyLabelsAndTooLongOnes() {
    var many =
        IntStream.range(0, 21).mapToObj(i -> "'k" + i + "':''").collect(Collectors.joining(","));
    assertThat(problemWith("'labels':{" + many + "}").detail()).contains("labels holds 21");
    var longest = "x".repeat(255);
    assertThat(options("'labels':{'a':'" + longest + "'}").labels()).containsEntry("a", longest);
    assertThat(problemWith("'labels':{'a':'" + longest + "x'}").detail()).contains("labels.a must");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "7",
        "{",
        "{'type':'message'",
        "{'type':'a','type':'b'}",
        "{} {}",
        "{}x",
        "{'payload':{'a':1,'a':2}}",
      })
  void refusesWhatIsNotOneObject(String body) {
    assertThat(problemIn(body).type()).isEqualTo(ProblemType.MALFORMED_JSON);
  }

  @Test
  void namesTheNearestQueues() {
    var problem = problemWith("'queue':'imags'");
    assertThat(problem.type()).isEqualTo(ProblemType.UNKNOWN_QUEUE);
    assertThat(problem.status()).isEqualTo(404);
    assertThat(problem.detail()).contains("no queue imags; the nearest: images, mail, default");
  }

  @Test
  void namesTheNearestTypes_whenNoQueueIsNamed() {
    var problem = problemIn("{'type':'mesage','payload':1}");
    assertThat(problem.type()).isEqualTo(ProblemType.UNKNOWN_TYPE);
    assertThat(problem.detail()).contains("no type mesage; the nearest: message, chaos");
  }

  @Test
  void refusesAPayloadAboveTheLimit() {
    var most = "\"" + "x".repeat(TaskRequestReader.MAX_PAYLOAD - 2) + "\"";
    var body = "{\"type\":\"t\",\"queue\":\"mail\",\"payload\":%s}";
    assertThat(read(body.formatted(most)).payload()).hasSize(TaskRequestReader.MAX_PAYLOAD);
    var refused =
        catchThrowableOfType(
            RequestRefused.class, () -> read(body.formatted(most.replaceFirst("x", "xx"))));
    assertThat(refused.problem().type()).isEqualTo(ProblemType.CONTENT_TOO_LARGE);
  }

  private TaskRequest read(String body) {
    return reader.read(body.getBytes(UTF_8), NOW);
  }

  private static String with(String fields) {
    var type = fields.contains("'type'") ? "" : "'type':'message',";
    return "{" + type + "'payload':{'message':'a'}," + fields + "}";
  }

  private TaskOptions options(String fields) {
    return read(with(fields).replace('\'', '"')).options();
  }

  private Problem problemWith(String fields) {
    return problemIn(with(fields));
  }

  private Problem problemIn(String body) {
    return catchThrowableOfType(RequestRefused.class, () -> read(body.replace('\'', '"')))
        .problem();
  }
}
