package micromegas.programs;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import micromegas.tracing.AsyncSpan;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanContext;

/// Submits tasks, and says in which context they run.
final class ContextCheck {
  private static final AsyncSpanSite OUTER = Sites.here().asyncSpan("outer");

  private ContextCheck() {}

  interface Submission {
    /// Submits the task and waits for its end.
    void submit(Callable<Long> task) throws Exception;
  }

  interface Execution {
    void execute(Runnable task) throws Exception;
  }

  /// Prints whether a task that is submitted inside a span runs in the context of that span.
  static void check(String what, Submission submission) throws Exception {
    AsyncSpan outer = OUTER.begin();
    long[] seen = new long[1];
    SpanContext.Attached attached = outer.context().attach();
    try {
      submission.submit(() -> {
        seen[0] = SpanContext.currentId();
        return seen[0];
      });
    } finally {
      attached.close();
      outer.end();
    }
    System.out.println(what + (seen[0] == outer.id() ? " same" : " other " + seen[0]));
  }

  /// The same for an executor of plain tasks; then that its threads have kept nothing.
  static void checkAll(String what, Execution execution) throws Exception {
    check(
        what,
        task -> {
          CompletableFuture<Long> seen = new CompletableFuture<>();
          execution.execute(() -> seen.complete(call(task)));
          seen.get();
        });
    CompletableFuture<Long> later = new CompletableFuture<>();
    execution.execute(() -> later.complete(SpanContext.currentId()));
    System.out.println("afterwards " + later.get());
  }

  static Long call(Callable<Long> task) {
    try {
      return task.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
