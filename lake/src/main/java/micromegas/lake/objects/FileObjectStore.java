package micromegas.lake.objects;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import micromegas.common.BadRequestException;
import micromegas.common.NotFoundException;
import micromegas.common.UnavailableException;

/// Objects as files below a folder. A file appears whole, by a hard link from a temporary file, and
/// is on disk (content and folder entry) when the put returns. The files themselves are the local
/// files of the query engine. Thread-safe.
public final class FileObjectStore implements ObjectStore, LocalFiles {
  /// Folder of temporary files; no key may lie in it.
  private static final String DRAFTS = ".drafts";

  private static final int MAX_KNOWN_FOLDERS = 10_000;

  private final Path root;
  private final boolean fsync;

  private final Path drafts;
  private final String draftPrefix = UUID.randomUUID() + "-";
  private final AtomicLong draftNumber = new AtomicLong();
  private final FolderSync folders = new FolderSync();

  /// Folders whose way from the root is on disk.
  private final Set<Path> durableFolders = ConcurrentHashMap.newKeySet();

  /// @param root created when absent
  public FileObjectStore(Path root) {
    this(root, true);
  }

  /// @param fsync whether a put waits for the disk; false is for measurements only
  public FileObjectStore(Path root, boolean fsync) {
    try {
      Files.createDirectories(root.resolve(DRAFTS));
      this.root = root.toRealPath();
      this.drafts = this.root.resolve(DRAFTS);
      this.fsync = fsync;
      deleteDrafts();
    } catch (IOException e) {
      throw new UnavailableException("cannot use the object store folder " + root + ": " + e, e);
    }
  }

  /// What a killed program left. Drafts of a program that runs are not older than an hour.
  private void deleteDrafts() throws IOException {
    long horizon = System.currentTimeMillis() - 3_600_000;
    try (Stream<Path> drafts = Files.list(root.resolve(DRAFTS))) {
      for (Path draft : drafts.toList()) {
        if (Files.getLastModifiedTime(draft).toMillis() < horizon) {
          Files.deleteIfExists(draft);
        }
      }
    }
  }

  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    Path target = path(key);
    return create(
        key,
        target,
        draft -> {
          ByteBuffer rest = ByteBuffer.wrap(bytes);
          while (rest.hasRemaining()) {
            draft.write(rest);
          }
        });
  }

  @Override
  public boolean putIfAbsent(String key, Path file) {
    Path target = path(key);
    return create(
        key,
        target,
        draft -> {
          try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = source.size();
            long position = 0;
            while (position < size) {
              position += source.transferTo(position, size - position, draft);
            }
          }
        });
  }

  private interface Content {
    void writeTo(FileChannel draft) throws IOException;
  }

  private boolean create(String key, Path target, Content content) {
    Path draft = drafts.resolve(draftPrefix + draftNumber.incrementAndGet());
    try {
      try (FileChannel channel =
          FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        if (fsync) {
          // The content and its length; times need not survive.
          channel.force(false);
        }
      }
      // The link tells whether the key is free; to ask first would cost every new object more than
      // it saves for the few that are sent twice.
      boolean created = link(draft, target);
      // Also for an object that was there: a former put may have been cut short between the link
      // and the folder's way to the disk.
      syncFolders(target);
      return created;
    } catch (IOException e) {
      throw unavailable("store", key, e);
    } finally {
      deleteQuietly(draft);
    }
  }

  private static boolean link(Path draft, Path target) throws IOException {
    while (true) {
      try {
        Files.createLink(target, draft);
        return true;
      } catch (FileAlreadyExistsException e) {
        return false;
      } catch (NoSuchFileException e) {
        if (!Files.exists(draft)) {
          throw e;
        }
        // The folder is new, or a delete removed it as empty.
        Files.createDirectories(parent(target));
      }
    }
  }

  /// A link is durable when the folder that holds it is, and that folder's own entry, and so on up
  /// to the root. Folders above are flushed once, until a delete removes one as empty.
  private void syncFolders(Path target) throws IOException {
    if (!fsync) {
      return;
    }
    Path holder = parent(target);
    folders.sync(holder);
    if (durableFolders.contains(holder)) {
      return;
    }
    for (Path folder = holder; !folder.equals(root); folder = parent(folder)) {
      folders.sync(parent(folder));
    }
    if (durableFolders.size() >= MAX_KNOWN_FOLDERS) {
      durableFolders.clear();
    }
    durableFolders.add(holder);
  }

  @Override
  public byte[] get(String key) {
    try {
      return Files.readAllBytes(path(key));
    } catch (IOException e) {
      throw readError(key, e);
    }
  }

  @Override
  public InputStream open(String key) {
    try {
      return Files.newInputStream(path(key));
    } catch (IOException e) {
      throw readError(key, e);
    }
  }

  @Override
  public byte[] getRange(String key, long offset, int length) {
    try (FileChannel channel = FileChannel.open(path(key), StandardOpenOption.READ)) {
      ObjectRanges.check(key, offset, length, channel.size());
      ByteBuffer buffer = ByteBuffer.allocate(length);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, offset + buffer.position()) < 0) {
          throw new UnavailableException("object " + key + " shrank while it was read");
        }
      }
      return buffer.array();
    } catch (IOException e) {
      throw readError(key, e);
    }
  }

  @Override
  public void delete(String key) {
    Path target = path(key);
    try {
      Files.deleteIfExists(target);
      // Leaves no empty folders behind; a put that needs one again makes it.
      for (Path folder = parent(target);
          !folder.equals(root) && folder.startsWith(root);
          folder = parent(folder)) {
        durableFolders.remove(folder);
        Files.deleteIfExists(folder);
      }
    } catch (DirectoryNotEmptyException e) {
      // other objects live there
    } catch (IOException e) {
      throw unavailable("delete", key, e);
    }
  }

  @Override
  public OptionalLong size(String key) {
    try {
      Path file = path(key);
      return Files.isDirectory(file) ? OptionalLong.empty() : OptionalLong.of(Files.size(file));
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    } catch (IOException e) {
      throw unavailable("look up", key, e);
    }
  }

  @Override
  public void list(String prefix, Consumer<String> consumer) {
    ObjectKeys.checkPrefix(prefix);
    int slash = prefix.lastIndexOf('/');
    Path start = slash < 0 ? root : root.resolve(prefix.substring(0, slash));
    if (!Files.isDirectory(start)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(start)) {
      tree.filter(file -> Files.isRegularFile(file))
          .filter(file -> !file.startsWith(root.resolve(DRAFTS)))
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .filter(key -> key.startsWith(prefix))
          .forEach(consumer);
    } catch (IOException | UncheckedIOException e) {
      throw new UnavailableException("cannot list objects below " + prefix + ": " + e, e);
    }
  }

  @Override
  public Pinned fetch(String key, long size) {
    Path file = path(key);
    try {
      LocalSizes.check(key, size, Files.size(file));
    } catch (IOException e) {
      throw readError(key, e);
    }
    return new PinnedFile(file);
  }

  @Override
  public java.util.List<Path> roots() {
    return java.util.List.of(root);
  }

  /// Retired files keep their hour of grace, so nothing has to be held.
  private record PinnedFile(Path path) implements Pinned {
    @Override
    public void close() {}
  }

  private Path path(String key) {
    ObjectKeys.check(key);
    if (key.startsWith(DRAFTS + "/") || key.equals(DRAFTS)) {
      throw new BadRequestException("not an object key: \"" + key + "\"");
    }
    return root.resolve(key);
  }

  private static Path parent(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IOException("no parent folder: " + path);
    }
    return parent;
  }

  private static void deleteQuietly(Path draft) {
    try {
      Files.deleteIfExists(draft);
    } catch (IOException e) {
      // The next start removes it.
    }
  }

  private static RuntimeException readError(String key, IOException e) {
    return e instanceof NoSuchFileException
        ? new NotFoundException("no object " + key, e)
        : unavailable("read", key, e);
  }

  private static UnavailableException unavailable(String action, String key, IOException e) {
    return new UnavailableException("cannot " + action + " object " + key + ": " + e, e);
  }

  @Override
  public void close() {}
}
