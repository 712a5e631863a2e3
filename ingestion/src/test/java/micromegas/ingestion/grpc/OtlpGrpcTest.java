package micromegas.ingestion.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.UnknownFieldSet;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import micromegas.common.UnavailableException;
import micromegas.ingestion.Door;
import micromegas.ingestion.IngestionService;
import micromegas.ingestion.MemoryMetadata;
import micromegas.ingestion.MemoryObjects;
import micromegas.ingestion.admission.MemoryAdmission;
import micromegas.ingestion.otlp.OtlpIngestion;
import micromegas.ingestion.otlp.OtlpSettings;
import micromegas.ingestion.otlp.Telemetry;
import micromegas.lake.StoredBlock;
import micromegas.lake.envelope.EnvelopeReader;
import micromegas.otlp.Signal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// OTLP over gRPC, over a real socket and with the library's client.
class OtlpGrpcTest {
  private static final int WIRE_LIMIT = 256 * 1024;
  private static final int DECODED_LIMIT = 1 << 20;
  private static final int MEMORY = 4 << 20;
  private static final byte[] LOG = Telemetry.logs(Telemetry.log("svc", 5, "hi"));

  private final CountDownLatch storing = new CountDownLatch(1);
  private final CountDownLatch mayStore = new CountDownLatch(1);
  private final MemoryMetadata metadata =
      new MemoryMetadata() {
        @Override
        public boolean insertBlock(StoredBlock block) {
          storing.countDown();
          try {
            assertThat(mayStore.await(20, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new UnavailableException("interrupted", e);
          }
          return super.insertBlock(block);
        }
      };
  private final MemoryObjects objects = new MemoryObjects();
  private final MemoryAdmission admission = new MemoryAdmission(MEMORY, Duration.ofMillis(20));
  private final IngestionService service =
      new IngestionService(metadata, objects, new EnvelopeReader(), Clock.systemUTC());
  private final OtlpGrpcServer server = start(Duration.ofSeconds(30), Duration.ofSeconds(10));
  private final ManagedChannel channel = connect(server);

  private OtlpGrpcServer start(Duration messageTimeout, Duration drainTimeout) {
    OtlpIngestion ingestion =
        new OtlpIngestion(
            service,
            OtlpSettings.DEFAULTS.withLimits(WIRE_LIMIT, DECODED_LIMIT),
            Clock.systemUTC());
    return OtlpGrpcServer.start(
        new OtlpGrpcSettings("127.0.0.1", 0, messageTimeout, 16, drainTimeout),
        ingestion,
        admission);
  }

  private static ManagedChannel connect(OtlpGrpcServer server) {
    return NettyChannelBuilder.forAddress(server.address()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    mayStore.countDown();
    channel.shutdownNow();
    server.close();
  }

  @Test
  void allSignalsAreTakenPlainAndCompressed() {
    mayStore.countDown();
    for (int i = 0; i < 3; i++) {
      Signal signal = List.of(Signal.TRACES, Signal.METRICS, Signal.LOGS).get(i);
      assertThat(call(signal, Telemetry.recorded(i), CallOptions.DEFAULT)).isEmpty();
      assertThat(metadata.blocks).hasSize(i + 1);
      assertThat(call(signal, Telemetry.recorded(i), gzip())).isEmpty();
      assertThat(call(signal, new byte[0], gzip())).isEmpty();
      assertThat(metadata.blocks).hasSize(i + 1);
    }
    assertMemoryIsFree();
  }

  @Test
  void rejectedRecordsAreReported() throws Exception {
    mayStore.countDown();
    byte[] answer = call(Signal.TRACES, Telemetry.spans(16, 1), CallOptions.DEFAULT);
    assertThat(ExportTraceServiceResponse.parseFrom(answer).getPartialSuccess().getRejectedSpans())
        .isEqualTo(1);
  }

  @Test
  void malformedRequestsAreInvalidArguments() {
    mayStore.countDown();
    byte[] cut = Arrays.copyOf(LOG, LOG.length - 3);
    StatusRuntimeException error = refused(Signal.LOGS, cut, CallOptions.DEFAULT);
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(error.getStatus().getDescription()).startsWith("parse error (logs): protobuf: ");
    byte[] gzip = Telemetry.gzip(LOG);
    error = refused(Signal.LOGS, Arrays.copyOf(gzip, gzip.length - 1), CallOptions.DEFAULT);
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(error.getStatus().getDescription()).startsWith("parse error (logs): gzip: ");
    assertRejected(2);
  }

  /// Calls are counted when they are closed, which may be a moment after the answer.
  private void assertRejected(long count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (service.metrics().rejected() < count && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(service.metrics().rejectedBy().get(Door.OTLP_GRPC)).isEqualTo(count);
  }

  @Test
  void messagesOverALimitExhaustAResource() {
    mayStore.countDown();
    byte[] large = new byte[WIRE_LIMIT + 1];
    StatusRuntimeException error = refused(Signal.LOGS, large, CallOptions.DEFAULT);
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    error = refused(Signal.LOGS, new byte[DECODED_LIMIT + 1], gzip());
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(error.getStatus().getDescription())
        .isEqualTo("the decompressed message is over the limit of 1048576 bytes");
    assertThat(call(Signal.LOGS, LOG, gzip())).isEmpty();
    assertMemoryIsFree();
    assertRejected(2);
  }

  @Test
  void failuresWorthARetrySayWhen() throws Exception {
    mayStore.countDown();
    objects.down.set(true);
    assertRetryable(refused(Signal.LOGS, LOG, CallOptions.DEFAULT), "storage error (logs)");
    objects.down.set(false);
    try (MemoryAdmission.Share all = admission.enter(MEMORY)) {
      assertThat(all.bytes()).isEqualTo(MEMORY);
      assertRetryable(refused(Signal.LOGS, LOG, CallOptions.DEFAULT), "the server is busy");
    }
    try (MemoryAdmission.Share most = admission.enter(MEMORY - 100_000)) {
      assertThat(most.bytes()).isPositive();
      assertRetryable(refused(Signal.LOGS, new byte[500_000], gzip()), "the server is busy");
    }
    assertThat(call(Signal.LOGS, LOG, CallOptions.DEFAULT)).isEmpty();
    assertMemoryIsFree();
  }

  private static void assertRetryable(StatusRuntimeException error, String message)
      throws Exception {
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(error.getStatus().getDescription()).isEqualTo(message);
    byte[] details =
        error
            .getTrailers()
            .get(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER));
    UnknownFieldSet status = UnknownFieldSet.parseFrom(details);
    assertThat(status.getField(1).getVarintList()).containsExactly(14L);
    com.google.protobuf.Any detail =
        com.google.protobuf.Any.parseFrom(status.getField(3).getLengthDelimitedList().getFirst());
    assertThat(detail.getTypeUrl()).isEqualTo("type.googleapis.com/google.rpc.RetryInfo");
    UnknownFieldSet info = UnknownFieldSet.parseFrom(detail.getValue());
    assertThat(
            com.google.protobuf.Duration.parseFrom(
                    info.getField(1).getLengthDelimitedList().getFirst())
                .getSeconds())
        .isEqualTo(30);
  }

  @Test
  void otherMethodsAreNotImplemented() {
    MethodDescriptor<byte[], byte[]> method =
        method("opentelemetry.proto.collector.logs.v1.LogsService/Import");
    assertThatThrownBy(
            () -> ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, LOG))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
  }

  @Test
  void aClientThatFallsSilentIsSentAway() throws Exception {
    try (OtlpGrpcServer impatient = start(Duration.ofMillis(50), Duration.ofSeconds(1))) {
      ManagedChannel other = connect(impatient);
      CompletableFuture<Status> closed = new CompletableFuture<>();
      ClientCall<byte[], byte[]> call = begin(other, closed);
      call.sendMessage(LOG);
      assertThat(closed.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.CANCELLED);
      other.shutdownNow();
    }
    assertThat(metadata.blocks).isEmpty();
    assertMemoryIsFree();
  }

  @Test
  void aClientThatStopsInTheMiddleLeavesNothing() throws Exception {
    CompletableFuture<Status> closed = new CompletableFuture<>();
    ClientCall<byte[], byte[]> call = begin(channel, closed);
    call.sendMessage(new byte[WIRE_LIMIT]);
    call.cancel("enough", null);
    assertThat(closed.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.CANCELLED);
    mayStore.countDown();
    // On the same connection, so behind the cancellation.
    assertThat(call(Signal.LOGS, LOG, CallOptions.DEFAULT)).isEmpty();
    assertThat(metadata.blocks).hasSize(1);
    assertMemoryIsFree();
  }

  private ClientCall<byte[], byte[]> begin(ManagedChannel where, CompletableFuture<Status> closed) {
    ClientCall<byte[], byte[]> call =
        where.newCall(method(Signal.LOGS.grpcMethod()), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            closed.complete(status);
          }
        },
        new Metadata());
    call.request(1);
    return call;
  }

  @Test
  void callsUnderWayFinishWhenTheServerStops() throws Exception {
    CompletableFuture<byte[]> answer =
        CompletableFuture.supplyAsync(() -> call(Signal.LOGS, LOG, CallOptions.DEFAULT));
    assertThat(storing.await(10, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
    mayStore.countDown();
    assertThat(answer.get(10, TimeUnit.SECONDS)).isEmpty();
    stopped.get(10, TimeUnit.SECONDS);
    assertThat(metadata.blocks).hasSize(1);
    assertMemoryIsFree();
  }

  @Test
  void anAddressThatIsTakenIsNamed() {
    int port = server.address().getPort();
    OtlpIngestion ingestion = new OtlpIngestion(service, OtlpSettings.DEFAULTS, Clock.systemUTC());
    assertThatThrownBy(() ->
            OtlpGrpcServer.start(
                OtlpGrpcSettings.DEFAULTS.at("127.0.0.1", port, Duration.ofSeconds(1)),
                ingestion,
                admission))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("127.0.0.1:" + port);
  }

  private void assertMemoryIsFree() {
    // The answer may be there a moment before the call has given back its share.
    MemoryAdmission.Share all = null;
    for (int i = 0; i < 500 && all == null; i++) {
      try {
        all = admission.enter(MEMORY);
      } catch (micromegas.common.ResourceExhaustedException e) {
        assertThat(e).hasMessageContaining("no room");
      }
    }
    assertThat(all).isNotNull();
    all.close();
  }

  private StatusRuntimeException refused(Signal signal, byte[] request, CallOptions options) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> call(signal, request, options));
  }

  private byte[] call(Signal signal, byte[] request, CallOptions options) {
    return ClientCalls.blockingUnaryCall(channel, method(signal.grpcMethod()), options, request);
  }

  private static CallOptions gzip() {
    return CallOptions.DEFAULT.withCompression("gzip");
  }

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(name)
        .setRequestMarshaller(RawMessages.MARSHALLER)
        .setResponseMarshaller(RawMessages.MARSHALLER)
        .build();
  }
}
