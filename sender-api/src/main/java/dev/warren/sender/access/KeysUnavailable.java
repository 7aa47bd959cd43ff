package dev.warren.sender.access;

import org.springframework.security.authentication.AuthenticationServiceException;

/** It cannot be told whether this key opens anything: the database is away. */
final class KeysUnavailable extends AuthenticationServiceException {

  KeysUnavailable() {
    super("the keys cannot be looked at");
  }
}
