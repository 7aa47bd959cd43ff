package dev.warren.sender.deadletters;

import dev.warren.sender.following.TaskFilter;

/** Filters of requests as filters of the dead. */
final class DeadFilters {

  private DeadFilters() {}

  static DeadFilter of(TaskFilter filter) {
    var label = filter.label();
    return new DeadFilter(
        filter.type(),
        filter.queue(),
        label == null ? null : new DeadFilter.Label(label.key(), label.value()),
        filter.fingerprint(),
        filter.createdAfter(),
        filter.createdBefore());
  }
}
