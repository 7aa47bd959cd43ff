package dev.warren.sender.access;

import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/** Lets those in who do not come by HTTP, by the same keys, and says why others are not. */
public final class Admission {

  private static final String CHALLENGE = "Bearer realm=\"warren\"";

  private static final Pattern BEARER = Pattern.compile("Bearer +(\\S+)", Pattern.CASE_INSENSITIVE);

  private final KnownKeys keys;

  Admission(KnownKeys keys) {
    this.keys = keys;
  }

  /**
   * The name of the key; null where none is needed and none was sent.
   *
   * @param authorization as the header of HTTP has it; null where there is none
   * @throws RequestRefused where it does not allow this
   */
  public @Nullable String admit(@Nullable String authorization, Scope needed) {
    var caller = authorization == null ? null : callerWith(authorization);
    if (keys.isOpen()) {
      return caller == null ? null : caller.getName();
    }
    if (caller == null) {
      throw new RequestRefused(problemOfNone());
    }
    if (caller.getAuthorities().stream()
        .noneMatch(each -> needed.authority().equals(each.getAuthority()))) {
      throw new RequestRefused(problemOf(needed));
    }
    return caller.getName();
  }

  /**
   * Whether who was let in by this still would be; it is also where that cannot be told, since the
   * database is away.
   *
   * @param authorization as it was
   */
  public boolean stillAdmits(@Nullable String authorization, Scope needed) {
    try {
      admit(authorization, needed);
      return true;
    } catch (RequestRefused e) {
      return e.problem().type() == ProblemType.KEYS_UNAVAILABLE;
    }
  }

  /** Null where it is no key at all. */
  private @Nullable Authentication callerWith(String authorization) {
    var bearer = BEARER.matcher(authorization.strip());
    if (!bearer.matches()) {
      return null;
    }
    try {
      return keys.authenticate(new BearerTokenAuthenticationToken(bearer.group(1)));
    } catch (AuthenticationException e) {
      throw new RequestRefused(problemOf(e));
    }
  }

  /** With the header that RFC 6750 asks for. */
  Problem problemOf(AuthenticationException failure) {
    if (failure instanceof KeysUnavailable) {
      return unavailable();
    }
    if (failure instanceof OAuth2AuthenticationException && !keys.isUndecided()) {
      return Problem.of(
              ProblemType.KEY_UNKNOWN,
              "The key is not known here, or was revoked; GET /v1/keys lists them for an admin.")
          .withHeader(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE + ", error=\"invalid_token\"");
    }
    return problemOfNone();
  }

  private Problem problemOfNone() {
    return keys.isUndecided()
        ? unavailable()
        : Problem.of(
                ProblemType.KEY_NEEDED,
                "Send Authorization: Bearer warren_...; scripts/create-key makes a key.")
            .withHeader(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
  }

  private static Problem unavailable() {
    return Problem.of(
            ProblemType.KEYS_UNAVAILABLE,
            "The database of the keys does not answer, and this key was not seen before; ask"
                + " again after Retry-After seconds.")
        .withHeader(HttpHeaders.RETRY_AFTER, "5");
  }

  /** Of a key that opens something else. */
  static Problem problemOf(Scope needed) {
    var word = needed.word();
    return Problem.of(ProblemType.SCOPE_TOO_SMALL, "Use a key with the scope " + word + ".")
        .withHeader(
            HttpHeaders.WWW_AUTHENTICATE,
            CHALLENGE + ", error=\"insufficient_scope\", scope=\"" + word + "\"");
  }
}
