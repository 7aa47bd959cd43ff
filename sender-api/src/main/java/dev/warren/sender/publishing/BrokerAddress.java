package dev.warren.sender.publishing;

/**
 * Which broker this is, for those that ask it otherwise than by AMQP.
 *
 * @param isEncrypted by TLS
 */
public record BrokerAddress(
    String host, String virtualHost, String username, String password, boolean isEncrypted) {

  @Override
  public String toString() {
    return host + " " + virtualHost;
  }
}
