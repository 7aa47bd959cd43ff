package dev.warren.contract;

import java.util.Map;

/**
 * Result of an {@code http} task: an answer of 2xx.
 *
 * @param headers those that were asked for and are there, by their names in lower case
 * @param body its first 64 KiB, as {@code encoding} says
 * @param encoding {@code utf-8} for text, {@code base64} for what is none
 * @param truncated whether the body was longer
 */
public record HttpResult(
    int status, Map<String, String> headers, String body, String encoding, boolean truncated) {}
