package micromegas.lakehouse.source;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.metadata.MetadataStore;
import org.jspecify.annotations.Nullable;

/// Remembers the rows of streams and processes, which never change while their blocks exist.
/// Thread-safe.
public final class StreamDirectory {
  /// Streams and processes that are remembered, each.
  public static final int DEFAULT_CAPACITY = 20_000;

  /// Retention may delete a row whose id then comes back with other values.
  private static final Duration FORGET_AFTER = Duration.ofMinutes(10);

  private final MetadataStore metadata;
  private final Cache<UUID, StoredStream> streams;
  private final Cache<UUID, StoredProcess> processes;

  public StreamDirectory(MetadataStore metadata) {
    this(metadata, DEFAULT_CAPACITY);
  }

  public StreamDirectory(MetadataStore metadata, int capacity) {
    this.metadata = metadata;
    this.streams = cache(capacity);
    this.processes = cache(capacity);
  }

  /// The stream's row; empty while it has not arrived.
  public Optional<StoredStream> stream(UUID streamId) {
    return find(streams, streamId, metadata::findStream);
  }

  /// The process's row; empty while it has not arrived.
  public Optional<StoredProcess> process(UUID processId) {
    return find(processes, processId, metadata::findProcess);
  }

  private interface Finder<T> {
    Optional<T> find(UUID id);
  }

  private static <T> Optional<T> find(Cache<UUID, T> cache, UUID id, Finder<T> finder) {
    @Nullable T known = cache.getIfPresent(id);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<T> found = finder.find(id);
    found.ifPresent(value -> cache.put(id, value));
    return found;
  }

  private static <T> Cache<UUID, T> cache(int capacity) {
    return Caffeine.newBuilder().maximumSize(capacity).expireAfterWrite(FORGET_AFTER).build();
  }
}
