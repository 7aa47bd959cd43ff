package dev.warren.sender;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.sender.following.Attempt;
import dev.warren.sender.following.TaskView;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.streaming.LiveEvent;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What openapi.yaml says is what the code does, as far as a test can tell. */
@ExtendWith(BrokerExtension.class)
class ApiDescriptionIT {

  private static RunningSender sender;
  private static JsonNode document;

  @BeforeAll
  static void start(VirtualHost vhost) {
    sender = RunningSender.on(vhost);
    document = JsonMapper.shared().readTree(sender.get("/v3/api-docs").body());
  }

  @AfterAll
  static void stop() {
    sender.close();
  }

  @Test
  void describesEachEndpointAndNoOther() {
    var mapped = new TreeSet<>(List.of("POST /send"));
    sender
        .bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .keySet()
        .forEach(
            info ->
                info.getPatternValues().stream()
                    .filter(path -> path.startsWith("/v1/"))
                    .forEach(
                        path ->
                            info.getMethodsCondition()
                                .getMethods()
                                .forEach(method -> mapped.add(method + " " + path))));
    var described = new TreeSet<String>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .propertyNames()
                    .forEach(
                        method -> {
                          if (!method.equals("parameters")) {
                            described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                          }
                        }));
    assertThat(described).isEqualTo(mapped).hasSize(24);
  }

  @Test
  void describesEachProblem() {
    var described = document.at("/components/schemas/Problem/properties/type/enum");
    assertThat(described.valueStream().map(JsonNode::asString))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ProblemType.values()).map(ProblemType::uri).toList());
  }

  @Test
  void describesEachPartOfATask() {
    assertThat(document.at("/components/schemas/Task/properties").propertyNames())
        .containsExactlyInAnyOrderElementsOf(partsOf(TaskView.class));
    assertThat(document.at("/components/schemas/Attempt/properties").propertyNames())
        .containsExactlyInAnyOrderElementsOf(partsOf(Attempt.class));
    assertThat(document.at("/components/schemas/LiveEvent/properties").propertyNames())
        .containsExactlyInAnyOrderElementsOf(
            partsOf(LiveEvent.class).stream().filter(part -> !part.equals("isArrival")).toList());
  }

  @Test
  void refersToNothingThatIsNotThere() {
    var references = document.findValuesAsString("$ref");
    assertThat(references).hasSizeGreaterThan(30);
    assertThat(references)
        .allSatisfy(each -> assertThat(document.at(each.substring(1)).isMissingNode()).isFalse());
  }

  private static List<String> partsOf(Class<?> type) {
    return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
  }
}
