package micromegas.tracing;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import micromegas.tracing.record.Context;
import micromegas.tracing.record.Recording;
import org.jspecify.annotations.Nullable;

/// What async spans belong to: the span that is the parent of new ones, their depth, and the unit
/// of work whose details wait. It goes to other threads by wrapping tasks or executors:
///
/// ```java
/// ExecutorService pool = SpanContext.wrap(Executors.newFixedThreadPool(8));
/// Thread.startVirtualThread(SpanContext.wrap(task));
/// ```
///
/// On JDK 25 and later, threads that are forked inside [#run], [#call] or [#get] by structured
/// concurrency inherit it without wrapping. Spans of platform threads ([SpanSite]) have no part in
/// it. Immutable.
public final class SpanContext {
  private static final SpanContext ROOT = new SpanContext(Context.ROOT);

  private final Context context;

  SpanContext(Context context) {
    this.context = context;
  }

  /// The context of the current thread.
  public static SpanContext current() {
    Context now = Recording.context();
    return now == Context.ROOT ? ROOT : new SpanContext(now);
  }

  /// The context without a span.
  public static SpanContext root() {
    return ROOT;
  }

  /// A context for what belongs together without a span that is recorded here.
  ///
  /// @param spanId parent of the spans inside; not 0, and not that of a span of the process: take a
  ///   large number, see [NamedAsyncSpanSite#begin]
  public static SpanContext of(long spanId) {
    return new SpanContext(new Context(spanId, 0, null));
  }

  /// Id of the current async span of this thread, 0 for none.
  public static long currentId() {
    return Recording.context().spanId();
  }

  /// Id of the span that is the parent of new ones, 0 for none.
  public long spanId() {
    return context.spanId();
  }

  /// Depth of new spans: the number of spans around them.
  public int depth() {
    return context.depth();
  }

  /// That of the root for null, since recording never throws.
  static Context context(@Nullable SpanContext of) {
    return of == null ? Context.ROOT : of.context;
  }

  Context context() {
    return context;
  }

  /// Makes this the context of the current thread, for code that has no task to [#run]: filters,
  /// listeners, the contexts of other libraries. Close what it returns on the same thread, the
  /// newest first. Threads forked inside do not inherit the context.
  public Attached attach() {
    return Recording.attach(context)::detach;
  }

  /// Brings back the context of before. Closing twice, on another thread, or while another context
  /// is attached is ignored and counted.
  @FunctionalInterface
  public interface Attached extends AutoCloseable {
    @Override
    void close();
  }

  /// Runs a task in this context.
  public void run(Runnable task) {
    get(() -> {
      task.run();
      return Boolean.TRUE;
    });
  }

  /// Gives this context to a thread that is about to start: it begins with it.
  public void giveTo(Thread thread) {
    Recording.inherit(thread, context);
  }

  /// Calls a task in this context.
  public <T extends @Nullable Object> T call(Callable<T> task) throws Exception {
    return Recording.call(context, task);
  }

  /// Gets from a supplier in this context.
  public <T extends @Nullable Object> T get(Supplier<T> task) {
    try {
      return Recording.call(context, task::get);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e); // suppliers throw no checked exception
    }
  }

  /// The task, in the context that is current now.
  public static Runnable wrap(Runnable task) {
    SpanContext captured = current();
    return () -> captured.run(task);
  }

  /// The task, in the context that is current now.
  public static <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
    SpanContext captured = current();
    return () -> captured.call(task);
  }

  /// The supplier, in the context that is current now.
  public static <T extends @Nullable Object> Supplier<T> wrapSupplier(Supplier<T> task) {
    SpanContext captured = current();
    return () -> captured.get(task);
  }

  /// An executor that runs each task in the context of its submission.
  public static Executor wrap(Executor executor) {
    return task -> executor.execute(wrap(task));
  }

  /// An executor that runs each task in the context of its submission.
  public static ExecutorService wrap(ExecutorService executor) {
    return new ContextExecutor(executor);
  }

  /// An executor that runs each task in the context of its submission.
  public static ScheduledExecutorService wrap(ScheduledExecutorService executor) {
    return new ContextScheduler(executor);
  }

  @Override
  public String toString() {
    return "span " + context.spanId() + " at depth " + context.depth();
  }
}
