package micromegas.tracing.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Names that are computed per call cannot fill the memory.
class SiteTableTest {
  private static Site span(int number) {
    return new Site.Span("order " + number, "shop", "Shop.java", 1, 4);
  }

  @Test
  void sitesBeyondTheLimitShareOneOfTheirKind() {
    SiteTable table = new SiteTable(100);
    Set<Long> ids = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      ids.add(table.id(span(i)));
    }
    long shared = table.id(span(20_000));
    assertThat(ids).hasSize(101).contains(shared);
    assertThat(table.refused()).isEqualTo(9_901);
    assertThat(table.dependency(shared))
        .usingRecursiveComparison()
        .isEqualTo(span(7).overflow().dependency());
    assertThat(table.dependency(table.id(span(99))))
        .usingRecursiveComparison()
        .isEqualTo(span(99).dependency());
    // Another kind has a shared one of its own, which readers of that kind understand.
    long metric = table.id(new Site.Metric("m 1", "count", "shop", "Shop.java", 1, 4));
    assertThat(metric).isNotEqualTo(shared);
    assertThat(table.id(new Site.Metric("m 2", "count", "shop", "Shop.java", 1, 4)))
        .isEqualTo(metric);
    assertThat(table.id(new Site.Log("text 1", "shop", "Shop.java", 1, 4)))
        .isEqualTo(table.id(new Site.Log("text 2", "shop", "Shop.java", 1, 4)))
        .isNotIn(shared, metric);
    assertThat(table.id(span(5))).isEqualTo(table.id(span(5))).isNotEqualTo(shared);
    assertThat(table.refused()).isEqualTo(9_905);
  }

  @Test
  void tablesForgetWhatWasNotAskedForTheLongest() {
    InternTable<String, Object> table = new InternTable<>(1_600);
    AtomicInteger made = new AtomicInteger();
    Object hot = table.get("hot", key -> new Object());
    for (int i = 0; i < 200_000; i++) {
      table.get(
          "set " + i,
          key -> {
            made.incrementAndGet();
            return new Object();
          });
      assertThat(table.get("hot", key -> new Object())).isSameAs(hot);
    }
    assertThat(made).hasValue(200_000);
    int known = made.get();
    for (int i = 0; i < 200_000; i++) {
      String key = "set " + i;
      table.get(
          key,
          any -> {
            made.incrementAndGet();
            return new Object();
          });
    }
    // Few of the old ones were still there.
    assertThat(made.get() - known).isGreaterThanOrEqualTo(200_000 - 1_600);
  }
}
