package dev.warren.sender.replies;

import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.consuming.QueueLoop;
import dev.warren.sender.following.Tasks;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A name for this replica, and a queue that its replies come to. */
@Configuration(proxyBeanMethods = false)
class RepliesConfiguration {

  /** Of which any size is bearable: a prefetch bounds their number only. */
  private static final int PREFETCH = 16;

  @Bean
  Replica replica() {
    return Replica.random();
  }

  @Bean
  Replies replies(MeterRegistry meters) {
    return new Replies(meters);
  }

  @Bean
  QueueLoop replyLoop(BrokerReads broker, Replica replica, Replies replies, Tasks tasks) {
    var source = ReplyListener.sourceFor(replica).whenDeclared(() -> replies.mayBeMissing(tasks));
    var queue = broker.reader(source, PREFETCH);
    return new QueueLoop("replies", queue, new ReplyListener(replies));
  }
}
