package dev.warren.sender.ledger;

import java.util.List;

/**
 * Tasks have ended whose foreign callers wait for a reply; an event of Spring's, to be heard once
 * the transaction that it was published in is committed.
 */
public record RepliesDue(List<String> taskIds) {}
