package dev.warren.sender.problems;

import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts our error report in the place of Tomcat's page. */
@Configuration(proxyBeanMethods = false)
class ProblemsConfiguration {

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemErrorReport() {
    return factory ->
        factory.addContextCustomizers(
            context -> {
              var host = (StandardHost) context.getParent();
              host.setErrorReportValveClass(ProblemErrorReportValve.class.getName());
            });
  }
}
