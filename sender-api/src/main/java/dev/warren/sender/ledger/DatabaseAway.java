package dev.warren.sender.ledger;

/** The ledger's database cannot be used; what was to be written must be written later. */
final class DatabaseAway extends Exception {

  DatabaseAway(Throwable cause) {
    super(cause);
  }
}
