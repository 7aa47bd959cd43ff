package dev.warren.worker.handlers.http;

import java.time.Clock;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.util.Timeout;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A client that does what it is told and nothing beyond it. */
@Configuration(proxyBeanMethods = false)
class HttpConfiguration {

  private static final Timeout CONNECT = Timeout.ofSeconds(10);

  /** Of silence; the limit of the whole call is the handler's. */
  private static final Timeout SILENCE = Timeout.ofMinutes(25);

  /** More than there can be tasks in hand: none waits for a connection. */
  private static final int MAX_CONNECTIONS = 10_000;

  private static final Http1Config HEADS =
      Http1Config.custom().setMaxLineLength(16 * 1024).setMaxHeaderCount(200).build();

  @Bean
  HttpHandler httpHandler(HttpProperties properties) {
    var addresses = CallableAddresses.publicAnd(properties.allowedNetworks());
    var signature = WebhookSignature.with(properties.signingSecret());
    return new HttpHandler(client(addresses), signature, Clock.systemUTC());
  }

  static CloseableHttpClient client(CallableAddresses addresses) {
    var connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setDnsResolver(addresses)
            .setConnectionFactory(
                ManagedHttpClientConnectionFactory.builder().http1Config(HEADS).build())
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(CONNECT)
                    .setSocketTimeout(SILENCE)
                    .build())
            .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(CONNECT).build())
            .setMaxConnTotal(MAX_CONNECTIONS)
            .setMaxConnPerRoute(MAX_CONNECTIONS)
            .build();
    return HttpClientBuilder.create()
        .setConnectionManager(connections)
        .setConnectionReuseStrategy((request, response, context) -> false)
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setResponseTimeout(SILENCE)
                .setRedirectsEnabled(false)
                .setAuthenticationEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .build())
        .setUserAgent("Warren")
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableContentCompression() // nothing is unpacked, so nothing can swell
        .disableCookieManagement()
        .disableAuthCaching()
        .build();
  }
}
