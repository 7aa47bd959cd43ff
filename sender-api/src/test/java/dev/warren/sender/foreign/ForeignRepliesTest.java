package dev.warren.sender.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.sender.ledger.RepliesDue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

@ExtendWith(OutputCaptureExtension.class)
class ForeignRepliesTest {

  @Test
  void saysHowManyAreNotAnswered_whenItIsStopped(CapturedOutput log) {
    var drops = new Drop.Counters(new SimpleMeterRegistry());
    var properties =
        new ForeignProperties("", 10, 10, Duration.ofSeconds(1), Duration.ofSeconds(1));
    var connection =
        new ReplyConnection(
            () -> {
              throw new IOException("no broker");
            },
            drops,
            properties);
    var away = new DriverManagerDataSource("jdbc:h2:mem:away;IFEXISTS=TRUE");
    var replies = new ForeignReplies(JdbcClient.create(away), connection, drops, properties);
    replies.due(new RepliesDue(List.of("a", "b", "c")));
    replies.start();

    replies.stop();

    await()
        .atMost(Duration.ofSeconds(120))
        .untilAsserted(() -> assertThat(log.getOut()).containsPattern("WARN.* 3 foreign callers"));
  }
}
