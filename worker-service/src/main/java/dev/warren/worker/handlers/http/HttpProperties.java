package dev.warren.worker.handlers.http;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code http} tasks may do.
 *
 * @param allowedNetworks in CIDR notation, separated by commas or spaces: what may be called beside
 *     the public internet
 * @param signingSecret of Standard Webhooks, or several separated by spaces; nothing is signed
 *     where empty. It is checked where an error would not print it
 */
@ConfigurationProperties("worker.http")
record HttpProperties(
    @DefaultValue("") String allowedNetworks, @DefaultValue("") String signingSecret) {

  @Override
  public String toString() {
    return "HttpProperties[allowedNetworks=" + allowedNetworks + "]";
  }
}
