package micromegas.tracing.agent.boot;

import java.util.concurrent.Callable;

/// The methods that woven code calls. Nothing is woven before there is a handler, so the handler is
/// a constant for compiled code.
public final class AgentHooks {
  private static volatile AgentHandler installed;

  private AgentHooks() {}

  private static final class Holder {
    static final AgentHandler HANDLER = installed;
  }

  /// Sets the handler, once for the life of the JVM.
  ///
  /// @return whether that one is the handler now
  public static synchronized boolean install(AgentHandler handler) {
    if (installed == null) {
      installed = handler;
    }
    return installed == handler;
  }

  public static int begin(long site) {
    return Holder.HANDLER.begin(site);
  }

  public static void end(int token) {
    Holder.HANDLER.end(token);
  }

  public static Object beginAsync(int site) {
    return Holder.HANDLER.beginAsync(site);
  }

  public static void endAsync(Object result, Object token) {
    if (token != null) {
      Holder.HANDLER.endAsync(result, token);
    }
  }

  public static Object enter(Object self, Object argument, int kind) {
    return Holder.HANDLER.enter(kind, self, argument);
  }

  public static void exit(Object result, Object token, int kind) {
    if (token != null) {
      Holder.HANDLER.exit(kind, result, null, token);
    }
  }

  public static void fail(Throwable failure, Object token, int kind) {
    if (token != null) {
      Holder.HANDLER.exit(kind, null, failure, token);
    }
  }

  public static void submitted(Object task) {
    Holder.HANDLER.submitted(task);
  }

  public static void run(Runnable task) {
    Holder.HANDLER.run(task);
  }

  public static Runnable inContext(Runnable task) {
    return Holder.HANDLER.inContext(task);
  }

  public static <T> Callable<T> inContext(Callable<T> task) {
    return Holder.HANDLER.inContext(task);
  }

  public static void starting(Thread thread) {
    Holder.HANDLER.starting(thread);
  }
}
