package micromegas.ingestion;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import micromegas.common.NotFoundException;
import micromegas.common.UnavailableException;
import micromegas.lake.objects.ObjectStore;

/// Objects in memory, with a switch to be down.
public final class MemoryObjects implements ObjectStore {
  public final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  public final AtomicBoolean down = new AtomicBoolean();

  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    if (down.get()) {
      throw new UnavailableException("object store is down");
    }
    return objects.putIfAbsent(key, bytes) == null;
  }

  @Override
  public boolean putIfAbsent(String key, Path file) {
    try {
      return putIfAbsent(key, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public byte[] get(String key) {
    byte[] bytes = objects.get(key);
    if (bytes == null) {
      throw new NotFoundException(key);
    }
    return bytes;
  }

  @Override
  public InputStream open(String key) {
    return new ByteArrayInputStream(get(key));
  }

  @Override
  public byte[] getRange(String key, long offset, int length) {
    return Arrays.copyOfRange(get(key), (int) offset, (int) offset + length);
  }

  @Override
  public void delete(String key) {
    objects.remove(key);
  }

  @Override
  public OptionalLong size(String key) {
    byte[] bytes = objects.get(key);
    return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes.length);
  }

  @Override
  public void list(String prefix, Consumer<String> consumer) {
    objects.keySet().stream().filter(key -> key.startsWith(prefix)).forEach(consumer);
  }

  @Override
  public void close() {}
}
