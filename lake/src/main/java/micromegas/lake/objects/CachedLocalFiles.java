package micromegas.lake.objects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import micromegas.common.MicromegasException;
import micromegas.common.UnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies of remote objects in a folder of bounded size.
///
/// An object is downloaded once, however many ask for it at the same time, and appears under its
/// name by renaming. Those longest unused go first when room is needed; a copy in use stays, even
/// when the bound is exceeded meanwhile. Copies survive a restart, since objects never change. The
/// folder belongs to one process. Thread-safe.
public final class CachedLocalFiles implements LocalFiles {
  private static final Logger LOG = LoggerFactory.getLogger(CachedLocalFiles.class);
  private static final String DRAFT = ".draft";
  private static final int LONGEST_NAME = 200;

  private final ObjectStore store;
  private final Path root;
  private final long maxBytes;

  private final Object monitor = new Object();

  /// In order of use, the longest unused first.
  private final LinkedHashMap<String, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<Download, CompletableFuture<Void>> downloads = new HashMap<>();
  private long bytes;

  /// With the size, so that a caller who expects a wrong one does not fail the others.
  private record Download(String name, long size) {}

  private static final class Copy {
    final long size;
    int pins;

    Copy(long size) {
      this.size = size;
    }
  }

  /// @param root created when absent; nothing else may be kept in it
  /// @param maxBytes size above which unused copies are deleted
  public CachedLocalFiles(ObjectStore store, Path root, long maxBytes) {
    this.store = store;
    this.maxBytes = maxBytes;
    try {
      Files.createDirectories(root);
      this.root = root.toRealPath();
      rescan();
    } catch (IOException e) {
      throw new UnavailableException("cannot use the cache folder " + root + ": " + e, e);
    }
  }

  private void rescan() throws IOException {
    record Found(Path path, long size, long modified) {}
    List<Found> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(root)) {
      for (Path file : files.toList()) {
        if (file.toString().endsWith(DRAFT)) {
          Files.delete(file);
        } else if (Files.isRegularFile(file)) {
          found.add(new Found(file, Files.size(file), Files.getLastModifiedTime(file).toMillis()));
        }
      }
    }
    found.sort(Comparator.comparingLong(Found::modified));
    synchronized (monitor) {
      for (Found file : found) {
        copies.put(String.valueOf(file.path().getFileName()), new Copy(file.size()));
        bytes += file.size();
      }
      evict();
    }
  }

  @Override
  public Pinned fetch(String key, long size) {
    ObjectKeys.check(key);
    String name = name(key);
    Download wanted = new Download(name, size);
    while (true) {
      CompletableFuture<Void> download;
      boolean mine = false;
      synchronized (monitor) {
        Copy copy = copies.get(name);
        if (copy != null && (copy.size == size || copy.pins > 0)) {
          LocalSizes.check(key, size, copy.size);
          copy.pins++;
          return new PinnedCopy(name);
        }
        if (copy != null) {
          // Cut short by a crash of the machine: fetch it again.
          remove(name, copy);
        }
        download = downloads.get(wanted);
        if (download == null) {
          download = new CompletableFuture<>();
          downloads.put(wanted, download);
          mine = true;
        }
      }
      if (!mine) {
        await(download);
        continue;
      }
      try {
        Pinned pinned = download(key, name, size);
        finish(wanted, download, Optional.empty());
        return pinned;
      } catch (RuntimeException | Error e) {
        finish(wanted, download, Optional.of(e));
        throw e;
      }
    }
  }

  private void finish(
      Download wanted, CompletableFuture<Void> download, Optional<Throwable> error) {
    synchronized (monitor) {
      downloads.remove(wanted);
    }
    if (error.isEmpty()) {
      download.complete(null);
    } else {
      download.completeExceptionally(error.get());
    }
  }

  private static void await(CompletableFuture<Void> download) {
    try {
      download.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof MicromegasException known) {
        throw known;
      }
      throw e;
    }
  }

  private Pinned download(String key, String name, long size) {
    Path draft = root.resolve(UUID.randomUUID() + DRAFT);
    try (InputStream in = store.open(key)) {
      Files.copy(in, draft);
      LocalSizes.check(key, size, Files.size(draft));
      // Files and the map of copies change together, so that an eviction never meets a newer file.
      synchronized (monitor) {
        Files.move(draft, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        Copy copy = new Copy(size);
        copy.pins = 1;
        copies.put(name, copy);
        bytes += size;
        evict();
        return new PinnedCopy(name);
      }
    } catch (IOException e) {
      throw new UnavailableException("cannot copy object " + key + " to " + root + ": " + e, e);
    } finally {
      deleteQuietly(draft);
    }
  }

  /// Called with the monitor held.
  private void evict() {
    Iterator<Map.Entry<String, Copy>> longestUnusedFirst = copies.entrySet().iterator();
    while (bytes > maxBytes && longestUnusedFirst.hasNext()) {
      Map.Entry<String, Copy> entry = longestUnusedFirst.next();
      if (entry.getValue().pins == 0) {
        longestUnusedFirst.remove();
        bytes -= entry.getValue().size;
        deleteQuietly(root.resolve(entry.getKey()));
      }
    }
  }

  /// Called with the monitor held.
  private void remove(String name, Copy copy) {
    copies.remove(name);
    bytes -= copy.size;
    deleteQuietly(root.resolve(name));
  }

  private void unpin(String name) {
    synchronized (monitor) {
      Copy copy = copies.get(name);
      if (copy != null) {
        copy.pins--;
        evict();
      }
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("cannot delete {} from the cache: {}", file, e.toString());
    }
  }

  /// One flat file name per key; long keys are cut and told apart by their hash.
  private static String name(String key) {
    StringBuilder name = new StringBuilder();
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-' || b == '_' || b == '.';
      if (plain) {
        name.append((char) b);
      } else {
        name.append('%').append(HexFormat.of().toHexDigits(b));
      }
    }
    if (name.length() <= LONGEST_NAME) {
      return name.toString();
    }
    String digest = UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)).toString();
    return digest + name.substring(name.length() - (LONGEST_NAME - digest.length()));
  }

  /// Bytes of all copies.
  public long sizeBytes() {
    synchronized (monitor) {
      return bytes;
    }
  }

  @Override
  public List<Path> roots() {
    return List.of(root);
  }

  private final class PinnedCopy implements Pinned {
    private final String name;
    private final AtomicBoolean closed = new AtomicBoolean();

    PinnedCopy(String name) {
      this.name = name;
    }

    @Override
    public Path path() {
      return root.resolve(name);
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        unpin(name);
      }
    }
  }
}
