/** The sender API: takes tasks over HTTP and hands them to the broker. */
@NullMarked
package dev.warren.sender;

import org.jspecify.annotations.NullMarked;
