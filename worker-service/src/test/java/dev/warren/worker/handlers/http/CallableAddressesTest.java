package dev.warren.worker.handlers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.warren.worker.handlers.http.CallableAddresses.AddressRefused;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallableAddressesTest {

  private final CallableAddresses addresses = CallableAddresses.publicAnd("");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "0:0:0:0:0:0:0:1",
        "[::1]",
        "::7f00:1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "::ffff:a9fe:a9fe",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:7f00:1::",
        "2001:2::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "fe80::1",
        "fe80::1%1",
        "fec0::1",
        "ff02::1",
        "2130706433",
        "127.1",
        "127.0.1",
        "localhost",
      })
  void refusesWhatIsNotPublic(String host) {
    assertThatExceptionOfType(AddressRefused.class)
        .isThrownBy(() -> addresses.resolve(host))
        .withMessageContaining(host)
        .withMessageContaining("HTTP_ALLOWED_NETWORKS");
  }

  /** Which of these is an address is the machine's to know; none of them may be called. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x7f.0.0.1",
        "0x7f000001",
        "017700000001",
        "127.0.0.1.",
        "localhost.",
        "127.0.0.01",
        "0x7f.1",
        "0",
        "0xa9fea9fe",
        "2852039166",
        "fe80::1%lo",
        "127。0。0。1",
        "\uff11\uff12\uff17.0.0.1",
        "\u2460\u2461\u2466.0.0.1",
      })
  void callsNothingElse_howeverItIsWritten(String host) {
    assertThatExceptionOfType(UnknownHostException.class).isThrownBy(() -> addresses.resolve(host));
  }

  /** Some read these as octal, this JDK does not: what was checked is what is connected to. */
  @ParameterizedTest
  @ValueSource(strings = {"0177.0.0.1", "012.0.0.1", "0300.0250.1.1"})
  void answersNothingButWhatItChecked(String host) {
    try {
      assertThat(addresses.resolve(host))
          .noneMatch(InetAddress::isLoopbackAddress)
          .noneMatch(InetAddress::isSiteLocalAddress);
    } catch (UnknownHostException e) {
      assertThat(e).hasMessageContaining(host); // newer ones take them for nothing
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.0.1.1",
        "198.17.255.255",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00:1450::1",
        "64:ff9b::8.8.8.8",
      })
  void allowsWhatIsPublic(String host) throws Exception {
    assertThat(addresses.resolve(host)).containsExactly(InetAddress.getByName(host));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.0/8, 127.0.0.1, 10.0.0.1",
    "10.1.2.3, 10.1.2.3, 10.1.2.4",
    "10.1.2.3/8, 10.200.0.1, 192.168.0.1",
    "'10.0.0.0/8, 192.168.0.0/16', 192.168.1.1, 172.16.0.1",
    "'10.0.0.0/8 fd00::/8', fd12::1, fc00::1",
    "10.0.0.0/8, 64:ff9b::10.0.0.1, 64:ff9b::11.0.0.1",
    "::1, ::1, ::2",
    "0.0.0.0/0, 169.254.169.254, ::1",
    "::/0, ::1, 127.0.0.1",
  })
  void allowsAlsoTheNetworksItIsTold(String networks, String inside, String outside)
      throws Exception {
    var more = CallableAddresses.publicAnd(networks);

    assertThat(more.mayBeCalled(InetAddress.getByName(inside))).isTrue();
    assertThat(more.mayBeCalled(InetAddress.getByName(outside)))
        .isEqualTo(outside.equals("64:ff9b::11.0.0.1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/33", "10.0.0.0/x", "localhost", "10.*", "*", "10.0-5.0.0", "/8"})
  void saysWhatIsNoNetwork(String text) {
    assertThatIllegalStateException()
        .isThrownBy(() -> CallableAddresses.publicAnd("fd00::/8," + text))
        .withMessageContaining("HTTP_ALLOWED_NETWORKS: \"" + text + "\"");
  }

  @Test
  void passesOnOnlyThoseThatMayBeCalled_whereANameHasSeveral() throws Exception {
    assertThat(CallableAddresses.publicAnd("127.0.0.0/8").resolve("localhost"))
        .containsExactly(InetAddress.getByName("127.0.0.1"));
  }
}
