package micromegas.lakehouse.spans;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlameTreeTest {
  /// A sum over the spans of one path.
  private static final class Sum {
    long total;
    long self;
    long count;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
  }

  private record Open(long id, String path, int depth) {}

  @Test
  void randomTreesSumUpAsTheyDoByHand() {
    Random random = new Random(5);
    FlameTree tree = new FlameTree();
    Map<String, Sum> expected = new LinkedHashMap<>();
    for (int thread = 0; thread < 20; thread++) {
      tree.begin();
      Deque<Open> open = new ArrayDeque<>();
      for (int id = 0; id < 2000; id++) {
        while (!open.isEmpty() && random.nextInt(3) == 0) {
          open.pop();
        }
        String name = random.nextInt(50) == 0 ? "a;b" : "s" + random.nextInt(3);
        String shown = name.replace(';', ':');
        Open above = open.peek();
        String path = above == null ? shown : above.path() + ";" + shown;
        int depth = above == null ? 0 : above.depth() + 1;
        if (depth > 12) {
          open.clear();
          continue;
        }
        long nanos = random.nextInt(100);
        byte[] utf8 = ("--" + name).getBytes(StandardCharsets.UTF_8);
        tree.add(id, above == null ? 0 : above.id(), depth, utf8, 2, utf8.length - 2, nanos);
        Sum sum = expected.computeIfAbsent(path, p -> new Sum());
        sum.total += nanos;
        sum.self += nanos;
        sum.count++;
        sum.min = Math.min(sum.min, nanos);
        sum.max = Math.max(sum.max, nanos);
        if (above != null) {
          expected.get(above.path()).self -= nanos;
        }
        open.push(new Open(id, path, depth));
      }
    }
    assertThat(tree.size()).isEqualTo(expected.size()).isGreaterThan(2000);
    for (int i = 0; i < tree.size(); i++) {
      Sum sum = expected.get(tree.path(i));
      assertThat(sum).as(tree.path(i)).isNotNull();
      assertThat(tree.totalNanos(i)).isEqualTo(sum.total);
      assertThat(tree.selfNanos(i)).isEqualTo(sum.self);
      assertThat(tree.count(i)).isEqualTo(sum.count);
      assertThat(tree.minNanos(i)).isEqualTo(sum.min);
      assertThat(tree.maxNanos(i)).isEqualTo(sum.max);
      assertThat(tree.path(i).chars().filter(c -> c == ';').count()).isEqualTo(tree.depth(i));
      assertThat(tree.path(i)).endsWith(tree.name(i).replace(';', ':'));
    }
  }

  @Test
  void whatIsTooDeepStaysWithTheLastLevel() {
    FlameTree tree = new FlameTree();
    tree.begin();
    byte[] name = {'x'};
    for (int depth = 0; depth < FlameTree.MAX_DEPTH + 100; depth++) {
      tree.add(depth, depth - 1, depth, name, 0, 1, 5000 - depth);
    }
    assertThat(tree.size()).isEqualTo(FlameTree.MAX_DEPTH);
    assertThat(tree.selfNanos(0)).isEqualTo(1);
    assertThat(tree.selfNanos(FlameTree.MAX_DEPTH - 1)).isEqualTo(5000 - (FlameTree.MAX_DEPTH - 1));
  }

  @Test
  void aRowWithoutItsParentIsAnOutermostOne() {
    FlameTree tree = new FlameTree();
    tree.begin();
    tree.add(1, 0, 0, new byte[] {'a'}, 0, 1, 10);
    tree.add(2, 99, 1, new byte[] {'b'}, 0, 1, 4);
    tree.add(3, 2, 5, new byte[] {'c'}, 0, 1, 3);
    assertThat(tree.size()).isEqualTo(3);
    assertThat(tree.depth(1)).isZero();
    assertThat(tree.depth(2)).isZero();
    assertThat(tree.selfNanos(0)).isEqualTo(10);
  }
}
