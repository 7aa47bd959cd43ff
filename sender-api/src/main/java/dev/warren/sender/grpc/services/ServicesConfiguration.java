package dev.warren.sender.grpc.services;

import dev.warren.sender.grpc.PromptHeaders;
import io.grpc.BindableService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Their headers are prompt: the id of the task is told while its end is waited for. */
@Configuration(proxyBeanMethods = false)
class ServicesConfiguration {

  @Bean
  BindableService calculatorService(ServiceCalls calls) {
    return PromptHeaders.of(new CalculatorService(calls));
  }

  @Bean
  BindableService directoryService(ServiceCalls calls) {
    return PromptHeaders.of(new DirectoryService(calls));
  }

  @Bean
  BindableService systemService(ServiceCalls calls) {
    return PromptHeaders.of(new SystemService(calls));
  }
}
