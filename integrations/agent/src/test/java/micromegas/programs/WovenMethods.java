package micromegas.programs;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import micromegas.tracing.Span;

/// Methods of many shapes.
final class WovenMethods {
  final int made;

  @Deprecated
  WovenMethods(int made) {
    this.made = made + branching(made, 2L, 3.0);
  }

  @Span
  void plain() {
    inner("x");
  }

  @Span(name = "the inner one")
  static String inner(String text) {
    return text + "!";
  }

  /// Arguments of two slots, a loop, handlers, a switch, early returns.
  @Span
  int branching(int n, long a, double b) {
    int sum = 0;
    for (int i = 0; i < n; i++) {
      try {
        if (i % 3 == 0) {
          continue;
        }
        long twice = a * 2;
        sum +=
            switch (i) {
              case 1 -> (int) twice;
              case 2 -> (int) b;
              default -> throw new IllegalStateException("no " + i);
            };
      } catch (IllegalStateException e) {
        sum -= 1;
        if (n > 100) {
          return -1;
        }
      } finally {
        sum++;
      }
    }
    return sum;
  }

  @Span
  synchronized long throwing(boolean really) {
    if (really) {
      throw new IllegalArgumentException("on purpose");
    }
    return 7;
  }

  @Span
  CompletableFuture<String> later(CompletableFuture<String> trigger) {
    nested().toCompletableFuture().join();
    return trigger.thenApply(text -> text + " later");
  }

  @Span
  private CompletionStage<Integer> nested() {
    return CompletableFuture.completedFuture(1);
  }

  @Span
  CompletionStage<String> failing() {
    throw new IllegalStateException("before there is a stage");
  }

  @Span
  CompletionStage<String> nothing() {
    return null;
  }

  String named() {
    String text = "";
    for (int i = 0; i < 3; i++) {
      text += i;
    }
    return text;
  }

  @Traced("of another library")
  void foreign() {}

  int accessor() {
    return made;
  }
}
