/** What the sender API and the workers agree on. */
@NullMarked
package dev.warren.contract;

import org.jspecify.annotations.NullMarked;
