package dev.warren.sender.grpc;

import dev.warren.sender.access.Admission;
import dev.warren.sender.tracing.RequestTraces;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/** Puts the keys in front of all that can be called, health and reflection too. */
@Configuration(proxyBeanMethods = false)
class GrpcConfiguration {

  /** More wait at the client; of whoever has a key, since nobody else gets that far. */
  private static final int MAX_CALLS_PER_CONNECTION = 1000;

  @Bean
  ServerBuilderCustomizer<NettyServerBuilder> boundedCalls() {
    return server -> server.maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION);
  }

  /** Behind what observes calls, so that their spans are the parents of tasks. */
  @Bean
  @GlobalServerInterceptor
  @Order(1000)
  ServerInterceptor callAdmission(Admission admission, RequestTraces traces) {
    return new CallAdmission(admission, traces);
  }
}
