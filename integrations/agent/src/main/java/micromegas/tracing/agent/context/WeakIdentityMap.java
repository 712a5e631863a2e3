package micromegas.tracing.agent.context;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Values of objects, found by identity, until the objects are gone. Thread-safe.
public final class WeakIdentityMap<V> {
  private final ConcurrentHashMap<Object, V> values = new ConcurrentHashMap<>();
  private final ReferenceQueue<Object> gone = new ReferenceQueue<>();

  /// A key in the map.
  private static final class Weak extends WeakReference<Object> {
    private final int hash;

    Weak(Object referent, ReferenceQueue<Object> queue) {
      super(referent, queue);
      hash = System.identityHashCode(referent);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      if (this == other) {
        return true;
      }
      Object referent = get();
      return referent != null && other instanceof Weak weak && weak.get() == referent;
    }
  }

  /// A key to look for.
  private record Probe(Object referent) {
    @Override
    public int hashCode() {
      return System.identityHashCode(referent);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Weak weak && weak.get() == referent;
    }
  }

  /// @return the value of before, or null
  public @Nullable V put(Object key, V value) {
    for (Reference<?> old = gone.poll(); old != null; old = gone.poll()) {
      values.remove(old);
    }
    return values.put(new Weak(key, gone), value);
  }

  public @Nullable V get(Object key) {
    return values.isEmpty() ? null : values.get(new Probe(key));
  }

  /// Takes a value out of the map.
  public @Nullable V take(Object key) {
    return values.isEmpty() ? null : values.remove(new Probe(key));
  }

  /// Takes all values out of the map.
  public List<V> takeAll() {
    List<V> taken = new ArrayList<>();
    for (Object key : values.keySet()) {
      V value = values.remove(key);
      if (value != null) {
        taken.add(value);
      }
    }
    return taken;
  }

  /// Number of values, those of objects that have gone lately included.
  public int size() {
    return values.size();
  }
}
