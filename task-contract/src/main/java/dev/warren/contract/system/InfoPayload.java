package dev.warren.contract.system;

/** Payload of a {@code system.info} task: an empty object. */
public record InfoPayload() {}
