package micromegas.tracing.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import micromegas.tracing.Level;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.RequestAuthenticator;

/// Sends requests until the queue is closed; several threads run it.
///
/// Connections that fail say nothing about a request, so it waits with all others until the server
/// is back, however long that takes. Answers count: a request is given up when its window has
/// passed.
final class Sender implements Runnable {
  private static final long MAX_RETRY_AFTER_SECONDS = 300;
  private static final long UNAUTHORIZED_NANOS = 30_000_000_000L;

  private final URI server;
  private final Transport transport;
  private final RequestAuthenticator authenticator;
  private final UploadQueue queue;
  private final BiConsumer<Level, String> report;
  private final LongSupplier nanoTime;
  private final AtomicInteger failures = new AtomicInteger();

  /// @param server as it is called in reports
  /// @param nanoTime the clock of `queue`
  Sender(
      URI server,
      Transport transport,
      RequestAuthenticator authenticator,
      UploadQueue queue,
      BiConsumer<Level, String> report,
      LongSupplier nanoTime) {
    this.server = server;
    this.transport = transport;
    this.authenticator = authenticator;
    this.queue = queue;
    this.report = report;
    this.nanoTime = nanoTime;
  }

  @Override
  public void run() {
    try {
      for (Upload next = queue.take(); next != null; next = queue.take()) {
        send(next);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the end
    }
  }

  /// One attempt with a request that was taken from the queue.
  void send(Upload upload) throws InterruptedException {
    try {
      attempt(upload, false);
    } catch (HttpTimeoutException e) {
      transientFailure(upload, "timed out", OptionalLong.empty());
    } catch (IOException e) {
      unreachable(upload, e);
    } catch (RuntimeException e) {
      fail(upload, e.toString());
    } catch (InterruptedException e) {
      queue.done(upload, false);
      throw e;
    }
  }

  private void attempt(Upload upload, boolean refused) throws IOException, InterruptedException {
    Optional<String> authorization = authenticator.authorization(refused);
    answered(upload, transport.post(upload.path(), upload.body(), authorization));
  }

  private void answered(Upload upload, Transport.Answer answer)
      throws IOException, InterruptedException {
    int status = answer.status();
    if (status >= 200 && status < 300) {
      recovered(); // before a flush can return
      queue.done(upload, true);
    } else if (status == 408 || status == 425 || status == 429 || status >= 500) {
      transientFailure(upload, "answered " + status, retryAfter(answer));
    } else if ((status == 401 || status == 403) && upload.mayRefresh()) {
      attempt(upload, true);
    } else if (status == 401) {
      upload.countAttempt(nanoTime.getAsLong());
      retryOrFail(upload, "answered 401", UNAUTHORIZED_NANOS);
    } else if (status == 413) {
      tooLarge(upload);
    } else {
      fail(upload, "answered " + status);
    }
  }

  private void unreachable(Upload upload, IOException e) {
    long pause = Backoff.nanos(failed("cannot be reached: " + e));
    long until = nanoTime.getAsLong() + pause;
    queue.pauseUntil(until);
    queue.again(upload, until);
  }

  private void transientFailure(Upload upload, String what, OptionalLong retryAfterSeconds) {
    long now = nanoTime.getAsLong();
    long pause = Backoff.nanos(upload.countAttempt(now));
    if (retryAfterSeconds.isPresent()) {
      pause = Math.max(pause, retryAfterSeconds.getAsLong() * 1_000_000_000L);
      queue.pauseUntil(now + pause);
    }
    retryOrFail(upload, what, pause);
  }

  private void retryOrFail(Upload upload, String what, long pauseNanos) {
    long now = nanoTime.getAsLong();
    if (upload.isExpired(now + pauseNanos)) {
      fail(upload, what);
    } else {
      failed(what);
      queue.again(upload, now + pauseNanos);
    }
  }

  private void fail(Upload upload, String what) {
    failed(what);
    queue.done(upload, false);
  }

  private void tooLarge(Upload upload) {
    FinishedBlock block = upload.block();
    List<FinishedBlock> halves = block == null ? List.of() : BlockSplitter.halves(block);
    if (halves.isEmpty()) {
      fail(upload, "answered 413");
    } else {
      queue.replace(upload, halves.stream().map(Upload::block).toList());
    }
  }

  private static OptionalLong retryAfter(Transport.Answer answer) {
    Optional<String> value = answer.retryAfter();
    if (value.isPresent() && value.get().trim().matches("[0-9]{1,9}")) {
      return OptionalLong.of(Math.min(Long.parseLong(value.get().trim()), MAX_RETRY_AFTER_SECONDS));
    }
    return OptionalLong.empty();
  }

  /// Says it once.
  ///
  /// @return failures in a row
  private int failed(String what) {
    int count = failures.incrementAndGet();
    if (count == 1) {
      report.accept(Level.WARN, "telemetry server " + server + " " + what + "; will try again");
    }
    return count;
  }

  private void recovered() {
    int count = failures.getAndSet(0);
    if (count > 0) {
      report.accept(
          Level.INFO,
          "telemetry server " + server + " takes data again after " + count + " failures");
    }
  }
}
