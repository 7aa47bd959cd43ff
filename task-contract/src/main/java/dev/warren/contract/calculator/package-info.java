/** What is asked of the calculator, and what it answers. */
@NullMarked
package dev.warren.contract.calculator;

import org.jspecify.annotations.NullMarked;
