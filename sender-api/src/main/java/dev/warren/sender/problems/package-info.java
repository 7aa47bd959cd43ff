/** What is answered when a request fails: RFC 9457 problem details, and nothing of the inside. */
@NullMarked
package dev.warren.sender.problems;

import org.jspecify.annotations.NullMarked;
