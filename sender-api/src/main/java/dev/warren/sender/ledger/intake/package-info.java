/** What feeds the ledger from its queues, and tells how far it has come. */
@NullMarked
package dev.warren.sender.ledger.intake;

import org.jspecify.annotations.NullMarked;
