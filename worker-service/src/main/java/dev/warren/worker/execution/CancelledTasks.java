package dev.warren.worker.execution;

import dev.warren.contract.ControlMessage;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** The tasks that were cancelled last; what is older has long left its queue. */
final class CancelledTasks {

  private final Set<String> ids = new LinkedHashSet<>();

  /**
   * @param more the newest last
   */
  synchronized void add(Collection<String> more) {
    for (var id : more) {
      ids.remove(id);
      ids.add(id);
    }
    var oldest = ids.iterator();
    while (ids.size() > ControlMessage.MAX_CANCELLED) {
      oldest.next();
      oldest.remove();
    }
  }

  synchronized boolean contains(String id) {
    return ids.contains(id);
  }
}
