package dev.warren.sender.access;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** What a key allows. */
public enum Scope {
  /** To make tasks, and nothing else: not to look at any. */
  SUBMIT,
  /** To look at everything but keys. */
  READ,
  /** All there is. */
  ADMIN;

  /** As it is written. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As Spring Security knows it. */
  String authority() {
    return "SCOPE_" + word();
  }

  /** Words with spaces between them; empty where one of them is no scope, or there is none. */
  static Optional<Set<Scope>> parse(String text) {
    var words = Arrays.asList(text.strip().split("\\s+"));
    var known = Arrays.stream(values()).filter(each -> words.contains(each.word())).toList();
    if (known.isEmpty() || known.size() < words.size()) {
      return Optional.empty();
    }
    return Optional.of(known.contains(ADMIN) ? EnumSet.of(ADMIN) : EnumSet.copyOf(known));
  }

  static String text(Set<Scope> scopes) {
    return scopes.stream().map(Scope::word).collect(Collectors.joining(" "));
  }

  /** What these allow, an admin's all. */
  static List<GrantedAuthority> authorities(Set<Scope> scopes) {
    return Arrays.stream(values())
        .filter(each -> scopes.contains(each) || scopes.contains(ADMIN))
        .<GrantedAuthority>map(each -> new SimpleGrantedAuthority(each.authority()))
        .toList();
  }
}
