/** Why a task is not done yet. */
@NullMarked
package dev.warren.sender.explaining;

import org.jspecify.annotations.NullMarked;
