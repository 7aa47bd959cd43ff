package dev.warren.contract;

/**
 * Result of a {@code chaos} task that was allowed to succeed.
 *
 * @param attempt at which it did
 */
public record ChaosResult(int attempt) {}
