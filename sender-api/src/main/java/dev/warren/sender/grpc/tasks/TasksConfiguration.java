package dev.warren.sender.grpc.tasks;

import dev.warren.sender.following.Tasks;
import dev.warren.sender.grpc.CallThreads;
import dev.warren.sender.grpc.PromptHeaders;
import dev.warren.sender.streaming.EventFeed;
import io.grpc.BindableService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Its headers are prompt: the id of the task is told while the broker's confirm is waited for. */
@Configuration(proxyBeanMethods = false)
class TasksConfiguration {

  @Bean
  BindableService tasksService(
      TaskIntake intake, TaskStreams streams, Tasks tasks, EventFeed feed, CallThreads threads) {
    return PromptHeaders.of(new TasksService(intake, streams, tasks, feed, threads.getExecutor()));
  }
}
