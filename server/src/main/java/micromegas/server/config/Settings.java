package micromegas.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import micromegas.lake.metadata.DatabaseSettings;

/// Every setting of the server. Names and meanings of the environment variables are those of the
/// reference implementation where it has them.
public final class Settings {
  private static final String DURATION_FORM = "a duration such as 30s, 5m, 2h or 1d";
  private static final String SIZE_FORM = "a size such as 512MiB or 4GiB";
  private static final String ADDRESS_FORM = "host:port, port 0 for any free one";

  public static final Setting<Set<Role>> ROLES =
      Setting.of(
          "roles",
          "MICROMEGAS_ROLES",
          "all, or a list of ingestion, flightsql, maintenance",
          "all",
          "What this process does.",
          Forms::roles);

  public static final Setting<Path> DATA_DIR =
      Setting.of(
          "data-dir",
          "MICROMEGAS_DATA_DIR",
          "a folder",
          "./micromegas-data",
          "Where caches and temporary files go, and the embedded defaults keep everything.",
          text -> Path.of(Forms.text(text)).toAbsolutePath().normalize());

  public static final Setting<String> SQL_CONNECTION_STRING =
      Setting.optional(
              "sql-connection-string",
              "MICROMEGAS_SQL_CONNECTION_STRING",
              "postgres://user:password@host:port/database",
              "PostgreSQL of the lake; without it an embedded one runs in the data directory.",
              Forms::text)
          .masked();

  public static final Setting<String> OBJECT_STORE_URI =
      Setting.optional(
          "object-store-uri",
          "MICROMEGAS_OBJECT_STORE_URI",
          "s3://bucket/prefix or file:///folder",
          "Object store of the lake; without it a folder in the data directory.",
          Forms::text);

  public static final Setting<HostPort> INGESTION_ADDRESS =
      Setting.of(
          "ingestion-address",
          "MICROMEGAS_INGESTION_ADDRESS",
          ADDRESS_FORM,
          "127.0.0.1:9000",
          "Where telemetry is taken over HTTP, native and OpenTelemetry.",
          HostPort::parse);

  public static final Setting<Optional<HostPort>> OTLP_GRPC_ADDRESS =
      Setting.of(
          "otlp-grpc-address",
          "MICROMEGAS_OTLP_GRPC_ADDRESS",
          ADDRESS_FORM + ", or off",
          "127.0.0.1:4317",
          "Where OpenTelemetry is taken over gRPC (over HTTP it is at the ingestion address).",
          text ->
              text.strip().equals("off") ? Optional.empty() : Optional.of(HostPort.parse(text)));

  public static final Setting<Long> OTLP_MAX_REQUEST_SIZE =
      Setting.of(
          "otlp-max-request-size",
          "MICROMEGAS_OTLP_MAX_REQUEST_SIZE",
          SIZE_FORM,
          "20MiB",
          "Longest OpenTelemetry, webhook or Firehose request as it arrives.",
          Forms::size);

  public static final Setting<Long> OTLP_MAX_DECOMPRESSED_SIZE =
      Setting.of(
          "otlp-max-decompressed-size",
          "MICROMEGAS_OTLP_MAX_DECOMPRESSED_SIZE",
          SIZE_FORM,
          "300MiB",
          "Longest OpenTelemetry, webhook or Firehose request after decompression.",
          Forms::size);

  public static final Setting<HostPort> FLIGHT_ADDRESS =
      Setting.of(
          "flight-address",
          "MICROMEGAS_FLIGHT_ADDRESS",
          ADDRESS_FORM,
          "127.0.0.1:50051",
          "Where FlightSQL is spoken.",
          HostPort::parse);

  public static final Setting<Long> MEMORY =
      Setting.optional(
          "memory",
          "MICROMEGAS_MEMORY",
          SIZE_FORM + ", at least 256MiB",
          "All memory of this process; default half of the machine, at most 4GiB.",
          Forms::size);

  public static final Setting<Long> CACHE_SIZE =
      Setting.of(
          "cache-size",
          "MICROMEGAS_CACHE_SIZE",
          SIZE_FORM,
          "10GiB",
          "Local disk for copies of remote objects.",
          Forms::size);

  public static final Setting<Long> TEMPORARY_SPACE_MB =
      Setting.of(
          "max-temp-directory-mb",
          "MICROMEGAS_DATAFUSION_MAX_TEMP_DIRECTORY_MB",
          "a number of megabytes",
          "10240",
          "Local disk for what queries spill.",
          Forms::positiveLong);

  public static final Setting<Long> QUERY_MEMORY_MB =
      Setting.optional(
          "query-memory-mb",
          "MICROMEGAS_DATAFUSION_MEMORY_BUDGET_MB",
          "a number of megabytes",
          "Memory of one query; default three quarters of the engine's share.",
          Forms::positiveLong);

  public static final Setting<Duration> QUERY_TIMEOUT =
      Setting.of(
          "query-timeout",
          "MICROMEGAS_QUERY_TIMEOUT",
          DURATION_FORM,
          "1h",
          "Longest time of one query.",
          Forms::duration);

  public static final Setting<Long> QUERY_MAX_ROWS =
      Setting.of(
          "query-max-rows",
          "MICROMEGAS_QUERY_MAX_ROWS",
          "a number of rows",
          "1000000000",
          "Most rows of one result.",
          Forms::positiveLong);

  public static final Setting<Long> MAX_REQUEST_SIZE =
      Setting.of(
          "max-request-size",
          "MICROMEGAS_MAX_REQUEST_SIZE",
          SIZE_FORM,
          "100MiB",
          "Longest native or FlightSQL request.",
          Forms::size);

  public static final Setting<Integer> RETENTION_DAYS =
      Setting.of(
          "retention-days",
          "MICROMEGAS_RETENTION_DAYS",
          "a number of days",
          "90",
          "Age at which telemetry is deleted, a day (UTC) at a time.",
          Forms::positiveInt);

  public static final Setting<Integer> SHUTDOWN_GRACE_PERIOD_SECONDS =
      Setting.of(
          "shutdown-grace-period-seconds",
          "MICROMEGAS_SHUTDOWN_GRACE_PERIOD_SECONDS",
          "a number of seconds",
          "25",
          "How long running calls may go on after SIGTERM.",
          Forms::positiveInt);

  public static final Setting<Path> EXTENSIONS =
      Setting.optional(
          "extensions",
          "MICROMEGAS_EXTENSIONS",
          "a folder of jar files",
          "Jars that add view sets (micromegas.lakehouse.view.ViewSetExtension).",
          text -> Path.of(Forms.text(text)).toAbsolutePath().normalize());

  public static final Setting<Duration> FRESH_CLOSED_AFTER =
      Setting.of(
          "fresh-closed-after",
          "MICROMEGAS_FRESH_CLOSED_AFTER",
          DURATION_FORM,
          "10s",
          "How long after its end an hour or a minute counts as closed.",
          Forms::duration);

  public static final Setting<Duration> FRESH_SETTLE_AFTER =
      Setting.of(
          "fresh-settle-after",
          "MICROMEGAS_FRESH_SETTLE_AFTER",
          DURATION_FORM + ", 10m or more",
          "10m",
          "How long after its end a verified hour is trusted without counting again.",
          text -> Forms.duration(text, DatabaseSettings.DEFAULT.insertLag().multipliedBy(2)));

  public static final Setting<Long> FRESH_TAIL_OBJECTS =
      Setting.of(
          "fresh-tail-objects",
          "MICROMEGAS_FRESH_TAIL_OBJECTS",
          "a number of events",
          "1000000",
          "Events of the open hour above which queries store partitions of it.",
          Forms::positiveLong);

  public static final Setting<Duration> FRESH_CLOCK_SLACK =
      Setting.of(
          "fresh-clock-slack",
          "MICROMEGAS_FRESH_CLOCK_SLACK",
          DURATION_FORM,
          "1m",
          "By how much event times may lie outside the time span of their block.",
          Forms::duration);

  public static final Setting<Integer> FRESH_PARALLEL_BUILDS =
      Setting.of(
          "fresh-parallel-builds",
          "MICROMEGAS_FRESH_PARALLEL_BUILDS",
          "a number of partitions",
          "2",
          "Partitions that one query builds at the same time.",
          Forms::positiveInt);

  public static final Setting<Integer> FRESH_PARALLEL_FETCHES =
      Setting.of(
          "fresh-parallel-fetches",
          "MICROMEGAS_FRESH_PARALLEL_FETCHES",
          "a number of files",
          "8",
          "Partition files that one query fetches at the same time.",
          Forms::positiveInt);

  public static final Setting<Long> TAIL_SIZE =
      Setting.of(
          "tail-size",
          "MICROMEGAS_TAIL_SIZE",
          SIZE_FORM,
          "1GiB",
          "Local disk for the rows of blocks that no partition holds yet.",
          Forms::size);

  public static final Setting<Integer> PIPELINE_WORKERS =
      Setting.optional(
          "pipeline-workers",
          "MICROMEGAS_PIPELINE_WORKERS",
          "a number of threads",
          "Threads that decode blocks and write partitions; default one per core.",
          Forms::positiveInt);

  public static final Setting<Long> PIPELINE_MEMORY =
      Setting.of(
          "pipeline-memory",
          "MICROMEGAS_PIPELINE_MEMORY",
          SIZE_FORM + ", at least 1MiB",
          "128MiB",
          "Payloads, columns and row groups between the object store and new partitions.",
          Forms::size);

  public static final Setting<Integer> PIPELINE_READS =
      Setting.of(
          "pipeline-reads",
          "MICROMEGAS_PIPELINE_READS",
          "a number of payloads",
          "32",
          "Payloads that are fetched at the same time.",
          Forms::positiveInt);

  public static final Setting<Integer> SPAN_MEMORY_ROWS =
      Setting.of(
          "span-memory-rows",
          "MICROMEGAS_SPAN_MEMORY_ROWS",
          "a number of spans",
          "1048576",
          "Spans of a call tree in memory, about 32 bytes each; the rest goes to a scratch file.",
          Forms::positiveInt);

  public static final Setting<Integer> SPAN_MAX_OPEN =
      Setting.of(
          "span-max-open",
          "MICROMEGAS_SPAN_MAX_OPEN",
          "a number of spans",
          "1048576",
          "Spans of a thread that may be open at a time; those inside them are left out.",
          Forms::positiveInt);

  public static final Setting<Integer> FLIGHT_SEND_AHEAD =
      Setting.of(
          "flight-send-ahead",
          "MICROMEGAS_FLIGHT_SEND_AHEAD",
          SIZE_FORM,
          "4MiB",
          "Rows of one result that may wait in the transport while the client does not read.",
          text -> Math.toIntExact(Forms.size(text)));

  public static final Setting<Integer> FLIGHT_WAITING_QUERIES =
      Setting.of(
          "flight-waiting-queries",
          "MICROMEGAS_FLIGHT_WAITING_QUERIES",
          "a number of queries",
          "64",
          "Queries that GetFlightInfo has started and no DoGet has fetched yet.",
          Forms::positiveInt);

  public static final Setting<Duration> FLIGHT_WAITING_TIME =
      Setting.of(
          "flight-waiting-time",
          "MICROMEGAS_FLIGHT_WAITING_TIME",
          DURATION_FORM,
          "10s",
          "How long such a query waits for its DoGet, which otherwise starts it again.",
          Forms::duration);

  public static final Setting<Duration> WARM_UP =
      Setting.of(
          "warm-up",
          "MICROMEGAS_WARM_UP",
          DURATION_FORM + ", 0s for none",
          "2s",
          "Longest time that serve spends on queries of its own before it says that it is ready.",
          Forms::duration);

  private Settings() {}

  /// In the order of the help text.
  public static List<Setting<?>> all() {
    return List.of(
        ROLES,
        DATA_DIR,
        SQL_CONNECTION_STRING,
        OBJECT_STORE_URI,
        INGESTION_ADDRESS,
        OTLP_GRPC_ADDRESS,
        FLIGHT_ADDRESS,
        MEMORY,
        CACHE_SIZE,
        TEMPORARY_SPACE_MB,
        QUERY_MEMORY_MB,
        QUERY_TIMEOUT,
        QUERY_MAX_ROWS,
        MAX_REQUEST_SIZE,
        OTLP_MAX_REQUEST_SIZE,
        OTLP_MAX_DECOMPRESSED_SIZE,
        RETENTION_DAYS,
        SHUTDOWN_GRACE_PERIOD_SECONDS,
        EXTENSIONS,
        FRESH_CLOSED_AFTER,
        FRESH_SETTLE_AFTER,
        FRESH_TAIL_OBJECTS,
        FRESH_CLOCK_SLACK,
        FRESH_PARALLEL_BUILDS,
        FRESH_PARALLEL_FETCHES,
        TAIL_SIZE,
        PIPELINE_WORKERS,
        PIPELINE_MEMORY,
        PIPELINE_READS,
        SPAN_MEMORY_ROWS,
        SPAN_MAX_OPEN,
        FLIGHT_SEND_AHEAD,
        FLIGHT_WAITING_QUERIES,
        FLIGHT_WAITING_TIME,
        WARM_UP);
  }
}
