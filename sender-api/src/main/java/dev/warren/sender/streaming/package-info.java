/** What happens to tasks, as it happens: server-sent events out of the ledger. */
@NullMarked
package dev.warren.sender.streaming;

import org.jspecify.annotations.NullMarked;
