package dev.warren.cli.doors;

import org.jspecify.annotations.Nullable;

/** What was asked for is not answered; the detail says why, and what to change. */
public final class Refused extends Exception {

  /** What that means for whoever asked. */
  public enum Kind {
    /** The service has said no; asked again it would say the same. */
    FAILED,
    /** Something is wrong with what was asked. */
    WRONG,
    /** Nobody could be asked, or not now. */
    UNAVAILABLE
  }

  private final Kind kind;
  private final String code;
  private final @Nullable String taskId;

  /**
   * @param code short and stable, such as {@code division-by-zero}
   * @param taskId of a task that may be there all the same
   */
  public Refused(Kind kind, String code, String detail, @Nullable String taskId) {
    super(detail, null, false, false); // an answer, not a failure: no stack
    this.kind = kind;
    this.code = code;
    this.taskId = taskId;
  }

  static Refused unavailable(String code, String detail) {
    return new Refused(Kind.UNAVAILABLE, code, detail, null);
  }

  static Refused wrong(String code, String detail) {
    return new Refused(Kind.WRONG, code, detail, null);
  }

  static Refused nobodyAnswers(String address) {
    return unavailable(
        "unreachable", "nobody answers at " + address + ". Is Warren up? scripts/up starts it.");
  }

  static Refused brokenOff(String address, @Nullable String taskId) {
    return new Refused(
        Kind.UNAVAILABLE,
        "broken-off",
        "the connection to " + address + " broke; what was asked may be done or not",
        taskId);
  }

  public Kind kind() {
    return kind;
  }

  public String code() {
    return code;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }

  public @Nullable String taskId() {
    return taskId;
  }
}
