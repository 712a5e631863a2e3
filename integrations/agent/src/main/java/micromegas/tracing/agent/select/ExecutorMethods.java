package micromegas.tracing.agent.select;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import micromegas.tracing.agent.weave.ClassConstants;
import micromegas.tracing.agent.weave.ClassFacts;
import micromegas.tracing.agent.weave.ClassWeaver;
import micromegas.tracing.agent.weave.Form;
import micromegas.tracing.agent.weave.MethodFacts;
import org.objectweb.asm.Opcodes;

/// Executors that are not the JDK's: Tomcat's copy of its pool, Jetty's pool, the event loops of
/// Netty, or the application's own.
///
/// A class that declares `void execute(Runnable)` is taken for an executor, without asking for its
/// supertypes, which would have to be loaded. Its tasks stay what they are: the executor's method
/// says which task was submitted, and where the class or one of its member classes calls
/// `Runnable.run`, the context of that very task is entered. A task that runs somewhere else runs
/// without one. Thread-safe.
public final class ExecutorMethods {
  private static final String RUNNABLE = "(Ljava/lang/Runnable;)V";
  private static final String EXECUTE = "execute";
  private static final String NETTY = "io.netty.util.concurrent.";

  /// Where executors run tasks outside of their own classes. Applications that bundle Netty put a
  /// prefix in front.
  private static final List<String> RUNNERS = List.of(NETTY + "AbstractEventExecutor");

  /// Executors that start threads for submissions, but run the tasks in another class.
  private static final List<String> POOLS =
      List.of(NETTY + "SingleThreadEventExecutor", NETTY + "GlobalEventExecutor");

  private static final List<String> SCHEDULERS = List.of(NETTY + "AbstractScheduledEventExecutor");

  private static final String FUTURE =
      "JLjava/util/concurrent/TimeUnit;)Lio/netty/util/concurrent/ScheduledFuture;";

  private final Set<String> executors = ConcurrentHashMap.newKeySet();

  private ExecutorMethods() {}

  /// Where tasks are submitted, and where they run.
  public static List<Selector> selectors() {
    ExecutorMethods methods = new ExecutorMethods();
    return List.of(methods.new Submissions(), methods.new Runs());
  }

  private boolean isConcerned(String className, ClassConstants constants) {
    if (isOneOf(RUNNERS, className) || isOneOf(SCHEDULERS, className)) {
      return true;
    }
    if (constants.declares(EXECUTE, RUNNABLE)) {
      executors.add(className);
      return true;
    }
    return isMember(className) && constants.has("java/lang/Runnable") && constants.has("run");
  }

  private boolean isMember(String className) {
    for (int at = className.indexOf('$'); at > 0; at = className.indexOf('$', at + 1)) {
      if (executors.contains(className.substring(0, at))) {
        return true;
      }
    }
    return false;
  }

  private abstract class OfExecutors implements Selector {
    @Override
    public List<String> texts() {
      return List.of(RUNNABLE, EXECUTE, "java/lang/Runnable", "run");
    }

    @Override
    public boolean mayMatch(String className, ClassConstants constants) {
      return isConcerned(className, constants);
    }

    /// Member classes of an executor that has been loaded already may be looked at before it.
    @Override
    public void loaded(Class<?> type) {
      if (Executor.class.isAssignableFrom(type)) {
        executors.add(type.getName());
      }
    }
  }

  private final class Submissions extends OfExecutors {
    @Override
    public Optional<Form> select(ClassFacts type, MethodFacts method) {
      if ((method.access() & (Opcodes.ACC_STATIC | Opcodes.ACC_SYNTHETIC)) != 0) {
        return Optional.empty();
      }
      String key = ClassWeaver.key(method.name(), method.descriptor());
      if (key.equals(EXECUTE + RUNNABLE)) {
        return Optional.of(
            isPool(type)
                ? AdviceKind.POOL_EXECUTE.around(0)
                : new Form.Notify("submitted", "java/lang/Object", 0));
      }
      return method.name().equals("schedule") && isOneOf(SCHEDULERS, type.name())
          ? scheduled(method.descriptor())
          : Optional.empty();
    }
  }

  private final class Runs extends OfExecutors {
    @Override
    public Optional<Form> select(ClassFacts type, MethodFacts method) {
      return method.runsTasks() ? Optional.of(new Form.RunCalls()) : Optional.empty();
    }
  }

  /// Netty makes tasks of its own of those that are scheduled, and nobody sees them.
  private static Optional<Form> scheduled(String descriptor) {
    String plain = descriptor.replaceFirst("\\)L.*io/netty/", ")Lio/netty/");
    for (String task : List.of("java/lang/Runnable", "java/util/concurrent/Callable")) {
      if (plain.equals("(L" + task + ";" + FUTURE)) {
        return Optional.of(new Form.Replace("inContext", task, 0));
      }
    }
    return Optional.empty();
  }

  /// Whether what an executor submits or starts during a submission is its own business: it runs
  /// tasks itself, so the threads that it starts are workers.
  private static boolean isPool(ClassFacts type) {
    return isOneOf(POOLS, type.name()) || type.methods().stream().anyMatch(MethodFacts::runsTasks);
  }

  private static boolean isOneOf(List<String> names, String className) {
    for (String name : names) {
      if (className.endsWith(name)) {
        return true;
      }
    }
    return false;
  }
}
