package micromegas.lake.objects;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import micromegas.common.NotFoundException;
import micromegas.common.UnavailableException;

/// Objects in memory, gone with the program: `memory://`, for tests and trials. Thread-safe.
public final class MemoryObjectStore implements ObjectStore {
  private final ConcurrentNavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    ObjectKeys.check(key);
    return objects.putIfAbsent(key, bytes.clone()) == null;
  }

  @Override
  public boolean putIfAbsent(String key, Path file) {
    try {
      return putIfAbsent(key, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UnavailableException("cannot read " + file + " to store " + key + ": " + e, e);
    }
  }

  @Override
  public byte[] get(String key) {
    return bytes(key).clone();
  }

  @Override
  public InputStream open(String key) {
    return new ByteArrayInputStream(bytes(key));
  }

  @Override
  public byte[] getRange(String key, long offset, int length) {
    byte[] bytes = bytes(key);
    ObjectRanges.check(key, offset, length, bytes.length);
    return Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
  }

  private byte[] bytes(String key) {
    ObjectKeys.check(key);
    byte[] bytes = objects.get(key);
    if (bytes == null) {
      throw new NotFoundException("no object " + key);
    }
    return bytes;
  }

  @Override
  public void delete(String key) {
    ObjectKeys.check(key);
    objects.remove(key);
  }

  @Override
  public OptionalLong size(String key) {
    ObjectKeys.check(key);
    byte[] bytes = objects.get(key);
    return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes.length);
  }

  @Override
  public void list(String prefix, Consumer<String> consumer) {
    ObjectKeys.checkPrefix(prefix);
    for (String key : objects.tailMap(prefix, true).keySet()) {
      if (!key.startsWith(prefix)) {
        return;
      }
      consumer.accept(key);
    }
  }

  @Override
  public void close() {}
}
