package dev.warren.cli;

import dev.warren.cli.doors.Refused;

/** What a program that calls this one can tell by its exit code. */
final class Exit {

  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int NOT_ANSWERED_YET = 3;
  static final int UNAVAILABLE = 4;

  private Exit() {}

  static int of(Refused refused) {
    return switch (refused.kind()) {
      case FAILED -> FAILED;
      case WRONG -> USAGE;
      case UNAVAILABLE -> UNAVAILABLE;
    };
  }
}
