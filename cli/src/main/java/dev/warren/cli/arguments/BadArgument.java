package dev.warren.cli.arguments;

/** An argument makes no payload; the message says why, and what would. */
public final class BadArgument extends Exception {

  public BadArgument(String message) {
    super(message, null, false, false); // an answer, not a failure: no stack
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
