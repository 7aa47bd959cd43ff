package dev.warren.contract.system;

import java.time.Duration;

/**
 * Result of a {@code system.info} task: of the worker that did it.
 *
 * @param worker its name
 * @param cores that it may use
 * @param memoryBytes of the machine, or of the container where that has a limit
 * @param freeMemoryBytes of those
 * @param maxHeapBytes that its JVM may take
 * @param uptime since its JVM started; ISO 8601, such as {@code PT1M2.345S}
 */
public record InfoResult(
    String worker,
    String os,
    String osVersion,
    String architecture,
    String jdk,
    int cores,
    long memoryBytes,
    long freeMemoryBytes,
    long maxHeapBytes,
    Duration uptime) {}
