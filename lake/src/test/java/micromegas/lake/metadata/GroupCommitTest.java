package micromegas.lake.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import micromegas.common.UnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GroupCommitTest {
  private final List<List<Integer>> batches = Collections.synchronizedList(new ArrayList<>());

  private List<GroupCommit.Outcome<String>> commit(List<Integer> elements) {
    batches.add(List.copyOf(elements));
    return elements.stream()
        .map(element ->
            element < 0
                ? GroupCommit.Outcome.<String>failed(new UnavailableException("no " + element))
                : GroupCommit.Outcome.of("done " + element))
        .toList();
  }

  @Test
  void withoutLoadEachElementGoesAlone() {
    GroupCommit<Integer, String> group = new GroupCommit<>(10, 1, this::commit);
    for (int i = 0; i < 3; i++) {
      assertThat(group.submit(i)).isEqualTo("done " + i);
    }
    assertThat(batches).containsExactly(List.of(0), List.of(1), List.of(2));
  }

  @Test
  void whatArrivesDuringACommitSharesTheNextAndEachHasItsOwnOutcome() throws Exception {
    CountDownLatch firstRuns = new CountDownLatch(1);
    Semaphore firstMayEnd = new Semaphore(0);
    GroupCommit<Integer, String> group =
        new GroupCommit<>(
            4,
            1,
            elements -> {
              if (elements.equals(List.of(0))) {
                firstRuns.countDown();
                firstMayEnd.acquireUninterruptibly();
              }
              return commit(elements);
            });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> first = threads.submit(() -> group.submit(0));
      firstRuns.await();
      List<Future<String>> others = new ArrayList<>();
      for (int element : new int[] {1, 2, -3, 4, 5}) {
        others.add(threads.submit(() -> group.submit(element)));
        awaitQueued(group, others.size());
      }
      firstMayEnd.release();
      assertThat(first.get()).isEqualTo("done 0");
      assertThat(others.get(0).get()).isEqualTo("done 1");
      assertThat(others.get(1).get()).isEqualTo("done 2");
      assertThatThrownBy(others.get(2)::get).hasRootCauseMessage("no -3");
      assertThat(others.get(3).get()).isEqualTo("done 4");
      assertThat(others.get(4).get()).isEqualTo("done 5");
    }
    assertThat(batches).containsExactly(List.of(0), List.of(1, 2, -3, 4), List.of(5));
  }

  @Test
  void aDefectOfTheBatchLeavesNobodyWaiting() throws Exception {
    CountDownLatch firstRuns = new CountDownLatch(1);
    Semaphore firstMayEnd = new Semaphore(0);
    GroupCommit<Integer, String> group =
        new GroupCommit<>(
            10,
            1,
            elements -> {
              if (elements.contains(0)) {
                firstRuns.countDown();
                firstMayEnd.acquireUninterruptibly();
              }
              throw new IllegalStateException("defect");
            });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> all = new ArrayList<>();
      all.add(threads.submit(() -> group.submit(0)));
      firstRuns.await();
      for (int i = 1; i < 4; i++) {
        int element = i;
        all.add(threads.submit(() -> group.submit(element)));
        awaitQueued(group, i);
      }
      firstMayEnd.release();
      for (Future<String> one : all) {
        assertThatThrownBy(one::get).hasRootCauseMessage("defect");
      }
    }
    assertThatThrownBy(() -> group.submit(9)).hasMessage("defect");
  }

  private static void awaitQueued(GroupCommit<?, ?> group, int count) {
    while (group.queued() < count) {
      Thread.onSpinWait();
    }
  }
}
