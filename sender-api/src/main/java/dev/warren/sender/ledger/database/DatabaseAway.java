package dev.warren.sender.ledger.database;

/** The ledger's database cannot be used; what was to be written must be written later. */
public final class DatabaseAway extends Exception {

  public DatabaseAway(Throwable cause) {
    super(cause);
  }
}
