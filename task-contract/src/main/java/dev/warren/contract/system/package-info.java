/** What a worker tells of the system it runs on. */
@NullMarked
package dev.warren.contract.system;

import org.jspecify.annotations.NullMarked;
