package dev.warren.worker.handlers.directory;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DirectoryConfiguration {

  @Bean
  People people() {
    return People.of("people.csv");
  }

  @Bean
  SearchHandler searchHandler(People people) {
    return new SearchHandler(people);
  }
}
