package dev.warren.sender;

import io.swagger.v3.core.util.Yaml31;
import io.swagger.v3.oas.models.OpenAPI;
import java.io.IOException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;

/** {@code GET /v3/api-docs}, and {@code /swagger-ui} to try it. */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

  @Bean
  OpenAPI openApi(@Value("classpath:openapi.yaml") Resource description) throws IOException {
    try (var yaml = description.getInputStream()) {
      return Yaml31.mapper().readValue(yaml, OpenAPI.class);
    }
  }
}
