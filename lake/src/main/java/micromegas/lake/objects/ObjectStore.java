package micromegas.lake.objects;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Immutable objects under `/`-separated keys relative to the lake root. Thread-safe.
///
/// Methods throw [micromegas.common.NotFoundException] for a missing object and
/// [micromegas.common.UnavailableException] when the store fails.
public interface ObjectStore extends AutoCloseable {

  /// Stores `bytes` under `key` unless the key exists. Durable when the method returns.
  ///
  /// @return whether the object was created; false when the key existed, whose bytes then stay
  boolean putIfAbsent(String key, byte[] bytes);

  /// Stores the content of a local file, under the same rules.
  boolean putIfAbsent(String key, Path file);

  /// The whole object.
  byte[] get(String key);

  /// The whole object as a stream; the caller closes it.
  InputStream open(String key);

  /// `length` bytes from `offset`.
  byte[] getRange(String key, long offset, int length);

  /// Deletes the object; an absent one is ignored.
  void delete(String key);

  /// The object's size in bytes; empty when there is no such object.
  OptionalLong size(String key);

  /// Hands every key that starts with `prefix` to `consumer`, in no particular order.
  void list(String prefix, Consumer<String> consumer);

  @Override
  void close();
}
