package micromegas.lakehouse.maintenance;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import micromegas.common.UnavailableException;
import micromegas.lake.objects.ObjectStore;

/// An object store that only remembers which keys there are.
final class KeptObjects implements ObjectStore {
  final Set<String> keys = ConcurrentHashMap.newKeySet();
  boolean failing;

  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    return keys.add(key);
  }

  @Override
  public boolean putIfAbsent(String key, Path file) {
    return keys.add(key);
  }

  @Override
  public byte[] get(String key) {
    throw new AssertionError("not read");
  }

  @Override
  public InputStream open(String key) {
    throw new AssertionError("not read");
  }

  @Override
  public byte[] getRange(String key, long offset, int length) {
    throw new AssertionError("not read");
  }

  @Override
  public void delete(String key) {
    if (failing) {
      throw new UnavailableException("the store is down");
    }
    keys.remove(key);
  }

  @Override
  public OptionalLong size(String key) {
    return keys.contains(key) ? OptionalLong.of(0) : OptionalLong.empty();
  }

  @Override
  public void list(String prefix, Consumer<String> consumer) {
    keys.stream().filter(key -> key.startsWith(prefix)).forEach(consumer);
  }

  @Override
  public void close() {}
}
