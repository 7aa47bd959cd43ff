/** The ledger's database, which may be away, and how what strangers say fits its columns. */
@NullMarked
package dev.warren.sender.ledger.database;

import org.jspecify.annotations.NullMarked;
