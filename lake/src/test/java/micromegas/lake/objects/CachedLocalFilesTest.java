package micromegas.lake.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import micromegas.common.CorruptDataException;
import micromegas.common.NotFoundException;
import micromegas.common.UnavailableException;
import micromegas.lake.objects.LocalFiles.Pinned;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class CachedLocalFilesTest {
  private static final int SIZE = 100;

  @TempDir Path folder;
  private final Remote remote = new Remote();

  private CachedLocalFiles cache(long maxBytes) {
    return new CachedLocalFiles(remote, folder.resolve("cache"), maxBytes);
  }

  private void put(String... keys) {
    for (String key : keys) {
      byte[] content = new byte[SIZE];
      Arrays.fill(content, (byte) key.hashCode());
      remote.putIfAbsent(key, content);
    }
  }

  private void use(CachedLocalFiles cache, String key) throws Exception {
    try (Pinned pinned = cache.fetch(key, SIZE)) {
      assertThat(Files.readAllBytes(pinned.path())).isEqualTo(remote.get(key));
      assertThat(pinned.path()).startsWith(cache.roots().getFirst());
    }
  }

  private int downloadsOf(CachedLocalFiles cache, String key) throws Exception {
    int before = remote.opened.get();
    use(cache, key);
    return remote.opened.get() - before;
  }

  private List<Path> files() throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      return files.toList();
    }
  }

  @Test
  void theLongestUnusedGoesFirst() throws Exception {
    put("a", "b", "c");
    CachedLocalFiles cache = cache(2 * SIZE);
    use(cache, "a");
    use(cache, "b");
    use(cache, "a");
    use(cache, "c");
    assertThat(cache.sizeBytes()).isEqualTo(2 * SIZE);
    assertThat(files()).hasSize(2);
    assertThat(downloadsOf(cache, "a")).isZero();
    assertThat(downloadsOf(cache, "c")).isZero();
    assertThat(downloadsOf(cache, "b")).isEqualTo(1);
  }

  @Test
  void whatIsInUseStaysThoughTheBoundIsExceeded() throws Exception {
    put("a", "b", "c");
    CachedLocalFiles cache = cache(SIZE);
    Pinned a = cache.fetch("a", SIZE);
    Pinned again = cache.fetch("a", SIZE);
    Pinned b = cache.fetch("b", SIZE);
    assertThat(a.path()).exists();
    assertThat(b.path()).exists();
    assertThat(cache.sizeBytes()).isEqualTo(2 * SIZE);
    a.close();
    a.close();
    assertThat(again.path()).exists();
    again.close();
    assertThat(again.path()).doesNotExist();
    assertThat(b.path()).exists();
    assertThat(cache.sizeBytes()).isEqualTo(SIZE);
    b.close();
    assertThat(b.path()).exists();
  }

  @Test
  void anObjectLargerThanTheBoundIsReadAndForgotten() throws Exception {
    put("a");
    CachedLocalFiles cache = cache(SIZE - 1);
    use(cache, "a");
    assertThat(files()).isEmpty();
    assertThat(cache.sizeBytes()).isZero();
  }

  @Test
  void manyWhoAskAtOnceShareOneDownload() throws Exception {
    put("a");
    CachedLocalFiles cache = cache(10 * SIZE);
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    remote.beforeOpen =
        () -> {
          started.countDown();
          await(released);
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Path>> paths = new ArrayList<>();
      Callable<Path> fetch =
          () -> {
            try (Pinned pinned = cache.fetch("a", SIZE)) {
              assertThat(Files.size(pinned.path())).isEqualTo(SIZE);
              return pinned.path();
            }
          };
      paths.add(threads.submit(fetch));
      await(started);
      for (int i = 0; i < 20; i++) {
        paths.add(threads.submit(fetch));
      }
      released.countDown();
      for (Future<Path> path : paths) {
        assertThat(path.get()).isEqualTo(paths.getFirst().get());
      }
    }
    assertThat(remote.opened).hasValue(1);
  }

  @Test
  void copiesSurviveARestartInTheOrderOfTheirAge() throws Exception {
    put("old", "new", "next");
    CachedLocalFiles first = cache(10 * SIZE);
    use(first, "new");
    use(first, "old");
    Files.setLastModifiedTime(
        folder.resolve("cache/old"), FileTime.fromMillis(System.currentTimeMillis() - 60_000));
    Files.write(folder.resolve("cache/left-over.draft"), new byte[10]);

    CachedLocalFiles second = cache(2 * SIZE);
    assertThat(second.sizeBytes()).isEqualTo(2 * SIZE);
    assertThat(files()).hasSize(2);
    assertThat(downloadsOf(second, "next")).isEqualTo(1);
    assertThat(downloadsOf(second, "new")).isZero();
    assertThat(downloadsOf(second, "old")).isEqualTo(1);
    assertThat(cache(SIZE).sizeBytes()).isEqualTo(SIZE);
  }

  @Test
  void aCopyThatWasCutShortIsFetchedAgain() throws Exception {
    put("a");
    use(cache(10 * SIZE), "a");
    Files.write(folder.resolve("cache/a"), new byte[3]);
    CachedLocalFiles cache = cache(10 * SIZE);
    assertThat(downloadsOf(cache, "a")).isEqualTo(1);
    assertThat(cache.sizeBytes()).isEqualTo(SIZE);
  }

  @Test
  void failuresLeaveNothingAndDoNotLast() throws Exception {
    CachedLocalFiles cache = cache(10 * SIZE);
    assertThatThrownBy(() -> cache.fetch("a", SIZE))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("a");
    put("a");
    assertThatThrownBy(() -> cache.fetch("a", SIZE + 1))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("a");
    remote.beforeOpen =
        () -> {
          throw new UnavailableException("no route to the store");
        };
    assertThatThrownBy(() -> cache.fetch("a", SIZE)).isInstanceOf(UnavailableException.class);
    assertThat(files()).isEmpty();
    remote.beforeOpen = () -> {};
    use(cache, "a");
    try (Pinned inUse = cache.fetch("a", SIZE)) {
      assertThatThrownBy(() -> cache.fetch("a", SIZE + 1)).isInstanceOf(CorruptDataException.class);
      assertThat(inUse.path()).exists();
    }
  }

  @Test
  void keysOfAnyLengthAndLetterHaveTheirOwnCopies() throws Exception {
    String deep = "views/" + "Ä".repeat(120) + "/";
    put(deep + "a", deep + "b", "x/y", "x%2fy", "X/y");
    CachedLocalFiles cache = cache(10 * SIZE);
    for (String key : List.of(deep + "a", deep + "b", "x/y", "x%2fy", "X/y")) {
      assertThat(downloadsOf(cache, key)).isEqualTo(1);
    }
    assertThat(files()).hasSize(5);
  }

  /// A cache with room for two of eight objects, used by many at once: what is pinned is always
  /// there and whole, and the books agree with the folder in the end.
  @Test
  void evictionNeverTakesWhatIsInUse() throws Exception {
    String[] keys = {"a", "b", "c", "d", "e", "f", "g", "h"};
    put(keys);
    CachedLocalFiles cache = cache(2 * SIZE);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> users = new ArrayList<>();
      for (int user = 0; user < 8; user++) {
        Random random = new Random(user);
        users.add(
            threads.submit(() -> {
              for (int i = 0; i < 300; i++) {
                use(cache, keys[random.nextInt(keys.length)]);
              }
              return true;
            }));
      }
      for (Future<?> user : users) {
        user.get();
      }
    }
    assertThat(files()).hasSize(2);
    assertThat(cache.sizeBytes()).isEqualTo(2 * SIZE);
    assertThat(cache(10 * SIZE).sizeBytes()).isEqualTo(2 * SIZE);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Counts downloads and can hold them up.
  private static final class Remote implements ObjectStore {
    private final MemoryObjectStore objects = new MemoryObjectStore();
    private final AtomicInteger opened = new AtomicInteger();
    private volatile Runnable beforeOpen = () -> {};

    @Override
    public InputStream open(String key) {
      opened.incrementAndGet();
      beforeOpen.run();
      return objects.open(key);
    }

    @Override
    public boolean putIfAbsent(String key, byte[] bytes) {
      return objects.putIfAbsent(key, bytes);
    }

    @Override
    public boolean putIfAbsent(String key, Path file) {
      return objects.putIfAbsent(key, file);
    }

    @Override
    public byte[] get(String key) {
      return objects.get(key);
    }

    @Override
    public byte[] getRange(String key, long offset, int length) {
      return objects.getRange(key, offset, length);
    }

    @Override
    public void delete(String key) {
      objects.delete(key);
    }

    @Override
    public OptionalLong size(String key) {
      return objects.size(key);
    }

    @Override
    public void list(String prefix, Consumer<String> consumer) {
      objects.list(prefix, consumer);
    }

    @Override
    public void close() {
      objects.close();
    }
  }
}
