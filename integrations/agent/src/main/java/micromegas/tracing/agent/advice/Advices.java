package micromegas.tracing.agent.advice;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import micromegas.tracing.KeepPolicy;
import micromegas.tracing.Name;
import micromegas.tracing.agent.context.TaskContexts;
import micromegas.tracing.agent.context.WeakIdentityMap;
import micromegas.tracing.agent.select.AdviceKind;
import org.jspecify.annotations.Nullable;

/// The advice of each kind, made when it is needed first: those of modules that a JVM does not have
/// never are. Thread-safe.
public final class Advices {
  private final Map<AdviceKind, Supplier<Advice>> makers = new EnumMap<>(AdviceKind.class);
  private final @Nullable Advice[] made = new Advice[AdviceKind.values().length];

  /// @param maxNames names of spans from data, for each kind of advice
  /// @param maxSqlLength characters of names of statements
  /// @param policy of the details of requests, null when they are not units of work
  public Advices(
      TaskContexts contexts, int maxNames, int maxSqlLength, @Nullable KeepPolicy policy) {
    SqlNames sql = new SqlNames(maxSqlLength, maxNames);
    WeakIdentityMap<Name> prepared = new WeakIdentityMap<>();
    Function<String, RequestSpans> requests = target -> new RequestSpans(target, maxNames, policy);
    makers.put(AdviceKind.JDBC_EXECUTE, () -> new JdbcAdvice(sql, prepared));
    makers.put(AdviceKind.JDBC_PREPARE, () -> new JdbcPrepareAdvice(sql, prepared));
    makers.put(AdviceKind.HTTP_SEND, () -> new HttpSendAdvice(maxNames));
    makers.put(AdviceKind.HTTP_SEND_ASYNC, () -> new HttpSendAsyncAdvice(maxNames));
    makers.put(
        AdviceKind.HTTP_EXCHANGE,
        () -> new HttpExchangeAdvice(requests.apply("com.sun.net.httpserver.HttpServer")));
    Supplier<NettyConnections> netty = new Once<>(() -> new NettyConnections(requests));
    makers.put(AdviceKind.NETTY_READ, () -> new NettyReadAdvice(netty.get()));
    makers.put(AdviceKind.NETTY_WRITE, () -> new NettyWriteAdvice(netty.get()));
    makers.put(AdviceKind.NETTY_CLOSED, () -> new NettyClosedAdvice(netty.get()));
    makers.put(AdviceKind.SERVLET, () -> new ServletAdvice(requests));
    makers.put(AdviceKind.ADD_WORKER, () -> new AddWorkerAdvice(contexts));
    makers.put(AdviceKind.POOL_EXECUTE, () -> new PoolExecuteAdvice(contexts));
    makers.put(AdviceKind.FORK_JOIN_RUN, () -> new ForkJoinAdvice(contexts));
  }

  /// The advice of a kind, by its number.
  public Advice get(int kind) {
    Advice known = made[kind];
    return known != null ? known : make(kind);
  }

  /// Recording has been switched off.
  public synchronized void switchedOff() {
    for (Advice advice : made) {
      if (advice != null) {
        advice.switchedOff();
      }
    }
  }

  /// Makes something when it is asked for first; asked inside [#make] only, so one thread at a
  /// time.
  private static final class Once<T> implements Supplier<T> {
    private final Supplier<T> maker;
    private @Nullable T value;

    Once(Supplier<T> maker) {
      this.maker = maker;
    }

    @Override
    public T get() {
      T known = value;
      if (known == null) {
        known = maker.get();
        value = known;
      }
      return known;
    }
  }

  private synchronized Advice make(int kind) {
    Advice known = made[kind];
    if (known == null) {
      AdviceKind wanted = AdviceKind.values()[kind];
      Supplier<Advice> maker = makers.get(wanted);
      if (maker == null) {
        throw new IllegalStateException("no advice for " + wanted);
      }
      known = maker.get();
      made[kind] = known;
    }
    return known;
  }
}
