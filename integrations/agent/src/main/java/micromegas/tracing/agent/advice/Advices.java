package micromegas.tracing.agent.advice;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
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
  public Advices(TaskContexts contexts, int maxNames, int maxSqlLength) {
    SqlNames sql = new SqlNames(maxSqlLength, maxNames);
    WeakIdentityMap<Name> prepared = new WeakIdentityMap<>();
    makers.put(AdviceKind.JDBC_EXECUTE, () -> new JdbcAdvice(sql, prepared));
    makers.put(AdviceKind.JDBC_PREPARE, () -> new JdbcPrepareAdvice(sql, prepared));
    makers.put(AdviceKind.HTTP_SEND, () -> new HttpSendAdvice(maxNames));
    makers.put(AdviceKind.HTTP_SEND_ASYNC, () -> new HttpSendAsyncAdvice(maxNames));
    makers.put(AdviceKind.HTTP_EXCHANGE, () -> new HttpExchangeAdvice(maxNames));
    makers.put(AdviceKind.SERVLET, () -> new ServletAdvice(maxNames));
    makers.put(AdviceKind.ADD_WORKER, () -> new AddWorkerAdvice(contexts));
    makers.put(AdviceKind.FORK_JOIN_RUN, () -> new ForkJoinAdvice(contexts));
  }

  /// The advice of a kind, by its number.
  public Advice get(int kind) {
    Advice known = made[kind];
    return known != null ? known : make(kind);
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
