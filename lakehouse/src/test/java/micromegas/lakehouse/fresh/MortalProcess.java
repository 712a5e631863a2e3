package micromegas.lakehouse.fresh;

import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import micromegas.common.UnavailableException;
import micromegas.lake.DataLake;
import micromegas.lake.metadata.PostgresMetadataStore;
import micromegas.lake.objects.ObjectStore;
import micromegas.lake.partition.PostgresPartitionStore;
import micromegas.lake.testkit.TestPostgres;

/// A process whose every effect on the lake is counted, and one of them goes wrong. Effects are
/// statements that write or lock, commits, and puts and deletes of objects.
final class MortalProcess {
  /// What becomes of the fatal effect.
  enum Ending {
    /// The process is killed before it: nothing of it reaches the lake any more, and PostgreSQL
    /// rolls back what it had open.
    KILLED,
    /// It fails, once; the process lives.
    FAILS,
    /// It takes place, but the process is told that it failed; it lives.
    ANSWER_LOST
  }

  private static final Pattern WRITES =
      Pattern.compile(
          "\\s*(INSERT|DELETE|UPDATE|WITH\\b.*\\b(INSERT|DELETE|UPDATE)\\b|SELECT pg_(try_)?advisory).*",
          Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

  private final int fatal;
  private final Ending ending;
  private final Consumer<String> before;
  private final AtomicInteger effects = new AtomicInteger();
  private final AtomicBoolean dead = new AtomicBoolean();
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final DataLake lake;
  final Queue<String> reads = new ConcurrentLinkedQueue<>();
  final List<String> trace = new ArrayList<>(); // guarded by itself

  /// @param fatal which effect goes wrong, from 1; 0 for none
  MortalProcess(DataLake real, Clock clock, int fatal, Ending ending) {
    this(real, clock, fatal, ending, what -> {});
  }

  /// A process in which nothing goes wrong by itself.
  ///
  /// @param before hears of each effect before it takes place
  MortalProcess(DataLake real, Clock clock, Consumer<String> before) {
    this(real, clock, 0, Ending.KILLED, before);
  }

  private MortalProcess(
      DataLake real, Clock clock, int fatal, Ending ending, Consumer<String> before) {
    this.fatal = fatal;
    this.ending = ending;
    this.before = before;
    DataSource dataSource = dataSource(real.metadata().dataSource());
    this.lake =
        new DataLake(
            new PostgresMetadataStore(dataSource, dataSource, TestPostgres.ANY_INSERT_TIME),
            new Objects(real.objects()),
            real.files(),
            new PostgresPartitionStore(dataSource, clock, "mortal"));
  }

  /// The lake as the process sees it.
  DataLake lake() {
    return lake;
  }

  /// How many effects there were, the fatal one included.
  int effects() {
    return effects.get();
  }

  /// Whether the fatal effect was reached.
  boolean met() {
    return fatal > 0 && effects.get() >= fatal;
  }

  @FunctionalInterface
  private interface Action {
    Object run() throws Throwable;
  }

  private Object effect(String what, Action action, Action failure) throws Throwable {
    if (dead.get()) {
      failure.run();
    }
    before.accept(what.strip());
    int number = effects.incrementAndGet();
    synchronized (trace) {
      trace.add(number + " " + what.strip().lines().findFirst().orElse(""));
    }
    if (number != fatal) {
      return action.run();
    }
    switch (ending) {
      case KILLED -> die();
      case FAILS -> {}
      case ANSWER_LOST -> action.run();
    }
    failure.run();
    throw new AssertionError("a failure that does not throw");
  }

  private void die() {
    dead.set(true);
    for (Connection connection : open) {
      abort(connection);
    }
  }

  private static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private DataSource dataSource(DataSource real) {
    return proxy(
        DataSource.class,
        (method, arguments) -> {
          if (!method.getName().equals("getConnection")) {
            return call(method, real, arguments);
          }
          if (dead.get()) {
            throw broken();
          }
          Connection connection = real.getConnection();
          open.add(connection);
          return connection(connection);
        });
  }

  private static SQLException broken() {
    return new SQLException("the connection broke", "08006");
  }

  private Connection connection(Connection real) {
    return proxy(
        Connection.class,
        (method, arguments) ->
            switch (method.getName()) {
              case "prepareStatement" ->
                  statement(
                      PreparedStatement.class,
                      (PreparedStatement) call(method, real, arguments),
                      real,
                      (String) arguments[0]);
              case "createStatement" ->
                  statement(Statement.class, (Statement) call(method, real, arguments), real, "");
              case "commit" ->
                  effect("COMMIT", () -> call(method, real, arguments), () -> breakOff(real));
              case "close" -> {
                open.remove(real);
                yield call(method, real, arguments);
              }
              default -> call(method, real, arguments);
            });
  }

  /// The caller hears of a broken connection, which it is from now on.
  private static Object breakOff(Connection real) throws SQLException {
    abort(real);
    throw broken();
  }

  private <S extends Statement> S statement(Class<S> type, S real, Connection of, String sql) {
    return proxy(
        type,
        (method, arguments) -> {
          String text =
              arguments != null && arguments.length > 0 && arguments[0] instanceof String own
                  ? own
                  : sql;
          if (method.getName().startsWith("execute") && WRITES.matcher(text).matches()) {
            return effect(text, () -> call(method, real, arguments), () -> breakOff(of));
          }
          if (method.getName().startsWith("execute")) {
            if (dead.get()) {
              throw broken();
            }
            reads.add(text);
          }
          return call(method, real, arguments);
        });
  }

  @FunctionalInterface
  private interface Calls {
    Object handle(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Calls calls) {
    return type.cast(
        Proxy.newProxyInstance(
            MortalProcess.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "equals" -> self == arguments[0];
                  case "hashCode" -> System.identityHashCode(self);
                  default -> calls.handle(method, arguments);
                }));
  }

  private static Object call(Method method, Object target, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private final class Objects implements ObjectStore {
    private final ObjectStore real;

    Objects(ObjectStore real) {
      this.real = real;
    }

    private Object change(String what, Action action) {
      try {
        return effect(
            what,
            action,
            () -> {
              throw new UnavailableException("the object store did not answer: " + what);
            });
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public boolean putIfAbsent(String key, byte[] bytes) {
      return (Boolean) change("put " + key, () -> real.putIfAbsent(key, bytes));
    }

    @Override
    public boolean putIfAbsent(String key, Path file) {
      return (Boolean) change("put " + key, () -> real.putIfAbsent(key, file));
    }

    @Override
    public void delete(String key) {
      change(
          "delete " + key,
          () -> {
            real.delete(key);
            return true;
          });
    }

    @Override
    public byte[] get(String key) {
      return real.get(key);
    }

    @Override
    public InputStream open(String key) {
      return real.open(key);
    }

    @Override
    public byte[] getRange(String key, long offset, int length) {
      return real.getRange(key, offset, length);
    }

    @Override
    public OptionalLong size(String key) {
      return real.size(key);
    }

    @Override
    public void list(String prefix, Consumer<String> consumer) {
      real.list(prefix, consumer);
    }

    @Override
    public void close() {}
  }
}
