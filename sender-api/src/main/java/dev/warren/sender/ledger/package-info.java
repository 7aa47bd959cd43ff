/** What is known of each task, fed from its own queue; nothing here is in the way of a 202. */
@NullMarked
package dev.warren.sender.ledger;

import org.jspecify.annotations.NullMarked;
