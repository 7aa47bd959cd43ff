package dev.warren.sender.access;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** The API would be open, or of no use to anybody, so it does not start. */
final class StartRefused extends RuntimeException {

  static final String GOOD_KEY =
      "warren_ and 32 or more random characters (printf warren_; openssl rand -hex 16),";

  private final String remedy;

  StartRefused(String reason, String remedy) {
    super(reason);
    this.remedy = remedy;
  }

  /** Says so in place of a stack trace. */
  static final class Analyzer extends AbstractFailureAnalyzer<StartRefused> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, StartRefused cause) {
      return new FailureAnalysis(cause.getMessage(), cause.remedy, cause);
    }
  }
}
