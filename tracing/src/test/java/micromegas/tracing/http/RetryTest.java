package micromegas.tracing.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.RequestAuthenticator;
import micromegas.tracing.spi.StreamKind;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.ClientTypes;
import micromegas.transit.StreamInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is sent when, by a clock of the test: hours of bad weather in no time.
class RetryTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int BLOCK = 1_000;
  private static final UUID ID = new UUID(1, 2);
  private static final StreamInfo STREAM =
      new StreamInfo(
          ID,
          ID,
          ClientTypes.logDependencies(),
          ClientTypes.logObjects(),
          List.of("log"),
          Map.of(),
          StreamInfo.TRANSIT_FORMAT);

  /// What the server does at some time.
  private interface Weather {
    Transport.Answer answer(long nanos) throws IOException;
  }

  private record Attempt(long nanos, String path, int bytes) {}

  private final List<Attempt> attempts = new ArrayList<>();
  private final List<String> reports = new ArrayList<>();
  private long now = Long.MAX_VALUE - 7 * SECOND; // time has no meaning but differences
  private final long start = now;
  private UploadQueue queue = new UploadQueue(1 << 20, 1 << 20, () -> now);
  private Weather weather = nanos -> answer(200);
  private final Sender[] sender = new Sender[1];

  private static Transport.Answer answer(int status) {
    return new Transport.Answer(status, Optional.empty());
  }

  private static Transport.Answer answer(int status, String retryAfter) {
    return new Transport.Answer(status, Optional.of(retryAfter));
  }

  private void limit(long softBytes, long hardBytes) {
    queue = new UploadQueue(softBytes, hardBytes, () -> now);
  }

  private Sender sender() {
    Sender there = sender[0];
    if (there == null) {
      there =
          new Sender(
              URI.create("http://telemetry.test"),
              (path, body, authorization) -> {
                attempts.add(new Attempt(now - start, path, body.length));
                return weather.answer(now - start);
              },
              RequestAuthenticator.NONE,
              queue,
              (level, text) -> reports.add(level + " " + text),
              () -> now);
      sender[0] = there;
    }
    return there;
  }

  private static Upload block(StreamKind kind) {
    byte[] payload = new byte[BLOCK / 2];
    BlockInfo info =
        new BlockInfo(UUID.randomUUID(), ID, ID, Instant.EPOCH, 0, Instant.EPOCH, 1, 0, 1);
    return Upload.block(
        new FinishedBlock(kind, STREAM, info, new BlockPayload(payload, payload), BLOCK));
  }

  private static Upload metadata() {
    return Upload.metadata("/ingestion/insert_stream", new byte[100]);
  }

  /// Sends what may be sent, and lets time pass until some time after the start.
  private void runUntil(long nanos) throws InterruptedException {
    while (true) {
      Upload next = queue.poll();
      if (next != null) {
        sender().send(next);
        continue;
      }
      long left = nanos - (now - start);
      if (left <= 0) {
        return;
      }
      now += Math.min(left, queue.idleNanos());
    }
  }

  private long dropped(Priority priority) {
    return queue.dropped(priority);
  }

  @ParameterizedTest
  @CsvSource({"LOGS, 120", "METRICS, 30", "SPANS, 6", "IMAGES, 6"})
  void aRequestIsTriedForTheWindowOfItsClass(StreamKind kind, int seconds)
      throws InterruptedException {
    weather = nanos -> answer(503);
    Upload upload = block(kind);
    queue.offer(upload);
    runUntil(1_000 * SECOND);
    assertThat(dropped(upload.priority())).isEqualTo(1);
    assertThat(queue.bytes()).isZero();
    long last = attempts.get(attempts.size() - 1).nanos();
    // The pause that would have led beyond the window is at most 30 s, and at most about as long
    // as all before it.
    assertThat(last).isBetween(seconds * SECOND / 4, seconds * SECOND);
    for (int i = 1; i < attempts.size(); i++) {
      long most = Math.min(30 * SECOND, SECOND / 10 << i - 1);
      assertThat(attempts.get(i).nanos() - attempts.get(i - 1).nanos()).isBetween(most / 2, most);
    }
  }

  @ParameterizedTest
  @CsvSource({"500", "503", "429", "408", "425", "401"})
  void metadataIsNeverGivenUp(int status) throws InterruptedException {
    weather = nanos -> answer(nanos < 3_600 * SECOND ? status : 200);
    queue.offer(metadata());
    runUntil(3_700 * SECOND);
    assertThat(dropped(Priority.METADATA)).isZero();
    assertThat(queue.bytes()).isZero();
    assertThat(attempts.size()).isBetween(100, 300);
    assertThat(reports).hasSize(2);
  }

  @Test
  void aServerSaysWhenToComeBack() throws InterruptedException {
    weather = nanos -> nanos < SECOND ? answer(429, "20") : answer(200);
    queue.offer(block(StreamKind.LOGS));
    runUntil(SECOND / 10);
    queue.offer(block(StreamKind.SPANS)); // comes meanwhile, and waits as well
    runUntil(19 * SECOND);
    assertThat(attempts).hasSize(1);
    runUntil(21 * SECOND);
    assertThat(attempts).extracting(Attempt::nanos).containsExactly(0L, 20 * SECOND, 20 * SECOND);
    assertThat(dropped(Priority.LOGS) + dropped(Priority.TRACES)).isZero();
  }

  @Test
  void whatWouldComeBackTooLateIsGivenUpAtOnce() throws InterruptedException {
    weather = nanos -> nanos < SECOND ? answer(503, " 20 ") : answer(200);
    queue.offer(block(StreamKind.SPANS));
    runUntil(SECOND);
    assertThat(attempts).hasSize(1);
    assertThat(dropped(Priority.TRACES)).isEqualTo(1);
    queue.offer(block(StreamKind.SPANS));
    runUntil(21 * SECOND); // nobody asks earlier, whatever was given up
    assertThat(attempts).extracting(Attempt::nanos).containsExactly(0L, 20 * SECOND);
  }

  @ParameterizedTest
  @CsvSource({"'Wed, 21 Oct 2015 07:28:00 GMT'", "''", "-5", "1e9", "99999999999999999999"})
  void anythingElseIsAnOrdinaryPause(String retryAfter) throws InterruptedException {
    weather = nanos -> nanos == 0 ? answer(503, retryAfter) : answer(200);
    queue.offer(block(StreamKind.LOGS));
    runUntil(SECOND);
    assertThat(attempts).hasSize(2);
    assertThat(attempts.get(1).nanos()).isBetween(SECOND / 20, SECOND / 10);
  }

  @Test
  void aServerCannotSendUsAwayForDays() throws InterruptedException {
    weather = nanos -> nanos == 0 ? answer(503, "999999999") : answer(200);
    queue.offer(metadata());
    runUntil(301 * SECOND);
    assertThat(attempts).extracting(Attempt::nanos).containsExactly(0L, 300 * SECOND);
  }

  @Test
  void aServerThatIsAwayForAnHour() throws InterruptedException {
    long away = 3_600 * SECOND;
    weather =
        nanos -> {
          if (nanos < away) {
            throw new ConnectException("refused");
          }
          return answer(200);
        };
    limit(100 * BLOCK, 200 * BLOCK);
    queue.offer(metadata());
    long[] offered = new long[Priority.values().length];
    for (long at = 0; at < away; at += 10 * SECOND) {
      runUntil(at);
      for (StreamKind kind : StreamKind.values()) {
        Upload upload = block(kind);
        offered[upload.priority().ordinal()]++;
        queue.offer(upload);
        assertThat(queue.bytes()).isLessThan(201 * BLOCK);
      }
    }
    assertThat(attempts.size()).isBetween(100, 300); // one in 15 to 30 s
    assertThat(reports).singleElement().asString().startsWith("WARN").contains("refused");
    assertThat(queue.bytes()).isGreaterThanOrEqualTo(200 * BLOCK);
    attempts.clear();
    runUntil(away + 31 * SECOND);
    assertThat(queue.bytes()).isZero();
    assertThat(reports).hasSize(2);
    assertThat(reports.get(1)).startsWith("INFO").contains("takes data again");
    assertThat(dropped(Priority.METADATA)).isZero();
    assertThat(dropped(Priority.TRACES)).isGreaterThan(dropped(Priority.LOGS));
    long stored =
        attempts.stream().filter(a -> a.nanos() >= away && a.path().endsWith("block")).count();
    long lost = dropped(Priority.LOGS) + dropped(Priority.METRICS) + dropped(Priority.TRACES);
    assertThat(stored + lost).isEqualTo(offered[1] + offered[2] + offered[3]);
    assertThat(stored).isBetween(200L, 201L);
  }

  /// Three blocks come while two are sent: what is lost is spans, and metrics once logs alone are
  /// too many.
  @Test
  void aServerThatIsSlowGetsWhatMattersMost() throws InterruptedException {
    limit(10 * BLOCK, 20 * BLOCK);
    for (int i = 0; i < 100; i++) {
      queue.offer(block(StreamKind.SPANS));
      queue.offer(block(StreamKind.METRICS));
      queue.offer(block(StreamKind.LOGS));
      assertThat(queue.bytes()).isLessThanOrEqualTo(20 * BLOCK);
      for (int sent = 0; sent < 2; sent++) {
        Upload next = queue.poll();
        assertThat(next).isNotNull();
        assertThat(next.priority()).isNotEqualTo(Priority.METADATA);
        now += SECOND;
        sender().send(next);
      }
    }
    assertThat(dropped(Priority.LOGS)).isZero();
    assertThat(dropped(Priority.METRICS)).isZero();
    assertThat(dropped(Priority.TRACES)).isBetween(80L, 100L);
    queue.offer(metadata());
    assertThat(queue.poll()).extracting(Upload::priority).isEqualTo(Priority.METADATA);
  }

  @Test
  void aServerThatNeverAnswersIsAskedUntilTheWindowHasPassed() throws InterruptedException {
    weather =
        nanos -> {
          now += 10 * SECOND;
          throw new HttpTimeoutException("request timed out");
        };
    queue.offer(block(StreamKind.LOGS));
    queue.offer(block(StreamKind.SPANS));
    runUntil(400 * SECOND);
    assertThat(dropped(Priority.LOGS)).isEqualTo(1);
    assertThat(dropped(Priority.TRACES)).isEqualTo(1);
    assertThat(queue.bytes()).isZero();
    assertThat(reports).singleElement().asString().contains("timed out");
  }

  @Test
  void aMachineThatSleptTriesOnceMore() throws InterruptedException {
    weather = nanos -> answer(nanos < 3_600 * SECOND ? 503 : 200);
    queue.offer(block(StreamKind.SPANS));
    runUntil(SECOND);
    assertThat(attempts).hasSizeGreaterThan(1);
    now += Duration.ofHours(10).toNanos(); // all windows have passed, but nothing was refused
    runUntil(now - start);
    assertThat(dropped(Priority.TRACES)).isZero();
    assertThat(queue.bytes()).isZero();
  }
}
