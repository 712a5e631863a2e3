package micromegas.lakehouse.materialize;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.arrow.vector.types.pojo.Schema;

/// Idle tools with large buffers, kept for the next use with the same schema. Thread-safe.
///
/// @param <T> a tool that serves one thread at a time
final class Tools<T> {
  private final int most;
  private final Function<Schema, T> maker;
  private final Consumer<T> disposer;
  private final Deque<Idle<T>> idle = new ArrayDeque<>();

  private record Idle<T>(Schema schema, T tool) {}

  /// @param most idle tools that are kept
  Tools(int most, Function<Schema, T> maker, Consumer<T> disposer) {
    this.most = most;
    this.maker = maker;
    this.disposer = disposer;
  }

  T borrow(Schema schema) {
    synchronized (idle) {
      for (Idle<T> candidate : idle) {
        if (candidate.schema().equals(schema)) {
          idle.remove(candidate);
          return candidate.tool();
        }
      }
    }
    return maker.apply(schema);
  }

  /// Takes a tool back that is fit for further use; the one that was idle longest gives way.
  void giveBack(Schema schema, T tool) {
    T surplus;
    synchronized (idle) {
      idle.addFirst(new Idle<>(schema, tool));
      surplus = idle.size() > most ? idle.removeLast().tool() : null;
    }
    if (surplus != null) {
      disposer.accept(surplus);
    }
  }

  void close() {
    synchronized (idle) {
      idle.forEach(entry -> disposer.accept(entry.tool()));
      idle.clear();
    }
  }
}
