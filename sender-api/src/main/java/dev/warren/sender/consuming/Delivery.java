package dev.warren.sender.consuming;

import dev.warren.contract.WireMessage;

/**
 * A message that the broker wants to have acknowledged.
 *
 * @param tag grows with each delivery of a channel
 * @param session what it came by; its tag means nothing elsewhere
 */
public record Delivery(WireMessage message, long tag, Object session) {}
