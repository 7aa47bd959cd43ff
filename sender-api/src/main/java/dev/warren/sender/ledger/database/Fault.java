package dev.warren.sender.ledger.database;

import java.sql.SQLException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;

/** Whose fault it is that a batch could not be applied. */
public enum Fault {
  /** Another transaction was in the way: the same again may work. */
  CONFLICT,
  /** What is in the batch cannot be written, ever. */
  MESSAGE,
  /** The database is away, or not as it must be: someone has to mend it. */
  DATABASE;

  /** By the class of the SQL state; what comes from no database is the message's. */
  public static Fault of(Throwable failure) {
    var fault = failure instanceof TransactionException ? DATABASE : MESSAGE;
    if (failure instanceof CannotCreateTransactionException) {
      return DATABASE;
    }
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException exception) {
        fault = of(exception);
      }
    }
    return fault;
  }

  private static Fault of(SQLException exception) {
    var state = exception.getSQLState() == null ? "" : exception.getSQLState();
    if (state.startsWith("40") || state.equals("HYT00") || state.equals("55P03")) {
      return CONFLICT;
    }
    var ofData = state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
    return ofData ? MESSAGE : DATABASE;
  }
}
