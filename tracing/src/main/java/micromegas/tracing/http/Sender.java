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
/// Connections that fail, and credentials that are refused (401), say nothing about a request, so
/// it waits with all others until the server takes data again, however long that takes. Other
/// answers count: a request is given up when its window has passed, or at once when the server says
/// that it will never take it. Processes and streams are given up only when their own bytes are to
/// blame, because nothing else can be read without them: a right that is missing (403) or an
/// address that is not served yet (404) may come.
final class Sender implements Runnable {
  private static final long MAX_RETRY_AFTER_SECONDS = 300;
  private static final long REFUSED_NANOS = 30_000_000_000L;

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
      waitWithAll(upload, "cannot be reached: " + e);
    } catch (RuntimeException e) {
      fail(upload, e.toString());
    } catch (InterruptedException e) {
      queue.done(upload, false);
      throw e;
    }
  }

  /// @param renewed whether the server has refused the credentials, and they are new
  private void attempt(Upload upload, boolean renewed) throws IOException, InterruptedException {
    Optional<String> authorization = authenticator.authorization(renewed);
    answered(upload, transport.post(upload.path(), upload.body(), authorization), renewed);
  }

  private void answered(Upload upload, Transport.Answer answer, boolean renewed)
      throws IOException, InterruptedException {
    int status = answer.status();
    if (status >= 200 && status < 300) {
      recovered(); // before a flush can return
      queue.done(upload, true);
    } else if (status == 408 || status == 425 || status == 429 || status >= 500) {
      transientFailure(upload, "answered " + status, retryAfter(answer));
    } else if ((status == 401 || status == 403) && !renewed) {
      attempt(upload, true);
    } else if (status == 401) {
      waitWithAll(upload, "answered 401");
    } else if (status == 413) {
      tooLarge(upload);
    } else if (upload.priority() == Priority.METADATA && status != 400 && status != 422) {
      upload.countAttempt(nanoTime.getAsLong());
      retryOrFail(upload, "answered " + status, REFUSED_NANOS);
    } else {
      fail(upload, "answered " + status);
    }
  }

  private void waitWithAll(Upload upload, String what) {
    long pause = Backoff.nanos(failed(what));
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

  /// Whether the last attempt failed.
  boolean isFailing() {
    return failures.get() > 0;
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
