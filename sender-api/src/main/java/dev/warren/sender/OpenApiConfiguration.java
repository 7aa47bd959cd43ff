package dev.warren.sender;

import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.OpenAPI;
import java.io.IOException;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** {@code GET /v3/api-docs}, and {@code /swagger-ui} to try it. */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

  @Bean
  OpenAPI openApi(@Value("classpath:openapi.yaml") Resource description) throws IOException {
    var options = new LoaderOptions();
    options.setMaxAliasesForCollections(1000); // it is no stranger's
    try (var yaml = description.getInputStream()) {
      var resolved = new Yaml(options).<Map<String, Object>>load(yaml); // Jackson knows no anchors
      return Json31.mapper().convertValue(resolved, OpenAPI.class);
    }
  }
}
