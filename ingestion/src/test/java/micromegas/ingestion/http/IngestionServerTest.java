package micromegas.ingestion.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import micromegas.common.UnavailableException;
import micromegas.ingestion.IngestionService;
import micromegas.ingestion.MemoryMetadata;
import micromegas.ingestion.MemoryObjects;
import micromegas.ingestion.Vectors;
import micromegas.ingestion.http.RawClient.Answer;
import micromegas.ingestion.otlp.OtlpIngestion;
import micromegas.ingestion.otlp.OtlpSettings;
import micromegas.lake.StoredBlock;
import micromegas.lake.envelope.EnvelopeReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every row of the status table of the wire protocol, over a real socket.
class IngestionServerTest {
  private static final int LIMIT = 64 * 1024;
  private static final String PROCESS = "/ingestion/insert_process";
  private static final String STREAM = "/ingestion/insert_stream";
  private static final String BLOCK = "/ingestion/insert_block";

  private final MemoryMetadata metadata = new MemoryMetadata();
  private final MemoryObjects objects = new MemoryObjects();
  private final AtomicReference<Runnable> probe = new AtomicReference<>(() -> {});
  private IngestionServer server = start(settings(), metadata);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void acceptsTheThreeRequestsOnOneConnection() {
    try (RawClient client = connect()) {
      assertEmpty(client.post(PROCESS, Vectors.process()), 200);
      assertEmpty(client.post(STREAM, Vectors.logStream()), 200);
      assertEmpty(client.post(BLOCK, Vectors.block()), 200);
      assertEmpty(client.post(BLOCK, Vectors.block()), 200);
      assertEmpty(client.chunked(BLOCK, halves(Vectors.anotherBlock())), 200);
    }
    assertThat(metadata.processes).hasSize(1);
    assertThat(metadata.streams).hasSize(1);
    assertThat(metadata.blocks).hasSize(2);
    assertThat(objects.objects).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {PROCESS, STREAM, BLOCK})
  void refusesWhatIsNoEnvelope(String path) {
    try (RawClient client = connect()) {
      assertText(client.post(path, new byte[0]), 400, "Bad request");
      assertText(
          client.post(path, "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
          400,
          "Bad request");
      assertText(client.chunked(path), 400, "Bad request");
      // An array of 2^60 elements, then nothing.
      byte[] hostile = {(byte) 0x9b, 0x10, 0, 0, 0, 0, 0, 0, 0};
      assertText(client.post(path, hostile), 400, "Bad request");
      assertText(client.request("POST", path), 400, "Bad request");
    }
    assertThat(objects.objects).isEmpty();
  }

  @Test
  void ignoresContentTypeAndContentEncoding() {
    byte[] body = Vectors.process();
    try (RawClient client = connect()) {
      Answer answer =
          client
              .send(
                  "POST "
                      + PROCESS
                      + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/html\r\n"
                      + "Content-Encoding: gzip\r\nContent-Length: "
                      + body.length
                      + "\r\n\r\n")
              .send(body)
              .answer();
      assertEmpty(answer, 200);
    }
  }

  @Test
  void bytesAfterTheEnvelopeAreIgnored() {
    byte[] body = Vectors.process();
    byte[] longer = java.util.Arrays.copyOf(body, body.length + 100);
    try (RawClient client = connect()) {
      assertEmpty(client.post(PROCESS, longer), 200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/nowhere",
        "/ingestion",
        "/ingestion/insert_block/",
        "/INGESTION/insert_block",
        "/ingestion//insert_block"
      })
  void unknownPathsAreNotFound(String path) {
    try (RawClient client = connect()) {
      assertEmpty(client.post(path, Vectors.block()), 404);
      assertEmpty(client.request("GET", path), 404);
    }
    assertThat(metadata.blocks).isEmpty();
  }

  @Test
  void aRootWithTrailingSlashStillDelivers() {
    try (RawClient client = connect()) {
      assertEmpty(client.post("/" + BLOCK, Vectors.block()), 200);
    }
    assertThat(metadata.blocks).hasSize(1);
  }

  @Test
  void wrongMethodsNameTheRightOnes() {
    try (RawClient client = connect()) {
      for (String method : List.of("GET", "HEAD", "DELETE", "PUT")) {
        Answer answer = client.request(method, BLOCK);
        assertEmpty(answer, 405);
        assertThat(answer.headers()).containsEntry("allow", "POST");
      }
      Answer answer = client.post("/health", new byte[3]);
      assertEmpty(answer, 405);
      assertThat(answer.headers()).containsEntry("allow", "GET,HEAD");
      assertThat(client.request("DELETE", "/ready").headers()).containsEntry("allow", "GET,HEAD");
    }
  }

  @Test
  void aDeclaredLengthOverTheLimitIsRefusedUnread() {
    try (RawClient client = connect()) {
      client.send(
          "POST " + BLOCK + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + (LIMIT + 1) + "\r\n\r\n");
      assertText(client.answer(), 413, "length limit exceeded");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aBodyOfExactlyTheLimitIsRead() {
    try (RawClient client = connect()) {
      assertText(client.post(BLOCK, new byte[LIMIT]), 400, "Bad request");
    }
  }

  @Test
  void aChunkedBodyThatTurnsOutTooLongIsRefused() {
    try (RawClient client = connect()) {
      client.send("POST " + BLOCK + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send(Integer.toHexString(LIMIT) + "\r\n").send(new byte[LIMIT]).send("\r\n1\r\n");
      assertText(client.answer(), 413, "Failed to buffer the request body: length limit exceeded");
    }
  }

  @Test
  void aFailureOfAStoreTellsTheCategoryOnly() {
    metadata.down.set(true);
    try (RawClient client = connect()) {
      assertText(client.post(PROCESS, Vectors.process()), 503, "Service unavailable");
      assertText(client.post(STREAM, Vectors.logStream()), 503, "Service unavailable");
      assertText(client.post(BLOCK, Vectors.block()), 503, "Service unavailable");
      metadata.down.set(false);
      objects.down.set(true);
      assertText(client.post(BLOCK, Vectors.anotherBlock()), 503, "Service unavailable");
      assertThat(metadata.blocks).isEmpty();
      objects.down.set(false);
      assertEmpty(client.post(BLOCK, Vectors.block()), 200);
    }
  }

  @Test
  void whatIsNoHttpIsTurnedAway() {
    try (RawClient client = connect()) {
      assertThat(client.send("this is no request\r\n\r\n").isClosedByServer()).isTrue();
    }
    try (RawClient client = connect()) {
      client.send("POST " + BLOCK + " HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n");
      assertText(client.answer(), 400, "Bad request");
    }
  }

  @Test
  void healthIsUnconditional() {
    probe.set(failing());
    try (RawClient client = connect()) {
      assertEmpty(client.request("GET", "/health"), 200);
      assertEmpty(client.request("HEAD", "/health"), 200);
    }
  }

  @Test
  void readyFollowsTheStores() {
    probe.set(failing());
    try (RawClient client = connect()) {
      assertEmpty(client.request("GET", "/ready"), 503);
      assertEmpty(client.request("HEAD", "/ready"), 503);
      probe.set(() -> {});
      assertEmpty(client.request("GET", "/ready"), 200);
      // A success is remembered.
      probe.set(failing());
      assertEmpty(client.request("HEAD", "/ready"), 200);
    }
  }

  @Test
  void aClientThatLeavesInTheMiddleOfABodyStoresNothing() {
    byte[] body = Vectors.block();
    try (RawClient client = connect()) {
      client
          .send(
              "POST "
                  + BLOCK
                  + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
                  + body.length
                  + "\r\n\r\n")
          .send(java.util.Arrays.copyOf(body, body.length / 2));
    }
    try (RawClient client = connect()) {
      assertEmpty(client.request("GET", "/health"), 200);
    }
    assertThat(objects.objects).isEmpty();
  }

  @Test
  void aClientThatFallsSilentWithinABodyIsCutOff() {
    server.close();
    server = start(settings(1 << 20, Duration.ofMillis(200)), metadata);
    try (RawClient client = connect()) {
      client.send("POST " + BLOCK + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n123");
      assertThat(client.isClosedByServer()).isTrue();
    }
    try (RawClient client = connect()) {
      assertEmpty(client.post(BLOCK, Vectors.block()), 200);
    }
  }

  @Test
  void bodiesBeyondTheMemoryBoundWaitAndThenAreRefused() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    MemoryMetadata slow =
        new MemoryMetadata() {
          @Override
          public boolean insertBlock(StoredBlock block) {
            entered.countDown();
            await(leave);
            return super.insertBlock(block);
          }
        };
    server.close();
    server = start(settings(16 * 1024, Duration.ofMillis(50), Duration.ofSeconds(10)), slow);
    try (RawClient first = connect();
        RawClient second = connect()) {
      CompletableFuture<Answer> answer =
          CompletableFuture.supplyAsync(
              () -> first.post(BLOCK, Vectors.block()), Thread::startVirtualThread);
      await(entered);
      second.send("POST " + BLOCK + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n");
      assertText(second.answer(), 503, "Service unavailable");
      leave.countDown();
      assertEmpty(answer.get(10, TimeUnit.SECONDS), 200);
    }
    try (RawClient third = connect()) {
      assertEmpty(third.post(BLOCK, Vectors.anotherBlock()), 200);
    }
  }

  @Test
  void requestsUnderWayFinishWhenTheServerStops() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    MemoryMetadata slow =
        new MemoryMetadata() {
          @Override
          public boolean insertBlock(StoredBlock block) {
            entered.countDown();
            await(leave);
            return super.insertBlock(block);
          }
        };
    server.close();
    server = start(settings(), slow);
    try (RawClient client = connect();
        RawClient idle = connect()) {
      CompletableFuture<Answer> answer =
          CompletableFuture.supplyAsync(
              () -> client.post(BLOCK, Vectors.block()), Thread::startVirtualThread);
      await(entered);
      assertEmpty(idle.request("GET", "/health"), 200);
      CompletableFuture<Void> stopped =
          CompletableFuture.runAsync(server::close, Thread::startVirtualThread);
      assertThat(idle.isClosedByServer()).isTrue();
      leave.countDown();
      assertEmpty(answer.get(10, TimeUnit.SECONDS), 200);
      stopped.get(10, TimeUnit.SECONDS);
    }
    assertThat(slow.blocks).hasSize(1);
    assertThatThrownBy(this::connect).hasRootCauseInstanceOf(java.net.ConnectException.class);
  }

  @Test
  void aRequestThatDoesNotFinishIsInterruptedAfterTheDrainTimeout() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    AtomicInteger interrupted = new AtomicInteger();
    MemoryMetadata stuck =
        new MemoryMetadata() {
          @Override
          public boolean insertBlock(StoredBlock block) {
            entered.countDown();
            try {
              new CountDownLatch(1).await();
              return false;
            } catch (InterruptedException e) {
              interrupted.incrementAndGet();
              throw new UnavailableException("interrupted", e);
            }
          }
        };
    server.close();
    server = start(settings(1 << 20, Duration.ofSeconds(5), Duration.ofMillis(200)), stuck);
    try (RawClient client = connect()) {
      byte[] body = Vectors.block();
      client
          .send(
              "POST "
                  + BLOCK
                  + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
                  + body.length
                  + "\r\n\r\n")
          .send(body);
      await(entered);
      server.close();
      assertThat(client.isClosedByServer() || interrupted.get() == 1).isTrue();
    }
    assertThat(interrupted).hasValue(1);
  }

  @Test
  void anAddressThatIsTakenIsNamed() {
    IngestionSettings taken = settings().withAddress("127.0.0.1", server.address().getPort());
    assertThatThrownBy(() -> start(taken, metadata))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("127.0.0.1:" + server.address().getPort());
  }

  private IngestionServer start(IngestionSettings settings, MemoryMetadata rows) {
    IngestionService service =
        new IngestionService(rows, objects, new EnvelopeReader(), Clock.systemUTC());
    Readiness readiness =
        new Readiness(
            List.of(new Readiness.Probe("probe", () -> probe.get().run())),
            Duration.ofSeconds(2),
            Duration.ofMinutes(1));
    OtlpIngestion otlp = new OtlpIngestion(service, OtlpSettings.DEFAULTS, Clock.systemUTC());
    return IngestionServer.start(settings, service, otlp, readiness, settings.admission());
  }

  private static IngestionSettings settings() {
    return settings(1 << 20, Duration.ofSeconds(5), Duration.ofSeconds(10));
  }

  private static IngestionSettings settings(long inFlight, Duration bodyTimeout) {
    return settings(inFlight, Duration.ofSeconds(5), bodyTimeout, Duration.ofSeconds(10));
  }

  private static IngestionSettings settings(
      long inFlight, Duration admissionTimeout, Duration drainTimeout) {
    return settings(inFlight, admissionTimeout, Duration.ofSeconds(10), drainTimeout);
  }

  private static IngestionSettings settings(
      long inFlight, Duration admissionTimeout, Duration bodyTimeout, Duration drainTimeout) {
    return new IngestionSettings(
        "127.0.0.1",
        0,
        LIMIT,
        inFlight,
        admissionTimeout,
        bodyTimeout,
        Duration.ofSeconds(60),
        64,
        drainTimeout);
  }

  private RawClient connect() {
    return new RawClient(server.address());
  }

  private static Runnable failing() {
    return () -> {
      throw new UnavailableException("down");
    };
  }

  private static byte[][] halves(byte[] body) {
    int middle = body.length / 2;
    return new byte[][] {
      java.util.Arrays.copyOf(body, middle), java.util.Arrays.copyOfRange(body, middle, body.length)
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertEmpty(Answer answer, int status) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers())
        .containsEntry("content-length", "0")
        .doesNotContainKey("content-type");
  }

  private static void assertText(Answer answer, int status, String body) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(body);
    assertThat(answer.headers()).containsEntry("content-type", "text/plain; charset=utf-8");
  }
}
