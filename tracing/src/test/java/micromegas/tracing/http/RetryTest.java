package micromegas.tracing.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.RequestAuthenticator;
import micromegas.tracing.spi.StreamKind;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.ClientTypes;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is sent when, by a clock of the test: hours of bad weather in no time.
class RetryTest {
  private static final long SECOND = 1_000_000_000L;
  private static final byte[] PAYLOAD = new byte[500];
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

  private static final int BLOCK = block(StreamKind.LOGS).size();

  /// What the server does at some time.
  private interface Weather {
    Transport.Answer answer(long nanos) throws IOException;
  }

  private record Attempt(long nanos, String path, int bytes) {}

  private final List<Attempt> attempts = new ArrayList<>();
  private final List<String> reports = new ArrayList<>();
  private long now = Long.MAX_VALUE - 7 * SECOND; // time has no meaning but differences
  private final long start = now;
  private UploadQueue queue = queue(1 << 20, 1 << 20);
  private Weather weather = nanos -> answer(200);
  private final Sender[] sender = new Sender[1];
  private boolean stored;

  /// Streams whose records the server has.
  private final Set<UUID> streams = new HashSet<>(Set.of(ID));

  private static Transport.Answer answer(int status) {
    return new Transport.Answer(status, Optional.empty());
  }

  private static Transport.Answer answer(int status, String retryAfter) {
    return new Transport.Answer(status, Optional.of(retryAfter));
  }

  /// A queue that knows [#STREAM].
  private UploadQueue queue(long softBytes, long hardBytes) {
    UploadQueue made = new UploadQueue(softBytes, hardBytes, () -> now);
    made.offer(block(StreamKind.LOGS));
    for (Upload next = made.poll(); next != null; next = made.poll()) {
      made.done(next, true);
    }
    assertThat(made.bytes()).isZero();
    return made;
  }

  private void limit(long softBytes, long hardBytes) {
    queue = queue(softBytes, hardBytes);
  }

  private Sender sender() {
    Sender there = sender[0];
    if (there == null) {
      there =
          new Sender(
              URI.create("http://telemetry.test"),
              (path, body, authorization) -> {
                attempts.add(new Attempt(now - start, path, body.length));
                Transport.Answer answer = weather.answer(now - start);
                stored = answer.status() == 200;
                return answer;
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
    return block(kind, STREAM);
  }

  private static Upload block(StreamKind kind, StreamInfo stream) {
    BlockInfo info =
        new BlockInfo(ID, stream.streamId(), ID, Instant.EPOCH, 0, Instant.EPOCH, 1, 0, 1);
    return Upload.block(
        new FinishedBlock(kind, stream, info, new BlockPayload(PAYLOAD, PAYLOAD), BLOCK));
  }

  /// The only block of a thread that has come and gone.
  private static Upload blockOfThread(long number) {
    return block(
        StreamKind.SPANS,
        new StreamInfo(
            ID,
            new UUID(2, number),
            STREAM.dependenciesMetadata(),
            STREAM.objectsMetadata(),
            List.of("cpu"),
            Map.of(),
            StreamInfo.TRANSIT_FORMAT));
  }

  private static Upload metadata() {
    return Upload.process(
        new ProcessInfo(
            ID, "", "", "", "", "", "", 1, Instant.EPOCH, 0, Optional.empty(), Map.of()));
  }

  /// Sends what may be sent, and lets time pass until some time after the start.
  private void runUntil(long nanos) throws InterruptedException {
    while (true) {
      Upload next = queue.poll();
      if (next != null) {
        FinishedBlock block = next.block();
        if (block != null) { // of no use without its stream
          assertThat(streams).contains(block.info().streamId());
        }
        stored = false;
        sender().send(next);
        if (stored && next.stream() != null) {
          streams.add(next.stream().streamId());
        }
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
  @CsvSource({"500", "503", "429", "408", "425", "401", "403", "404"})
  void metadataIsNeverGivenUp(int status) throws InterruptedException {
    weather = nanos -> answer(nanos < 3_600 * SECOND ? status : 200);
    queue.offer(metadata());
    runUntil(3_700 * SECOND);
    assertThat(dropped(Priority.METADATA)).isZero();
    assertThat(queue.bytes()).isZero();
    assertThat(attempts.size()).isBetween(100, 600); // some statuses ask for new credentials
    assertThat(reports).hasSize(2);
  }

  /// A right that is missing, an address that nobody serves yet: blocks of streams that the server
  /// knows are given up, new streams and their blocks wait.
  @ParameterizedTest
  @CsvSource({"403", "404"})
  void whatTheServerRefusesNowIsWaitedForByNewStreams(int status) throws InterruptedException {
    weather = nanos -> answer(nanos < 3_600 * SECOND ? status : 200);
    queue.offer(block(StreamKind.LOGS));
    queue.offer(blockOfThread(1));
    runUntil(3_599 * SECOND);
    assertThat(dropped(Priority.LOGS)).isEqualTo(1);
    assertThat(attempts)
        .filteredOn(attempt -> attempt.path().endsWith("insert_stream"))
        .hasSizeBetween(100, status == 403 ? 300 : 150);
    runUntil(3_700 * SECOND);
    assertThat(dropped(Priority.TRACES) + dropped(Priority.METADATA)).isZero();
    assertThat(queue.bytes()).isZero();
    assertThat(streams).hasSize(2);
  }

  @Test
  void aStreamThatIsWrongIsGivenUp() throws InterruptedException {
    weather = nanos -> answer(400);
    queue.offer(blockOfThread(1));
    runUntil(SECOND);
    assertThat(attempts).hasSize(1);
    assertThat(dropped(Priority.METADATA)).isEqualTo(1);
    assertThat(dropped(Priority.TRACES)).isEqualTo(1);
    assertThat(queue.bytes()).isZero();
  }

  /// Credentials that are refused say nothing about a request: nothing is lost, and nobody is asked
  /// for each of the requests that wait.
  @Test
  void nothingIsLostWhileCredentialsAreRefused() throws InterruptedException {
    weather = nanos -> answer(nanos < 3_600 * SECOND ? 401 : 200);
    for (int i = 0; i < 100; i++) {
      queue.offer(block(StreamKind.SPANS));
      queue.offer(block(StreamKind.LOGS));
    }
    runUntil(3_599 * SECOND);
    assertThat(attempts).hasSizeBetween(200, 600); // each with new credentials once more
    runUntil(3_700 * SECOND);
    assertThat(queue.bytes()).isZero();
    assertThat(dropped(Priority.TRACES) + dropped(Priority.LOGS)).isZero();
    assertThat(reports).hasSize(2);
  }

  /// What becomes of the records of streams when each thread has its own, lives for a moment, and
  /// the server is away for hours or answers nonsense: they are there for blocks that wait, and for
  /// no others.
  @ParameterizedTest
  @CsvSource({"0, 3600", "503, 300", "429, 300", "401, 300", "403, 300", "404, 300", "400, 30"})
  void aThousandThreadsASecondWhileTheServerIsAway(int status, int seconds)
      throws InterruptedException {
    long away = seconds * SECOND;
    weather =
        nanos -> {
          if (nanos >= away) {
            return answer(200);
          }
          if (status == 0) {
            throw new ConnectException("refused");
          }
          return answer(status);
        };
    int most = 200;
    limit(most * (long) BLOCK, most * (long) BLOCK);
    long number = 0;
    for (int second = 0; second < seconds; second++) {
      runUntil(second * SECOND);
      for (int i = 0; i < 1_000; i++) {
        queue.offer(blockOfThread(number++));
      }
      // One more record may have come with the last block.
      assertThat(queue.bytes()).isLessThan((most + 2) * (long) BLOCK);
    }
    runUntil(away - 1);
    attempts.clear();
    runUntil(away + 400 * SECOND);
    assertThat(queue.bytes()).isZero();
    long blocks = attempts.stream().filter(a -> a.path().endsWith("insert_block")).count();
    long records = attempts.stream().filter(a -> a.path().endsWith("insert_stream")).count();
    assertThat(records).isEqualTo(blocks);
    assertThat(blocks + dropped(Priority.TRACES)).isEqualTo(number);
    assertThat(blocks).isBetween(status == 400 ? 0L : most / 2, (long) most);
    assertThat(streams).hasSize((int) blocks + 1);
  }

  /// Any weather, any number of threads: no block is sent before its stream (see [#runUntil]),
  /// everything is stored or counted, and nothing stays behind.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noBlockIsStoredWithoutItsStream(long seed) throws InterruptedException {
    Random random = new Random(seed);
    int[] answers = {200, 200, 200, 503, 429, 500, 401, 403, 404, 400, 413, 302};
    long end = 600 * SECOND;
    long[] storedBlocks = {0};
    weather =
        nanos -> {
          int status = nanos < end ? answers[random.nextInt(answers.length)] : 200;
          if (nanos < end && random.nextInt(10) == 0) {
            throw random.nextBoolean() ? new ConnectException() : new HttpTimeoutException("late");
          }
          if (status == 200 && attempts.get(attempts.size() - 1).path().endsWith("block")) {
            storedBlocks[0]++;
          }
          return answer(status);
        };
    limit(40L * BLOCK, 60L * BLOCK);
    long offered = 0;
    for (long at = 0; at < end; at += SECOND / 4) {
      runUntil(at);
      for (int i = random.nextInt(6); i > 0; i--) {
        queue.offer(blockOfThread(random.nextInt(500)));
        offered++;
      }
    }
    runUntil(end + 1_000 * SECOND);
    assertThat(queue.bytes()).isZero();
    assertThat(storedBlocks[0] + dropped(Priority.TRACES)).isEqualTo(offered);
    assertThat(storedBlocks[0]).isPositive();
  }

  @Test
  void atTheEndWhatWaitsBehindAStreamIsCounted() {
    queue.offer(blockOfThread(1));
    queue.offer(blockOfThread(1));
    queue.offer(blockOfThread(2));
    Upload first = queue.poll();
    assertThat(first.stream()).isNotNull();
    queue.close();
    assertThat(dropped(Priority.METADATA)).isEqualTo(2);
    assertThat(dropped(Priority.TRACES)).isEqualTo(3);
    queue.done(first, true); // its answer still comes
    assertThat(dropped(Priority.METADATA)).isEqualTo(1);
    assertThat(dropped(Priority.TRACES)).isEqualTo(3);
  }

  @Test
  void streamsThatTheServerKnowsAreForgottenInTheEnd() {
    StreamRecords records = new StreamRecords(2);
    List<StreamInfo> three = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      StreamInfo stream = blockOfThread(i).block().stream();
      three.add(stream);
      Upload record = records.make(stream);
      assertThat(records.waiting(stream)).isSameAs(record);
      records.settle(record, true);
      assertThat(records.waiting(stream)).isNull();
      assertThat(records.isKnown(stream)).isTrue();
      assertThat(records.isKnown(three.get(0))).isTrue(); // used now and then
    }
    assertThat(records.isKnown(three.get(1))).isFalse();
    assertThat(records.isKnown(three.get(2))).isTrue();
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
