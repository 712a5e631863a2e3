package micromegas.lake.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FolderSyncTest {
  private static final Path FOLDER = Path.of("folder");

  @Test
  void whoComesDuringAFlushSharesTheNextOne() throws Exception {
    AtomicInteger flushes = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    FolderSync folders =
        new FolderSync(folder -> {
          if (flushes.incrementAndGet() == 1) {
            begun.countDown();
            await(release);
          }
        });
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<?>> callers = new ArrayList<>();
      callers.add(threads.submit(() -> sync(folders)));
      await(begun);
      List<Thread> late = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Thread thread = Thread.ofPlatform().start(() -> sync(folders));
        late.add(thread);
      }
      for (Thread thread : late) {
        while (thread.getState() != Thread.State.WAITING) {
          Thread.onSpinWait();
        }
      }
      assertThat(flushes).hasValue(1);
      release.countDown();
      for (Thread thread : late) {
        thread.join();
      }
      callers.getFirst().get();
    }
    assertThat(flushes).hasValue(2);
    sync(folders);
    assertThat(flushes).hasValue(3);
  }

  @Test
  void aFlushThatFailsIsTriedAgainByTheNext() throws Exception {
    AtomicInteger flushes = new AtomicInteger();
    FolderSync folders =
        new FolderSync(folder -> {
          if (flushes.incrementAndGet() == 1) {
            throw new IOException("No space left on device");
          }
        });
    assertThatThrownBy(() -> folders.sync(FOLDER)).hasMessage("No space left on device");
    folders.sync(FOLDER);
    assertThat(flushes).hasValue(2);
  }

  private static void sync(FolderSync folders) {
    try {
      folders.sync(FOLDER);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
