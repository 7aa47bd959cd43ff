/** A real database for the tests: H2 in a file, and PostgreSQL, native or in a container. */
@NullMarked
package dev.warren.testdatabase;

import org.jspecify.annotations.NullMarked;
