package micromegas.server.flight;

import static org.apache.arrow.vector.types.TimeUnit.NANOSECOND;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import micromegas.query.EngineSettings;
import micromegas.query.EventTimeColumns;
import micromegas.query.ExportRequest;
import micromegas.query.duckdb.DuckDbQueryEngine;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.slf4j.LoggerFactory;

/// A FlightSQL server over a real engine and a table `events` of a thousand rows, without
/// PostgreSQL, and clients of several kinds.
final class FlightDoor implements AutoCloseable {
  static final int ROWS = 1_000;

  final RootAllocator allocator = new RootAllocator();
  final PinnedTables tables = new PinnedTables();
  final RecordingEngine engine;
  final FlightSqlServer server;
  final ManagedChannel channel;
  final FlightSqlClient client;

  private final BlockingQueue<JsonNode> audit = new LinkedBlockingQueue<>();
  private final AppenderBase<ILoggingEvent> appender = new Collector();

  FlightDoor(Path folder) {
    this(folder, UnaryOperator.identity());
  }

  /// @param settings of the server, from the defaults
  FlightDoor(Path folder, UnaryOperator<FlightSettings> settings) {
    Path data = folder.resolve("data");
    EngineSettings defaults =
        EngineSettings.defaults(folder.resolve("work"), List.of(data), 256L << 20, 128L << 20);
    engine =
        new RecordingEngine(
            DuckDbQueryEngine.open(
                new EngineSettings(
                    2,
                    defaults.memoryBytes(),
                    defaults.exportMemoryBytes(),
                    defaults.tempDirectory(),
                    defaults.tempBytes(),
                    defaults.allowedDirectories(),
                    Path.of(System.getProperty("java.io.tmpdir"), "micromegas-native"),
                    16,
                    defaults.defaultLimits()),
                allocator));
    Path file = data.resolve("events.parquet");
    engine.export(
        new ExportRequest(
            """
            SELECT CAST('2026-01-01T00:00:00Z' AS TIMESTAMP) + INTERVAL '1 second' * i AS time,
                   'target' || (i %% 4) AS target,
                   CASE WHEN i %% 10 = 0 THEN NULL ELSE 'message ' || i END AS msg,
                   CAST(i AS DOUBLE) AS value
            FROM range(0, %d) AS r(i) ORDER BY i
            """
                .formatted(ROWS),
            tables,
            file,
            Optional.empty()));
    for (String name : List.of("events", "stuck", "absent")) {
      tables.add(name, schema(), Optional.of(EventTimeColumns.instant("time")), file);
    }
    server =
        FlightSqlServer.start(
            settings.apply(FlightSettings.defaults("127.0.0.1", 0, defaults.defaultLimits())),
            engine,
            tables,
            allocator);
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .build();
    client = new FlightSqlClient(FlightGrpcUtils.createFlightClient(allocator, channel));
    appender.setContext(logger().getLoggerContext());
    appender.start();
    logger().setLevel(Level.INFO);
    logger().addAppender(appender);
  }

  static Schema schema() {
    return new Schema(
        List.of(
            field("time", new ArrowType.Timestamp(NANOSECOND, "+00:00")),
            new Field(
                "target",
                new FieldType(
                    true,
                    ArrowType.Utf8.INSTANCE,
                    new DictionaryEncoding(1, false, new ArrowType.Int(32, true))),
                null),
            field("msg", ArrowType.Utf8.INSTANCE),
            field("value", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE))));
  }

  private static Field field(String name, ArrowType type) {
    return new Field(name, FieldType.nullable(type), null);
  }

  /// The service as generated from `Flight.proto`, with headers on every call.
  FlightServiceGrpc.FlightServiceBlockingStub raw(Map<String, String> headers) {
    Metadata metadata = new Metadata();
    headers.forEach((name, value) ->
        metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
    return FlightServiceGrpc.newBlockingStub(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata)));
  }

  /// The next audit record; fails when there is none within a minute.
  JsonNode nextAudit() throws InterruptedException {
    JsonNode record = audit.poll(1, TimeUnit.MINUTES);
    if (record == null) {
      throw new AssertionError("no audit record");
    }
    return record;
  }

  boolean hasAudit() {
    return !audit.isEmpty();
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("flightsql_query_audit");
  }

  @Override
  public void close() throws Exception {
    logger().detachAppender(appender);
    client.close();
    channel.shutdownNow();
    server.stop(Duration.ofSeconds(10));
    engine.close();
    allocator.close();
  }

  private final class Collector extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      try {
        audit.add(new ObjectMapper().readTree(event.getFormattedMessage()));
      } catch (JsonProcessingException e) {
        throw new AssertionError("an audit record is no JSON: " + event.getFormattedMessage(), e);
      }
    }
  }
}
