/** How a request is read: strictly, and with all that is wrong with it told at once. */
@NullMarked
package dev.warren.sender.requests;

import org.jspecify.annotations.NullMarked;
