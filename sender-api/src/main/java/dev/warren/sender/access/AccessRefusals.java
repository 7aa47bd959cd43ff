package dev.warren.sender.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorityAuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/** Says over HTTP who is not let in, and why. */
final class AccessRefusals implements AuthenticationEntryPoint, AccessDeniedHandler {

  private final Admission admission;

  AccessRefusals(Admission admission) {
    this.admission = admission;
  }

  /** No key, or none that opens anything. */
  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
      throws IOException {
    admission.problemOf(failure).writeTo(response);
  }

  /** A key that opens something else. */
  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException failure)
      throws IOException {
    var needed = scopeFor(failure);
    Admission.problemOf(needed).writeTo(response);
  }

  private static Scope scopeFor(AccessDeniedException failure) {
    if (failure instanceof AuthorizationDeniedException denied
        && denied.getAuthorizationResult() instanceof AuthorityAuthorizationDecision decision) {
      for (var scope : Scope.values()) {
        if (decision.getAuthorities().stream()
            .anyMatch(each -> scope.authority().equals(each.getAuthority()))) {
          return scope;
        }
      }
    }
    return Scope.ADMIN;
  }
}
