/** A real RabbitMQ for the tests: native or in a container, with a virtual host for each test. */
@NullMarked
package dev.warren.testbroker;

import org.jspecify.annotations.NullMarked;
