package dev.warren.sender.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;

/** Who asks. */
public final class Caller {

  private Caller() {}

  /** The name of its key; null where none was needed and none was sent. */
  public static @Nullable String nameOf(HttpServletRequest request) {
    // In the request, and so there in every dispatch of it, on whatever thread.
    var context =
        request.getAttribute(RequestAttributeSecurityContextRepository.DEFAULT_REQUEST_ATTR_NAME);
    return Optional.ofNullable((SecurityContext) context)
        .map(SecurityContext::getAuthentication)
        .map(Authentication::getName)
        .orElse(null);
  }

  /** Whose an Idempotency-Key is: two callers may choose the same. */
  public static String ownerOf(HttpServletRequest request) {
    return Objects.requireNonNullElse(nameOf(request), "");
  }
}
