package micromegas.tracing.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.RequestAuthenticator;
import micromegas.tracing.spi.StreamKind;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.ClientTypes;
import micromegas.transit.LogBlockWriter;
import micromegas.transit.LogDescriptor;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The transport against a server that does what the test says.
class HttpSinkTest {
  private static final UUID ID = new UUID(1, 2);
  private static final Duration LONG = Duration.ofSeconds(20);

  private record Request(String path, byte[] body, String authorization) {}

  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<String> reports = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private HttpServer server;
  private HttpSink sink;

  /// Status for a request, given its number from 0 on; negative closes the connection.
  private volatile Function<Integer, Integer> script = number -> 200;

  private volatile CountDownLatch gate = new CountDownLatch(0);

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(executor);
    server.createContext("/", this::handle);
    server.start();
  }

  @AfterEach
  void stop() {
    gate.countDown();
    if (sink != null) {
      sink.close(Duration.ZERO);
    }
    server.stop(0);
    executor.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    int number;
    synchronized (requests) {
      number = requests.size();
      requests.add(
          new Request(
              exchange.getRequestURI().getPath(),
              body,
              exchange.getRequestHeaders().getFirst("Authorization")));
    }
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    int status = script.apply(number);
    if (status >= 0) {
      exchange.sendResponseHeaders(status, -1);
    }
    exchange.close();
  }

  private HttpSink sink(long softBytes, long hardBytes, RequestAuthenticator authenticator) {
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    sink =
        new HttpSink(
            new HttpSettings(
                address,
                softBytes,
                hardBytes,
                1,
                Duration.ofSeconds(10),
                authenticator,
                Optional.empty()),
            (level, text) -> reports.add(level + " " + text));
    return sink;
  }

  private HttpSink sink() {
    return sink(1 << 20, 1 << 20, RequestAuthenticator.NONE);
  }

  /// A sink whose server knows the stream of the blocks.
  private void known() {
    sink();
    learn();
  }

  private void learn() {
    sink.block(block(StreamKind.LOGS, 1));
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(requests)
        .extracting(Request::path)
        .containsExactly("/ingestion/insert_stream", "/ingestion/insert_block");
    requests.clear();
  }

  private static FinishedBlock block(StreamKind kind, int events) {
    LogBlockWriter writer = new LogBlockWriter();
    LogDescriptor log = new LogDescriptor("text", "t", "t", "f", 1, 4);
    for (int i = 0; i < events; i++) {
      writer.log(log, i, ("event " + i).getBytes(StandardCharsets.UTF_8));
    }
    BlockPayload payload = writer.finish();
    StreamInfo stream =
        new StreamInfo(
            ID,
            ID,
            ClientTypes.logDependencies(),
            ClientTypes.logObjects(),
            List.of("log"),
            Map.of(),
            StreamInfo.TRANSIT_FORMAT);
    BlockInfo info =
        new BlockInfo(
            UUID.randomUUID(), ID, ID, Instant.EPOCH, 0, Instant.EPOCH, events, 10, events);
    return new FinishedBlock(kind, stream, info, payload, 0);
  }

  private static ProcessInfo process() {
    return new ProcessInfo(
        ID, "", "", "", "", "", "", 1, Instant.EPOCH, 0, Optional.empty(), Map.of());
  }

  private void awaitRequests(int count) {
    while (requests.size() < count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void sendsInTheOrderOfPriorities() {
    known();
    gate = new CountDownLatch(1);
    sink.block(block(StreamKind.SPANS, 1)); // is being sent while the others wait
    awaitRequests(1);
    sink.block(block(StreamKind.SPANS, 2));
    sink.block(block(StreamKind.METRICS, 3));
    sink.block(block(StreamKind.LOGS, 4));
    sink.start(process());
    gate.countDown();
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(requests)
        .extracting(Request::path)
        .containsExactly(
            "/ingestion/insert_block",
            "/ingestion/insert_process",
            "/ingestion/insert_block",
            "/ingestion/insert_block",
            "/ingestion/insert_block");
    // Larger blocks first: 4, 3, then 2 events.
    assertThat(requests.get(2).body().length).isGreaterThan(requests.get(3).body().length);
    assertThat(requests.get(3).body().length).isGreaterThan(requests.get(4).body().length);
  }

  @Test
  void sendsTheSameBytesAgain() {
    known();
    script = number -> List.of(500, 503, 429, 408, -1, 200).get(number);
    sink.block(block(StreamKind.LOGS, 5));
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(requests).hasSize(6);
    assertThat(requests)
        .allSatisfy(request -> assertThat(request.body()).isEqualTo(requests.get(0).body()));
    assertThat(sink.counters().values()).containsOnly(0L);
    assertThat(reports).hasSize(2);
    assertThat(reports.get(0)).startsWith("WARN telemetry server http://127.0.0.1:");
    assertThat(reports.get(1)).startsWith("INFO").contains("after 5 failures");
  }

  @Test
  void givesUpWhatTheServerRefuses() {
    known();
    script = number -> 400;
    sink.block(block(StreamKind.LOGS, 1));
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(requests).hasSize(1);
    assertThat(sink.counters()).containsEntry("telemetry_dropped_logs", 1L);
  }

  @Test
  void saysWhetherWhatItTakesWouldBeLost() {
    FinishedBlock block = block(StreamKind.LOGS, 50);
    sink(2L * block.memoryBytes(), 2L * block.memoryBytes(), RequestAuthenticator.NONE);
    learn();
    assertThat(sink.isFailing()).isFalse();
    script = number -> 400;
    sink.block(block);
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(sink.isFailing()).isTrue();
    script = number -> 200;
    sink.block(block);
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(sink.isFailing()).isFalse();
    gate = new CountDownLatch(1);
    sink.block(block);
    sink.block(block);
    assertThat(sink.isFailing()).isTrue();
    gate.countDown();
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(sink.isFailing()).isFalse();
  }

  @Test
  void aStreamThatTheServerRefusesTakesItsBlocksAlong() {
    script = number -> number == 0 ? 400 : 200;
    gate = new CountDownLatch(1);
    sink();
    sink.block(block(StreamKind.LOGS, 1));
    awaitRequests(1);
    sink.block(block(StreamKind.LOGS, 2));
    gate.countDown();
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(requests).extracting(Request::path).containsExactly("/ingestion/insert_stream");
    assertThat(sink.counters())
        .containsEntry("telemetry_dropped_metadata", 1L)
        .containsEntry("telemetry_dropped_logs", 2L);
    requests.clear();
    script = number -> 200;
    learn(); // the next block brings the record again
  }

  /// A right that is missing (403) is no fault of the request: asked for once more with new
  /// credentials, then the block is given up; see `RetryTest` for streams, which wait.
  @Test
  void whatIsForbiddenIsAskedForOnceWithNewCredentials() {
    List<Boolean> asked = Collections.synchronizedList(new ArrayList<>());
    sink(
        1 << 20,
        1 << 20,
        refused -> {
          asked.add(refused);
          return Optional.of("Bearer " + asked.size());
        });
    learn();
    asked.clear();
    script = number -> number == 0 ? 403 : 200;
    sink.block(block(StreamKind.LOGS, 1));
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(requests).extracting(Request::authorization).containsExactly("Bearer 1", "Bearer 2");
    assertThat(asked).containsExactly(false, true);
    assertThat(sink.counters().values()).containsOnly(0L);
    script = number -> 403;
    sink.block(block(StreamKind.LOGS, 1));
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(requests).hasSize(4);
    assertThat(asked).containsExactly(false, true, false, true);
    assertThat(sink.counters()).containsEntry("telemetry_dropped_logs", 1L);
  }

  @Test
  void aServerThatIsAwayLosesNothing() throws IOException {
    sink();
    int port = server.getAddress().getPort();
    server.stop(0);
    sink.start(process());
    sink.block(block(StreamKind.SPANS, 3));
    while (reports.isEmpty()) {
      Thread.onSpinWait();
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(executor);
    server.createContext("/", this::handle);
    server.start();
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(requests)
        .extracting(Request::path)
        .contains("/ingestion/insert_process", "/ingestion/insert_block");
    assertThat(sink.counters().values()).containsOnly(0L);
  }

  @Test
  void dropsNewTracesFirstThenEverythingButMetadata() {
    gate = new CountDownLatch(1);
    FinishedBlock span = block(StreamKind.SPANS, 50);
    int size = span.memoryBytes();
    sink(2L * size, 4L * size, RequestAuthenticator.NONE);
    for (int i = 0; i < 5; i++) {
      sink.block(block(StreamKind.SPANS, 50));
    }
    for (int i = 0; i < 5; i++) {
      sink.block(block(StreamKind.LOGS, 50));
    }
    sink.start(process());
    assertThat(sink.counters())
        .containsEntry("telemetry_dropped_traces", 3L)
        .containsEntry("telemetry_dropped_logs", 3L)
        .containsEntry("telemetry_dropped_metadata", 0L);
    gate.countDown();
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(requests).hasSize(6); // four blocks, their stream, and the process
  }

  @Test
  void splitsWhatIsTooLarge() {
    known();
    script = number -> requests.get(number).body().length > 800 ? 413 : 200;
    FinishedBlock block = block(StreamKind.LOGS, 101);
    sink.block(block);
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(sink.counters().values()).containsOnly(0L);
    List<FinishedBlock> halves = BlockSplitter.halves(block);
    assertThat(halves).extracting(half -> half.info().nbObjects()).containsExactly(51, 50);
    assertThat(halves).extracting(half -> half.info().objectOffset()).containsExactly(60L, 10L);
    assertThat(new micromegas.tracing.testing.BlockDecoder().logs(halves.get(0)).get(0).text())
        .isEqualTo("event 50");
  }

  @Test
  void refusedCredentialsAreRenewedOnce() {
    List<Boolean> asked = Collections.synchronizedList(new ArrayList<>());
    sink(
        1 << 20,
        1 << 20,
        refused -> {
          asked.add(refused);
          return Optional.of("Bearer " + asked.size());
        });
    learn();
    asked.clear();
    script = number -> number == 0 ? 401 : 200;
    sink.block(block(StreamKind.LOGS, 1));
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(requests).extracting(Request::authorization).containsExactly("Bearer 1", "Bearer 2");
    assertThat(asked).containsExactly(false, true);
  }

  @Test
  void aSilentServerDoesNotHoldTheEnd() {
    gate = new CountDownLatch(1);
    sink();
    sink.block(block(StreamKind.LOGS, 1));
    sink.block(block(StreamKind.LOGS, 1));
    sink.close(Duration.ofMillis(200));
    assertThat(sink.counters())
        .containsEntry("telemetry_dropped_logs", 2L)
        .containsEntry("telemetry_dropped_metadata", 1L);
  }

  @Test
  void requestsGoThroughTheProxyOfTheEnvironment() {
    Map<String, String> environment =
        Map.of(
            "HTTP_PROXY", "127.0.0.1:" + server.getAddress().getPort(), "NO_PROXY", "other.test");
    sink =
        new HttpSink(
            new HttpSettings(
                URI.create("http://telemetry.test:9000"),
                1 << 20,
                1 << 20,
                1,
                Duration.ofSeconds(10),
                RequestAuthenticator.NONE,
                EnvironmentProxy.of(environment, name -> null)),
            (level, text) -> reports.add(level + " " + text));
    sink.start(process());
    assertThat(sink.flush(LONG)).isTrue();
    assertThat(requests).extracting(Request::path).containsExactly("/ingestion/insert_process");
    assertThat(sink.counters().values()).containsOnly(0L);
  }

  @Test
  void tokensAreFetchedAndKept() throws IOException {
    server.createContext(
        "/token",
        exchange -> {
          String form =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          requests.add(new Request("/token", form.getBytes(StandardCharsets.UTF_8), null));
          byte[] answer =
              "{\"token_type\":\"Bearer\",\"access_token\":\"t\\/1\",\"expires_in\":3600}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 3);
    ClientCredentials credentials =
        new ClientCredentials(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/token"),
            "id &",
            "secret",
            Optional.of("api"),
            Duration.ofSeconds(180),
            Optional.empty(),
            nanos::get);
    assertThat(credentials.authorization(false)).contains("Bearer t/1");
    assertThat(credentials.authorization(false)).contains("Bearer t/1");
    assertThat(requests).hasSize(1);
    assertThat(new String(requests.get(0).body(), StandardCharsets.UTF_8))
        .isEqualTo(
            "grant_type=client_credentials&client_id=id+%26&client_secret=secret&audience=api");
    // Refused: fetched again, unless that was just done.
    nanos.addAndGet(9_000_000_000L);
    assertThat(credentials.authorization(true)).contains("Bearer t/1");
    assertThat(requests).hasSize(1);
    nanos.addAndGet(1_000_000_000L);
    assertThat(credentials.authorization(true)).contains("Bearer t/1");
    assertThat(requests).hasSize(2);
    // Expired.
    nanos.addAndGet(3_419_000_000_000L);
    assertThat(credentials.authorization(false)).contains("Bearer t/1");
    assertThat(requests).hasSize(2);
    nanos.addAndGet(2_000_000_000L);
    assertThat(credentials.authorization(false)).contains("Bearer t/1");
    assertThat(requests).hasSize(3);
  }
}
