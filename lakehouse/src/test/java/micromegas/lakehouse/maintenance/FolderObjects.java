package micromegas.lakehouse.maintenance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import micromegas.common.NotFoundException;
import micromegas.lake.objects.LocalFiles;
import micromegas.lake.objects.ObjectStore;

/// Objects as plain files of a folder.
record FolderObjects(Path root) implements ObjectStore, LocalFiles {
  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    throw new AssertionError("partitions come as files");
  }

  @Override
  public boolean putIfAbsent(String key, Path file) {
    try {
      Files.createDirectories(root.resolve(key).getParent());
      Files.copy(file, root.resolve(key));
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    try {
      Files.deleteIfExists(root.resolve(key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public OptionalLong size(String key) {
    return OptionalLong.empty();
  }

  @Override
  public void list(String prefix, Consumer<String> consumer) {
    try (Stream<Path> files = Files.walk(root)) {
      files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .filter(key -> key.startsWith(prefix))
          .forEach(consumer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Pinned fetch(String key, long size) {
    Path file = root.resolve(key);
    if (!Files.exists(file)) {
      throw new NotFoundException(key);
    }
    return new Pinned() {
      @Override
      public Path path() {
        return file;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public List<Path> roots() {
    return List.of(root);
  }

  @Override
  public void close() {}
}
