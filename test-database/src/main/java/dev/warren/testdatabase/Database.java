package dev.warren.testdatabase;

/** The kinds of database that the ledger can be kept in. */
public enum Database {
  /** In a file. */
  H2 {
    @Override
    public TestDatabase fresh() {
      return new H2Database();
    }
  },
  /**
   * One server for the whole run: in a container where a Docker engine answers, else native; the
   * environment variable {@code WARREN_TEST_BROKER} ({@code native} or {@code docker}) decides
   * otherwise. Where there is neither, the test fails and says what to install.
   */
  POSTGRES {
    @Override
    public TestDatabase fresh() {
      return PostgresDatabase.on(PostgresServer.running());
    }
  };

  /** A new, empty one. */
  public abstract TestDatabase fresh();
}
