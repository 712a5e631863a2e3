package micromegas.ingestion.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import micromegas.common.ResourceExhaustedException;
import micromegas.ingestion.Caller;
import micromegas.ingestion.admission.Deadlines;
import micromegas.ingestion.admission.MemoryAdmission;
import micromegas.ingestion.otlp.ExportResponse;
import micromegas.ingestion.otlp.ExportResult;
import micromegas.ingestion.otlp.Failure;
import micromegas.ingestion.otlp.Gunzip;
import micromegas.ingestion.otlp.OtlpIngestion;
import micromegas.otlp.Signal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The export calls of one signal. Thread-safe. The thread of a connection receives its messages,
/// which spares every call the way to another thread and back for each of its steps; it must never
/// wait, so a message that is complete is stored on a thread of its own.
final class ExportCalls implements ServerCallHandler<byte[], byte[]> {
  private static final Logger LOG = LoggerFactory.getLogger(ExportCalls.class);

  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final Signal signal;
  private final OtlpIngestion ingestion;
  private final MemoryAdmission admission;
  private final Tools tools;

  /// @param deadlines for clients that fall silent
  /// @param executor for what must not be done by the thread of a connection
  record Tools(Deadlines deadlines, Executor executor) {}

  ExportCalls(Signal signal, OtlpIngestion ingestion, MemoryAdmission admission, Tools tools) {
    this.signal = signal;
    this.ingestion = ingestion;
    this.admission = admission;
    this.tools = tools;
  }

  @Override
  public ServerCall.Listener<byte[]> startCall(ServerCall<byte[], byte[]> call, Metadata headers) {
    InboundBytes inbound = InboundBytes.KEY.get();
    Export export = new Export(call, inbound);
    export.start();
    return export;
  }

  private final class Export extends ServerCall.Listener<byte[]> {
    private final ServerCall<byte[], byte[]> call;
    private final InboundBytes inbound;

    /// Whether somebody has begun to answer; only one may.
    private final AtomicBoolean answered = new AtomicBoolean();

    private Deadlines.@Nullable Watch watch;
    private byte @Nullable [] message;

    Export(ServerCall<byte[], byte[]> call, InboundBytes inbound) {
      this.call = call;
      this.inbound = inbound;
    }

    void start() {
      watch =
          tools
              .deadlines()
              .watch(() ->
                  refuseAside(
                      Status.CANCELLED.withDescription("the message is not complete in time")));
      inbound.onRefusal(() -> tools.executor().execute(() -> refuse(Failure.busy())));
      // Two, so that a second message is noticed.
      call.request(2);
    }

    @Override
    public void onMessage(byte[] received) {
      if (message != null) {
        close(Status.INTERNAL.withDescription("an export call has one message"), new Metadata());
      }
      message = received;
    }

    @Override
    public void onHalfClose() {
      endWatch();
      byte[] request = message;
      if (request == null) {
        close(Status.INTERNAL.withDescription("an export call has a message"), new Metadata());
        return;
      }
      message = null;
      if (!answered.get() && inbound.retain()) {
        try {
          tools.executor().execute(() -> exportAndRelease(request));
        } catch (RejectedExecutionException e) {
          inbound.release();
          refuse(Failure.busy());
        }
      }
    }

    @Override
    public void onCancel() {
      endWatch();
      message = null;
    }

    private void exportAndRelease(byte[] request) {
      try {
        export(request);
      } catch (Error e) {
        close(Status.INTERNAL, new Metadata());
        throw e;
      } finally {
        inbound.release();
      }
    }

    private void export(byte[] request) {
      try (MemoryAdmission.Share share = admission.empty()) {
        if (request.length == 0 || request[0] != Gunzip.MAGIC) {
          store(request, request.length);
          return;
        }
        int limit = ingestion.settings().maxDecodedBytes();
        Optional<Gunzip.Content> content;
        try {
          content = Gunzip.inflate(request, 0, request.length, limit, share);
        } catch (ResourceExhaustedException e) {
          LOG.warn("{}: {}", call.getMethodDescriptor().getFullMethodName(), e.getMessage());
          refuse(Failure.busy());
          return;
        }
        if (content.isEmpty()) {
          refuse(Failure.tooLarge("the decompressed message", limit));
          return;
        }
        store(content.get().bytes(), content.get().length());
      } catch (RuntimeException e) {
        Failure failure = Failure.of(e, signal);
        switch (failure.kind()) {
          case UNAVAILABLE, INTERNAL ->
              LOG.error("{}", call.getMethodDescriptor().getFullMethodName(), e);
          default ->
              LOG.warn("{}: {}", call.getMethodDescriptor().getFullMethodName(), e.getMessage());
        }
        refuse(failure);
      }
    }

    private void store(byte[] bytes, int length) {
      ExportResult result = ingestion.export(signal, bytes, 0, length, Caller.ANONYMOUS);
      if (answered.compareAndSet(false, true)) {
        call.sendHeaders(new Metadata());
        call.sendMessage(ExportResponse.protobuf(result));
        call.close(Status.OK, new Metadata());
      }
    }

    private void refuse(Failure failure) {
      Metadata trailers = new Metadata();
      trailers.put(
          DETAILS,
          failure.isRetryable()
              ? failure.status().protobuf(Failure.RETRY_AFTER)
              : failure.status().protobuf());
      Status status =
          Status.fromCodeValue(failure.kind().rpcCode()).withDescription(failure.message());
      close(status, trailers);
    }

    private void refuseAside(Status status) {
      tools.executor().execute(() -> close(status, new Metadata()));
    }

    private void close(Status status, Metadata trailers) {
      if (answered.compareAndSet(false, true)) {
        endWatch();
        call.close(status, trailers);
      }
    }

    private void endWatch() {
      if (watch != null) {
        watch.end();
      }
    }
  }
}
