package dev.warren.worker.handlers.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookSignatureTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_c2VjcmV0LW9mLWEtcm90YXRlZC1lbmRwb2ludA==";
  private static final Instant TIME = Instant.ofEpochSecond(1614265330);
  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(UTF_8);

  /** The example that all of the specification's own libraries are tested with. */
  @Test
  void isTheSpecificationsOwn() {
    assertThat(WebhookSignature.with(SECRET).of(ID, TIME, BODY))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void isOneWithEachSecret() {
    var both = WebhookSignature.with(OTHER + " " + SECRET).of(ID, TIME, BODY).split(" ");

    assertThat(both).hasSize(2).endsWith("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assertThat(both[0]).startsWith("v1,").isNotEqualTo(both[1]);
  }

  @Test
  void isNotWanted_withoutASecret() {
    assertThat(WebhookSignature.with(" ").isWanted()).isFalse();
    assertThat(WebhookSignature.with(SECRET).isWanted()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, secret 1, begin with whsec_",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa!w, secret 1, not Base64",
    "whsec_c2hvcnQ=, secret 1, 5 bytes",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_, secret 2, 0 bytes",
  })
  void saysWhichSecretIsNone_butNotWhatItIs(String secrets, String which, String why) {
    assertThatIllegalStateException()
        .isThrownBy(() -> WebhookSignature.with(secrets))
        .withMessageContainingAll("HTTP_SIGNING_SECRET", which, why)
        .satisfies(
            failure ->
                assertThat(failure.getMessage()).doesNotContain("MfKQ").doesNotContain("c2hv"));
  }
}
