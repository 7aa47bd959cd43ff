package dev.warren.sender.access;

import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorityAuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/** Says who is not let in, and why, with the header that RFC 6750 asks for. */
final class AccessRefusals implements AuthenticationEntryPoint, AccessDeniedHandler {

  private static final String CHALLENGE = "Bearer realm=\"warren\"";

  private final KnownKeys keys;

  AccessRefusals(KnownKeys keys) {
    this.keys = keys;
  }

  /** No key, or none that opens anything. */
  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
      throws IOException {
    problemOf(failure).writeTo(response);
  }

  private Problem problemOf(AuthenticationException failure) {
    if (failure instanceof KeysUnavailable || keys.isUndecided()) {
      return Problem.of(
              ProblemType.KEYS_UNAVAILABLE,
              "The database of the keys does not answer, and this key was not seen before; ask"
                  + " again after Retry-After seconds.")
          .withHeader(HttpHeaders.RETRY_AFTER, "5");
    }
    if (failure instanceof OAuth2AuthenticationException) {
      return Problem.of(
              ProblemType.KEY_UNKNOWN,
              "The key is not known here, or was revoked; GET /v1/keys lists them for an admin.")
          .withHeader(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE + ", error=\"invalid_token\"");
    }
    return Problem.of(
            ProblemType.KEY_NEEDED,
            "Send Authorization: Bearer warren_...; scripts/create-key makes a key.")
        .withHeader(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
  }

  /** A key that opens something else. */
  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException failure)
      throws IOException {
    var needed = scopeFor(failure);
    Problem.of(ProblemType.SCOPE_TOO_SMALL, "Use a key with the scope " + needed + ".")
        .withHeader(
            HttpHeaders.WWW_AUTHENTICATE,
            CHALLENGE + ", error=\"insufficient_scope\", scope=\"" + needed + "\"")
        .writeTo(response);
  }

  private static String scopeFor(AccessDeniedException failure) {
    if (failure instanceof AuthorizationDeniedException denied
        && denied.getAuthorizationResult() instanceof AuthorityAuthorizationDecision decision) {
      for (var scope : Scope.values()) {
        if (decision.getAuthorities().stream()
            .anyMatch(each -> scope.authority().equals(each.getAuthority()))) {
          return scope.word();
        }
      }
    }
    return Scope.ADMIN.word();
  }
}
