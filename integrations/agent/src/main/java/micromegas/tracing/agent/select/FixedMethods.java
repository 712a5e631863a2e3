package micromegas.tracing.agent.select;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import micromegas.tracing.agent.weave.ClassConstants;
import micromegas.tracing.agent.weave.ClassFacts;
import micromegas.tracing.agent.weave.ClassWeaver;
import micromegas.tracing.agent.weave.Form;
import micromegas.tracing.agent.weave.MethodFacts;

/// Methods of the JDK by name. What a version of the JDK does not have is not woven.
public final class FixedMethods implements Selector {
  private final Map<String, Map<String, Form>> forms;

  private FixedMethods(Map<String, Map<String, Form>> forms) {
    this.forms = forms;
  }

  @Override
  public boolean mayMatch(String className, ClassConstants constants) {
    return namesClass(className);
  }

  @Override
  public boolean namesClass(String className) {
    return forms.containsKey(className);
  }

  @Override
  public Optional<Form> select(ClassFacts type, MethodFacts method) {
    return Optional.ofNullable(
        forms
            .getOrDefault(type.name(), Map.of())
            .get(ClassWeaver.key(method.name(), method.descriptor())));
  }

  /// Where spans of the JDK's HTTP client and server come from.
  public static FixedMethods httpClient() {
    String request = "Ljava/net/http/HttpRequest;";
    String handler = "Ljava/net/http/HttpResponse$BodyHandler;";
    String push = "Ljava/net/http/HttpResponse$PushPromiseHandler;";
    return new Builder()
        .type("jdk.internal.net.http.HttpClientImpl")
        .method(
            "send(" + request + handler + ")Ljava/net/http/HttpResponse;",
            AdviceKind.HTTP_SEND.around(0))
        .method(
            "sendAsync(" + request + handler + push + ")Ljava/util/concurrent/CompletableFuture;",
            AdviceKind.HTTP_SEND_ASYNC.around(0))
        .build();
  }

  /// Where requests to the JDK's HTTP server are handled.
  public static FixedMethods httpServer() {
    return new Builder()
        .type("com.sun.net.httpserver.Filter$Chain")
        .method(
            "doFilter(Lcom/sun/net/httpserver/HttpExchange;)V", AdviceKind.HTTP_EXCHANGE.around(0))
        .build();
  }

  /// Where the JDK takes tasks, runs them, and starts threads.
  public static FixedMethods contexts() {
    String runnable = "java/lang/Runnable";
    String callable = "java/util/concurrent/Callable";
    String task = "Ljava/util/concurrent/ForkJoinTask;";
    String delay = "JLjava/util/concurrent/TimeUnit;)Ljava/util/concurrent/ScheduledFuture;";
    String timeout = "JLjava/util/concurrent/TimeUnit;Ljava/util/function/Consumer;)" + task;
    Form submitted = new Form.Notify("submitted", "java/lang/Object", 0);
    Form running = AdviceKind.FORK_JOIN_RUN.around(-1);
    Form starting = new Form.Notify("starting", "java/lang/Thread", -1);
    Form wrapped = new Form.Replace("inContext", runnable, 0);
    Form wrappedCall = new Form.Replace("inContext", callable, 0);
    return new Builder()
        .type("java.util.concurrent.ThreadPoolExecutor")
        .method("execute(Ljava/lang/Runnable;)V", submitted)
        .method("runWorker(Ljava/util/concurrent/ThreadPoolExecutor$Worker;)V", new Form.RunCalls())
        .method("addWorker(Ljava/lang/Runnable;Z)Z", AdviceKind.ADD_WORKER.around(-1))
        .type("java.util.concurrent.ScheduledThreadPoolExecutor")
        .method("delayedExecute(Ljava/util/concurrent/RunnableScheduledFuture;)V", submitted)
        .type("java.util.concurrent.ForkJoinPool")
        .method("execute(Ljava/lang/Runnable;)V", wrapped)
        .method("submit(Ljava/lang/Runnable;)" + task, wrapped)
        .method("submit(Ljava/lang/Runnable;Ljava/lang/Object;)" + task, wrapped)
        .method("submit(Ljava/util/concurrent/Callable;)" + task, wrappedCall)
        .method("execute(" + task + ")V", submitted)
        .method("submit(" + task + ")" + task, submitted)
        .method("invoke(" + task + ")Ljava/lang/Object;", submitted)
        .method("schedule(Ljava/lang/Runnable;" + delay, wrapped) // since JDK 25
        .method("schedule(Ljava/util/concurrent/Callable;" + delay, wrappedCall)
        .method("submitWithTimeout(Ljava/util/concurrent/Callable;" + timeout, wrappedCall)
        .method("lazySubmit(" + task + ")" + task, submitted)
        .method("externalSubmit(" + task + ")" + task, submitted)
        .type("java.util.concurrent.ForkJoinTask")
        .method("fork()" + task, new Form.Notify("submitted", "java/lang/Object", -1))
        .method("doExec()I", running)
        .method("doExec()V", running)
        .type("java.util.concurrent.CompletableFuture$DelayedExecutor")
        .method("execute(Ljava/lang/Runnable;)V", wrapped)
        .type("java.util.Timer")
        .method("sched(Ljava/util/TimerTask;JJ)V", submitted)
        .type("java.util.TimerThread")
        .method("mainLoop()V", new Form.RunCalls())
        .type("java.lang.Thread")
        .method("start()V", starting)
        .method("start(Ljdk/internal/vm/ThreadContainer;)V", starting)
        .type("java.lang.VirtualThread")
        .method("start(Ljdk/internal/vm/ThreadContainer;)V", starting)
        .build();
  }

  private static final class Builder {
    private final Map<String, Map<String, Form>> forms = new HashMap<>();
    private Map<String, Form> current = new HashMap<>();

    Builder type(String name) {
      current = new HashMap<>();
      forms.put(name, current);
      return this;
    }

    Builder method(String key, Form form) {
      current.put(key, form);
      return this;
    }

    FixedMethods build() {
      return new FixedMethods(forms);
    }
  }
}
