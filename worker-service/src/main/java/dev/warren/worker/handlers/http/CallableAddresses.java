package dev.warren.worker.handlers.http;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressNetwork.IPAddressGenerator;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * Resolves a host to those of its addresses that may be called. The connection is made to what this
 * answers and to nothing else, so that it does not matter how an address was written, or what a
 * name will resolve to the next time.
 */
final class CallableAddresses implements DnsResolver {

  private static final IPAddressStringParameters CIDR =
      new IPAddressStringParameters.Builder()
          .allowEmpty(false)
          .allowAll(false)
          .allowPrefixOnly(false)
          .allowSingleSegment(false)
          .allowMask(false)
          .allowWildcardedSeparator(false)
          .setRangeOptions(IPAddressStringParameters.RangeParameters.NO_RANGE)
          .getIPv4AddressParametersBuilder()
          .allow_inet_aton(false)
          .getParentBuilder()
          .getIPv6AddressParametersBuilder()
          .allowZone(false)
          .allowMixed(true)
          .getParentBuilder()
          .toParams();

  private static final IPAddressGenerator ADDRESSES = new IPAddressGenerator();

  /** IANA's special-purpose addresses, and those of a cloud that are not among them. */
  private static final List<IPAddress> SPECIAL =
      networks(
          "0.0.0.0/8", // this network
          "10.0.0.0/8", // private
          "100.64.0.0/10", // carriers' own, and a cloud's metadata
          "127.0.0.0/8", // loopback
          "168.63.129.16/32", // Azure's host
          "169.254.0.0/16", // link-local, and the other clouds' metadata
          "172.16.0.0/12", // private
          "192.0.0.0/24", // protocols' own
          "192.0.2.0/24", // documentation
          "192.88.99.0/24", // relays of 6to4
          "192.168.0.0/16", // private
          "198.18.0.0/15", // benchmarks
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/4", // multicast
          "240.0.0.0/4", // reserved, and broadcast
          "2001::/23", // protocols' own; Teredo, which wraps an IPv4 address
          "2001:db8::/32", // documentation
          "2002::/16", // 6to4, which wraps an IPv4 address
          "3fff::/20"); // documentation

  /** Of IPv6 nothing else is public: not ::1, fc00::/7, fe80::/10, ff00::/8, ::ffff:0:0/96. */
  private static final IPAddress PUBLIC_IPV6 = network("2000::/3");

  /** By which hosts with IPv6 alone reach IPv4; the wrapped address is what is called. */
  private static final IPAddress NAT64 = network("64:ff9b::/96");

  private static final int IPV4_BYTES = 4;

  private final List<IPAddress> allowed;

  private CallableAddresses(List<IPAddress> allowed) {
    this.allowed = allowed;
  }

  /**
   * Public addresses, and those of these networks.
   *
   * @param allowed in CIDR notation, separated by commas or spaces
   * @throws IllegalStateException naming what is no network
   */
  static CallableAddresses publicAnd(String allowed) {
    var texts = Arrays.stream(allowed.split("[,\\s]+")).filter(text -> !text.isEmpty());
    return new CallableAddresses(networks(texts.toArray(String[]::new)));
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    var all = SystemDefaultDnsResolver.INSTANCE.resolve(host);
    var callable = Stream.of(all).filter(this::mayBeCalled).toArray(InetAddress[]::new);
    if (callable.length == 0) {
      throw new AddressRefused(
          "%s is %s, which may not be called; HTTP_ALLOWED_NETWORKS of the workers says what may"
              .formatted(host, all.length == 0 ? "nothing" : all[0].getHostAddress()));
    }
    return callable;
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }

  /** A host has no address that may be called. */
  static final class AddressRefused extends UnknownHostException {
    AddressRefused(String message) {
      super(message);
    }
  }

  boolean mayBeCalled(InetAddress address) {
    return mayBeCalled(address.getAddress());
  }

  private boolean mayBeCalled(byte[] bytes) {
    var address = ADDRESSES.from(bytes);
    if (allowed.stream().anyMatch(network -> network.contains(address))) {
      return true;
    }
    if (NAT64.contains(address)) {
      return mayBeCalled(Arrays.copyOfRange(bytes, bytes.length - IPV4_BYTES, bytes.length));
    }
    return (address.isIPv4() || PUBLIC_IPV6.contains(address))
        && SPECIAL.stream().noneMatch(network -> network.contains(address));
  }

  private static List<IPAddress> networks(String... cidr) {
    return Stream.of(cidr).map(CallableAddresses::network).toList();
  }

  private static IPAddress network(String cidr) {
    try {
      var address = new IPAddressString(cidr, CIDR).toAddress();
      return address.isPrefixed() ? address.toPrefixBlock() : address;
    } catch (AddressStringException e) {
      throw new IllegalStateException(
          "HTTP_ALLOWED_NETWORKS: \"%s\" is no network; write it as 10.0.0.0/8 or fd00::/8"
              .formatted(cidr),
          e);
    }
  }
}
