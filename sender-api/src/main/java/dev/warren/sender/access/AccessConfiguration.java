package dev.warren.sender.access;

import dev.warren.sender.access.KnownKeys.Openness;
import dev.warren.sender.ledger.database.LedgerDatabase;
import dev.warren.sender.requests.BodyFilter;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/** Who may ask for what. What is not named is only for admins, so that nothing is forgotten. */
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

  private static final String[] OPEN = {
    "/actuator/health/liveness",
    "/actuator/health/readiness",
    "/swagger-ui",
    "/swagger-ui/**",
    "/v3/api-docs",
    "/v3/api-docs/**"
  };

  private static final String[] MAKES_TASKS = {
    "/send", "/v1/tasks", "/v1/tasks/batch", "/v1/calls/*"
  };

  @Bean
  SecurityFilterChain access(HttpSecurity http, KnownKeys keys, Admission admission) {
    var refusals = new AccessRefusals(admission);
    var bearer = new BearerTokenAuthenticationFilter(keys);
    bearer.setAuthenticationEntryPoint(refusals);
    bearer.setAuthenticationFailureHandler(refusals::commence);
    var submit = needs(Scope.SUBMIT, keys);
    var read = needs(Scope.READ, keys);
    var admin = needs(Scope.ADMIN, keys);
    return http.addFilterBefore(bearer, BasicAuthenticationFilter.class)
        .authorizeHttpRequests(
            rules ->
                rules
                    .requestMatchers(HttpMethod.POST, MAKES_TASKS)
                    .access(submit)
                    .requestMatchers(OPEN)
                    .permitAll()
                    .requestMatchers(KeysEndpoint.PATH, KeysEndpoint.PATH + "/**")
                    .access(admin)
                    .requestMatchers(HttpMethod.GET)
                    .access(read)
                    .requestMatchers(HttpMethod.HEAD)
                    .access(read)
                    .anyRequest()
                    .access(admin))
        .exceptionHandling(
            each -> each.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
        .sessionManagement(each -> each.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .csrf(AbstractHttpConfigurer::disable) // no browser sends a key by itself
        .headers(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .servletApi(AbstractHttpConfigurer::disable)
        .build();
  }

  private static AuthorizationManager<RequestAuthorizationContext> needs(
      Scope scope, KnownKeys keys) {
    var byKey =
        AuthorityAuthorizationManager.<RequestAuthorizationContext>hasAuthority(scope.authority());
    var open = new AuthorizationDecision(true);
    return (caller, request) -> keys.isOpen() ? open : byKey.authorize(caller, request);
  }

  /** The container has looked at the headers already; an id may be any text, as it always could. */
  @Bean
  HttpFirewall firewall() {
    var firewall = new StrictHttpFirewall();
    firewall.setUnsafeAllowAnyHttpMethod(true); // answered with 405 where it leads anywhere
    firewall.setAllowUrlEncodedPercent(true);
    firewall.setAllowBackSlash(true);
    firewall.setAllowNull(true);
    firewall.setAllowUrlEncodedCarriageReturn(true);
    firewall.setAllowUrlEncodedLineFeed(true);
    firewall.setAllowUrlEncodedLineSeparator(true);
    firewall.setAllowUrlEncodedParagraphSeparator(true);
    firewall.setAllowedHeaderNames(name -> true);
    firewall.setAllowedHeaderValues(value -> true);
    return firewall;
  }

  /** They would be a large part of the time of a request. */
  @Bean
  SecurityObservationSettings withoutObservations() {
    return SecurityObservationSettings.noObservations();
  }

  @Bean
  KeyStore keyStore(JdbcClient database) {
    return new KeyStore(database);
  }

  @Bean
  KnownKeys knownKeys(
      KeyStore store,
      LedgerDatabase database,
      AccessProperties properties,
      ServerProperties server,
      ObjectProvider<GrpcServerProperties> grpc) {
    var onLoopback =
        isLoopback(server.getAddress())
            && grpc.stream().allMatch(each -> isLoopback(each.getAddress()));
    var openness = onLoopback ? Openness.UNTIL_FIRST_KEY : Openness.NEVER;
    return new KnownKeys(store, database, openness, adminKeyIn(properties));
  }

  private static boolean isLoopback(@Nullable InetAddress address) {
    return address != null && address.isLoopbackAddress();
  }

  @Bean
  Admission admission(KnownKeys keys) {
    return new Admission(keys);
  }

  private static @Nullable String adminKeyIn(AccessProperties properties) {
    var key = properties.adminKey();
    if (key.isEmpty()) {
      return null;
    }
    if (!KeyText.isAcceptable(key)) {
      throw new StartRefused(
          "WARREN_ADMIN_KEY can be guessed, or is no key.",
          "Set it to " + StartRefused.GOOD_KEY + " or leave it out.");
    }
    return key;
  }

  /** Part of the readiness: whoever comes would be refused. */
  @Bean
  HealthIndicator accessHealthIndicator(KnownKeys keys) {
    return () ->
        keys.canLetIn()
            ? Health.up().build()
            : Health.down().withDetail("reason", "the keys are not known yet").build();
  }

  @Bean
  FilterRegistrationBean<BodyFilter> keyBodies() {
    return new BodyFilter(4 * 1024, Duration.ofSeconds(10)).before(KeysEndpoint.PATH);
  }
}
