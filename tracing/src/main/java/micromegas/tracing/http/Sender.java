package micromegas.tracing.http;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import micromegas.tracing.Level;
import micromegas.tracing.record.SdkThread;
import micromegas.tracing.spi.FinishedBlock;

/// Sends requests until the queue is closed; several threads run it.
///
/// Connections that fail say nothing about a request, so it waits with all others until the server
/// is back, however long that takes. Answers count: a request is given up when its window has
/// passed.
final class Sender implements Runnable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final long MAX_RETRY_AFTER_SECONDS = 300;
  private static final long UNAUTHORIZED_NANOS = 30_000_000_000L;

  private final HttpSettings settings;
  private final UploadQueue queue;
  private final BiConsumer<Level, String> report;
  private final ExecutorService executor;
  private final HttpClient client;
  private final AtomicInteger failures = new AtomicInteger();

  Sender(HttpSettings settings, UploadQueue queue, BiConsumer<Level, String> report) {
    this.settings = settings;
    this.queue = queue;
    this.report = report;
    executor = Executors.newFixedThreadPool(1, task -> new SdkThread(task, "micromegas-http"));
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(executor);
    useProxy(builder, settings.proxy());
    this.client = builder.build();
  }

  static void useProxy(HttpClient.Builder builder, Optional<ProxySelector> proxy) {
    proxy.ifPresent(builder::proxy);
    if (proxy.orElse(null) instanceof EnvironmentProxy environment) {
      builder.authenticator(environment.authenticator());
    }
  }

  /// Ends the thread of the HTTP client; requests in flight are given up.
  void close() {
    executor.shutdownNow();
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

  private void send(Upload upload) throws InterruptedException {
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
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address(upload))
            .timeout(settings.requestTimeout())
            .POST(HttpRequest.BodyPublishers.ofByteArray(upload.body()));
    Optional<String> authorization = settings.authenticator().authorization(refused);
    authorization.ifPresent(value -> request.header("Authorization", value));
    HttpResponse<Void> response =
        client.send(request.build(), HttpResponse.BodyHandlers.discarding());
    answered(upload, response);
  }

  private void answered(Upload upload, HttpResponse<Void> response)
      throws IOException, InterruptedException {
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      recovered(); // before a flush can return
      queue.done(upload, true);
    } else if (status == 408 || status == 425 || status == 429 || status >= 500) {
      transientFailure(upload, "answered " + status, retryAfter(response));
    } else if ((status == 401 || status == 403) && upload.mayRefresh()) {
      attempt(upload, true);
    } else if (status == 401) {
      upload.countAttempt(System.nanoTime());
      retryOrFail(upload, "answered 401", UNAUTHORIZED_NANOS);
    } else if (status == 413) {
      tooLarge(upload);
    } else {
      fail(upload, "answered " + status);
    }
  }

  private URI address(Upload upload) {
    String root = settings.server().toString();
    return URI.create(
        (root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + upload.path());
  }

  private void unreachable(Upload upload, IOException e) {
    long pause = Backoff.nanos(failed("cannot be reached: " + e));
    long until = System.nanoTime() + pause;
    queue.pauseUntil(until);
    queue.again(upload, until);
  }

  private void transientFailure(Upload upload, String what, OptionalLong retryAfterSeconds) {
    long now = System.nanoTime();
    long pause = Backoff.nanos(upload.countAttempt(now));
    if (retryAfterSeconds.isPresent()) {
      pause = Math.max(pause, retryAfterSeconds.getAsLong() * 1_000_000_000L);
      queue.pauseUntil(now + pause);
    }
    retryOrFail(upload, what, pause);
  }

  private void retryOrFail(Upload upload, String what, long pauseNanos) {
    long now = System.nanoTime();
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
      queue.replace(upload, halves.stream().map(HttpSink::upload).toList());
    }
  }

  private static OptionalLong retryAfter(HttpResponse<Void> response) {
    Optional<String> value = response.headers().firstValue("Retry-After");
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
      report.accept(
          Level.WARN, "telemetry server " + settings.server() + " " + what + "; will try again");
    }
    return count;
  }

  private void recovered() {
    int count = failures.getAndSet(0);
    if (count > 0) {
      report.accept(
          Level.INFO,
          "telemetry server "
              + settings.server()
              + " takes data again after "
              + count
              + " failures");
    }
  }
}
