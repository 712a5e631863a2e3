package micromegas.tracing.agent.advice;

import micromegas.tracing.KeepPolicy;
import micromegas.tracing.Name;
import micromegas.tracing.agent.context.TaskContexts;
import micromegas.tracing.agent.context.WeakIdentityMap;
import micromegas.tracing.agent.select.AdviceKind;
import org.jspecify.annotations.Nullable;

/// The advice of each kind, made when it is needed first: those of modules that a JVM does not have
/// never are. Thread-safe.
public final class Advices {
  private final TaskContexts contexts;
  private final int maxNames;
  private final @Nullable KeepPolicy policy;
  private final SqlNames sql;
  private final WeakIdentityMap<Name> prepared = new WeakIdentityMap<>();
  private final @Nullable Advice[] made = new Advice[AdviceKind.values().length];
  private @Nullable NettyConnections netty;

  /// @param maxNames names of spans from data, for each kind of advice
  /// @param maxSqlLength characters of names of statements
  /// @param policy of the details of requests, null when they are not units of work
  public Advices(
      TaskContexts contexts, int maxNames, int maxSqlLength, @Nullable KeepPolicy policy) {
    this.contexts = contexts;
    this.maxNames = maxNames;
    this.policy = policy;
    this.sql = new SqlNames(maxSqlLength, maxNames);
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

  private synchronized Advice make(int kind) {
    Advice known = made[kind];
    if (known == null) {
      known = make(AdviceKind.values()[kind]);
      made[kind] = known;
    }
    return known;
  }

  private Advice make(AdviceKind kind) {
    return switch (kind) {
      case JDBC_EXECUTE -> new JdbcAdvice(sql, prepared);
      case JDBC_PREPARE -> new JdbcPrepareAdvice(sql, prepared);
      case HTTP_SEND -> new HttpSendAdvice(maxNames);
      case HTTP_SEND_ASYNC -> new HttpSendAsyncAdvice(maxNames);
      case HTTP_EXCHANGE -> new HttpExchangeAdvice(requests("com.sun.net.httpserver.HttpServer"));
      case SERVLET ->
          new ServletAdvice(requests("jakarta.servlet.Servlet"), requests("javax.servlet.Servlet"));
      case NETTY_READ -> new NettyReadAdvice(netty());
      case NETTY_WRITE -> new NettyWriteAdvice(netty());
      case NETTY_CLOSED -> new NettyClosedAdvice(netty());
      case ADD_WORKER -> new AddWorkerAdvice(contexts);
      case POOL_EXECUTE -> new PoolExecuteAdvice(contexts);
      case FORK_JOIN_RUN -> new ForkJoinAdvice(contexts);
    };
  }

  private RequestSpans requests(String target) {
    return new RequestSpans(target, maxNames, policy);
  }

  private NettyConnections netty() {
    NettyConnections known = netty;
    if (known == null) {
      String http = "io.netty.handler.codec.http.";
      known =
          new NettyConnections(
              requests(http + "HttpServerCodec"), requests(http + "HttpClientCodec"));
      netty = known;
    }
    return known;
  }
}
