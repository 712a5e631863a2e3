package micromegas.server.demo;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockWriter;
import micromegas.transit.ClientTypes;
import micromegas.transit.LogBlockWriter;
import micromegas.transit.MetricBlockWriter;
import micromegas.transit.StreamInfo;
import micromegas.transit.UserDefinedType;

/// One thread of the shop: answers requests one after the other and sends a block of logs and one
/// of metrics for each half minute. Confined to its thread.
final class Worker {
  /// Ticks are nanoseconds since the shop opened.
  static final long TICKS_PER_SECOND = 1_000_000_000L;

  private static final long MILLISECOND = 1_000_000L;
  private static final long FLUSH_TICKS = 30 * TICKS_PER_SECOND;
  private static final long INCIDENT_BEGIN = 360 * TICKS_PER_SECOND;
  private static final long INCIDENT_END = 420 * TICKS_PER_SECOND;

  private final Shop shop;
  private final TelemetryClient client;
  private final String name;
  private final SplittableRandom random;
  private final Statements statements;
  private final LogBlockWriter logs = new LogBlockWriter();
  private final MetricBlockWriter metrics = new MetricBlockWriter();
  private final Output logOutput;
  private final Output metricOutput;

  Worker(Shop shop, int index, TelemetryClient client) {
    this.shop = shop;
    this.client = client;
    this.name = "worker-" + index;
    this.random = new SplittableRandom(shop.seed() + index);
    this.statements = new Statements(name);
    this.logOutput = new Output(logs);
    this.metricOutput = new Output(metrics);
  }

  Shop.Sent run() {
    logOutput.open("log", ClientTypes.logDependencies(), ClientTypes.logObjects());
    metricOutput.open("metrics", ClientTypes.metricDependencies(), ClientTypes.metricObjects());
    long step = Shop.LENGTH.toNanos() / shop.requestsPerWorker();
    long flushed = 0;
    logs.logStatic(Statements.OPENED, 0);
    for (int request = 0; request < shop.requestsPerWorker(); request++) {
      long time = request * step + random.nextLong(step / 2);
      if (time - flushed >= FLUSH_TICKS) {
        flush(flushed, time);
        flushed = time;
      }
      answer(request, time);
    }
    flush(flushed, Shop.LENGTH.toNanos());
    return new Shop.Sent(
        logOutput.sent + metricOutput.sent, logOutput.blocks + metricOutput.blocks);
  }

  private void flush(long begin, long end) {
    logOutput.flush(begin, end);
    metricOutput.flush(begin, end);
  }

  private void answer(int request, long time) {
    int route = route();
    boolean incident =
        route == Statements.CHECKOUT && time >= INCIDENT_BEGIN && time < INCIDENT_END;
    logs.log(
        Statements.SPAN, time, utf8("parsed request in " + (20 + random.nextInt(180)) + " us"));
    logs.log(
        Statements.CACHE,
        time,
        utf8(
            "cache lookup item:"
                + random.nextInt(5_000)
                + ": "
                + (random.nextInt(10) < 8 ? "hit" : "miss")));
    double milliseconds = 4 + 6 * route + exponential(8);
    int status = 200;
    if (route == Statements.CHECKOUT) {
      int attempts = pay(incident, time);
      milliseconds += attempts * (incident ? 400 + exponential(300) : 40);
      if (attempts > 2) {
        status = 502;
      }
      metrics.integer(Statements.ITEMS, 1 + random.nextInt(12), time);
    }
    long end = time + (long) (milliseconds * MILLISECOND);
    logs.tagged(
        Statements.REQUEST,
        statements.route(route),
        end,
        utf8("GET " + Statements.ROUTES.get(route) + " -> " + status));
    metrics.taggedFloating(Statements.DURATION, statements.route(route), milliseconds, end);
    metrics.taggedInteger(
        Statements.BYTES, statements.route(route), 500 + random.nextInt(60_000), end);
    if (request % 5 == 0) {
      metrics.floating(
          Statements.QUEUE, incident ? 40 + random.nextInt(60) : random.nextInt(8), end);
    }
  }

  /// Tries to pay, up to three times.
  ///
  /// @return attempts; 3 when the payment failed in the end
  private int pay(boolean incident, long time) {
    int attempt = 1;
    while (attempt < 3 && random.nextInt(100) < (incident ? 80 : 3)) {
      logs.log(
          Statements.RETRY,
          time + attempt * MILLISECOND,
          utf8("payment attempt " + attempt + " failed"));
      attempt++;
    }
    if (attempt == 3) {
      int reason = incident ? 0 : 1 + random.nextInt(2);
      logs.tagged(
          Statements.DECLINED,
          statements.failure(reason),
          time + 4 * MILLISECOND,
          utf8("payment refused after 3 attempts"));
      if (incident && random.nextInt(10) == 0) {
        logs.logStatic(Statements.CIRCUIT, time + 5 * MILLISECOND);
      }
    }
    return attempt;
  }

  /// Many browse, few buy.
  private int route() {
    int draw = random.nextInt(100);
    return draw < 45 ? 0 : draw < 70 ? 1 : draw < 85 ? 2 : Statements.CHECKOUT;
  }

  private double exponential(double mean) {
    return -mean * Math.log(1 - random.nextDouble());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// One stream of this worker.
  private final class Output {
    private final UUID streamId = UUID.randomUUID();
    private final BlockWriter writer;
    private long sent;
    private int blocks;

    Output(BlockWriter writer) {
      this.writer = writer;
    }

    void open(String tag, List<UserDefinedType> dependencies, List<UserDefinedType> objects) {
      client.insert(
          new StreamInfo(
              shop.processId(),
              streamId,
              dependencies,
              objects,
              List.of(tag),
              Map.of("thread-name", name),
              StreamInfo.TRANSIT_FORMAT));
    }

    void flush(long begin, long end) {
      int events = writer.events();
      if (events == 0) {
        return;
      }
      client.insert(
          new BlockInfo(
              UUID.randomUUID(),
              streamId,
              shop.processId(),
              at(begin),
              begin,
              at(end),
              end,
              sent,
              events),
          writer.finish());
      sent += events;
      blocks++;
    }

    private Instant at(long ticks) {
      return shop.opened().plusNanos(ticks);
    }
  }
}
