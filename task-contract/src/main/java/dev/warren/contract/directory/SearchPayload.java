package dev.warren.contract.directory;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

/**
 * Payload of a {@code directory.search} task.
 *
 * @param name words, each of which begins a word of the names that match, whatever its accents and
 *     case: {@code joao sil} finds {@code João Silva}. What is neither letter nor digit parts words
 */
public record SearchPayload(@NotBlank @Size(max = 200) String name) {}
