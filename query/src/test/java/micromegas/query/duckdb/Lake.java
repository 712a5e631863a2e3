package micromegas.query.duckdb;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import micromegas.common.BadRequestException;
import micromegas.common.TimeRange;
import micromegas.query.EngineSettings;
import micromegas.query.EventTimeColumns;
import micromegas.query.ExportRequest;
import micromegas.query.QueryLimits;
import micromegas.query.QueryRequest;
import micromegas.query.QueryResult;
import micromegas.query.ScalarFunction;
import micromegas.query.ScanPart;
import micromegas.query.ScanPlan;
import micromegas.query.ScanRequest;
import micromegas.query.TableCatalog;
import micromegas.query.TableFunction;
import micromegas.query.TableProvider;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// An engine over a folder of Parquet files, with a catalog that records what it was asked.
final class Lake implements AutoCloseable, TableCatalog {
  static final ArrowType TIME = new ArrowType.Timestamp(TimeUnit.NANOSECOND, "+00:00");

  final RootAllocator allocator = new RootAllocator();
  final Path folder;
  final DuckDbQueryEngine engine;
  final Map<String, Table> tables = new ConcurrentHashMap<>();
  final List<TableProvider> extraTables = new CopyOnWriteArrayList<>();
  final List<TableFunction> functions = new CopyOnWriteArrayList<>();
  final List<ScalarFunction> scalarFunctions = new CopyOnWriteArrayList<>();

  Lake(Path folder) {
    this(folder, 512L << 20, 1L << 30);
  }

  Lake(Path folder, long memoryBytes, long tempBytes) {
    this.folder = folder;
    EngineSettings defaults =
        EngineSettings.defaults(
            folder.resolve("work"), List.of(folder.resolve("data")), memoryBytes, 512L << 20);
    this.engine =
        DuckDbQueryEngine.open(
            new EngineSettings(
                2,
                defaults.memoryBytes(),
                defaults.exportMemoryBytes(),
                defaults.tempDirectory(),
                tempBytes,
                defaults.allowedDirectories(),
                Path.of(System.getProperty("java.io.tmpdir"), "micromegas-native"),
                16,
                defaults.defaultLimits()),
            allocator);
  }

  /// A table that is a list of files, with a recording of the scans.
  final class Table implements TableProvider {
    private final String name;
    private final Schema schema;
    private final Optional<EventTimeColumns> eventTime;
    final List<ScanPart> parts = new ArrayList<>();
    final List<ScanRequest> requests = new CopyOnWriteArrayList<>();
    Optional<String> mergeSql = Optional.empty();
    volatile int open;

    Table(String name, Schema schema, Optional<EventTimeColumns> eventTime) {
      this.name = name;
      this.schema = schema;
      this.eventTime = eventTime;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Schema schema() {
      return schema;
    }

    @Override
    public Optional<EventTimeColumns> eventTime() {
      return eventTime;
    }

    @Override
    public synchronized ScanPlan scan(ScanRequest request) {
      requests.add(request);
      open++;
      return new ScanPlan(parts, mergeSql, this::unpin);
    }

    private synchronized void unpin() {
      open--;
    }
  }

  Table table(String name, Schema schema, EventTimeColumns eventTime) {
    Table table = new Table(name, schema, Optional.of(eventTime));
    tables.put(name, table);
    return table;
  }

  /// Writes the rows of `sql` to a file of the lake.
  Path file(String name, String sql) throws IOException {
    Path target = folder.resolve("data").resolve(name + ".parquet");
    engine.export(new ExportRequest(sql, this, target, Optional.empty()));
    return target;
  }

  @Override
  public List<TableProvider> tables() {
    List<TableProvider> all = new ArrayList<>(tables.values());
    all.addAll(extraTables);
    return all;
  }

  @Override
  public TableProvider instance(String viewSet, String instanceId) {
    Table table = tables.get(viewSet);
    if (table == null) {
      throw new BadRequestException("error making view view set " + viewSet + " not found");
    }
    return table;
  }

  @Override
  public List<TableFunction> functions() {
    return functions;
  }

  @Override
  public List<ScalarFunction> scalarFunctions() {
    return scalarFunctions;
  }

  QueryRequest request(String sql, TimeRange range, QueryLimits limits) {
    return new QueryRequest(UUID.randomUUID(), sql, range, OptionalLong.empty(), this, limits);
  }

  QueryRequest request(String sql) {
    return request(sql, TimeRange.ALL, limits());
  }

  static QueryLimits limits() {
    return new QueryLimits(256L << 20, Long.MAX_VALUE, Duration.ofMinutes(5), Long.MAX_VALUE);
  }

  /// All rows, values as Java objects in text form, columns separated by `|`.
  List<String> rows(String sql) {
    return rows(request(sql));
  }

  List<String> rows(QueryRequest request) {
    List<String> rows = new ArrayList<>();
    try (QueryResult result = engine.query(request)) {
      while (result.next()) {
        for (int row = 0; row < result.root().getRowCount(); row++) {
          List<String> values = new ArrayList<>();
          for (FieldVector vector : result.root().getFieldVectors()) {
            values.add(String.valueOf(vector.getObject(row)));
          }
          rows.add(String.join("|", values));
        }
      }
    }
    return rows;
  }

  String one(String sql) {
    return String.join("\n", rows(sql));
  }

  Schema schema(String sql) {
    try (QueryResult result = engine.query(request(sql))) {
      return result.schema();
    }
  }

  static Field field(String name, ArrowType type) {
    return new Field(name, FieldType.nullable(type), null);
  }

  static Field dictionary(String name, ArrowType type) {
    return new Field(
        name,
        new FieldType(true, type, new DictionaryEncoding(1, false, new ArrowType.Int(32, true))),
        null);
  }

  static final Schema LOG_SCHEMA =
      new Schema(
          List.of(
              dictionary("process_id", ArrowType.Utf8.INSTANCE),
              dictionary("stream_id", ArrowType.Utf8.INSTANCE),
              field("insert_time", TIME),
              field("time", TIME),
              dictionary("target", ArrowType.Utf8.INSTANCE),
              field("level", new ArrowType.Int(32, true)),
              field("msg", ArrowType.Utf8.INSTANCE),
              dictionary("properties", ArrowType.Binary.INSTANCE),
              field("value", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE))));

  /// `rows` log rows from 2025-01-01T00:00:00.000000001Z on, one per second.
  static String logRows(int first, int rows) {
    return """
    SELECT CASE WHEN i % 2 = 0 THEN 'p0' ELSE 'p1' END AS process_id,
           's' || (i % 3) AS stream_id,
           CAST('2025-01-01T00:00:00Z' AS TIMESTAMP) + INTERVAL '1 second' * i AS insert_time,
           CAST('2025-01-01T00:00:00.000000001Z' AS TIMESTAMP) + INTERVAL '1 second' * i AS time,
           'target' || (i % 4) AS target,
           CAST(1 + i %% 6 AS INTEGER) AS level,
           'message ' || i AS msg,
           jsonb_parse('{"zone":"z' || (i %% 5) || '","n":' || (i %% 7) || '}') AS properties,
           CAST(i AS DOUBLE) AS value
    FROM range(%d, %d) AS r(i) ORDER BY i
    """
        .replace("%%", "%")
        .replace("range(%d, %d)", "range(" + first + ", " + (first + rows) + ")");
  }

  Table logs(int files, int rowsPerFile) throws IOException {
    Table table = table("log_entries", LOG_SCHEMA, EventTimeColumns.instant("time"));
    List<Path> paths = new ArrayList<>();
    for (int i = 0; i < files; i++) {
      paths.add(file("log" + i, logRows(i * rowsPerFile, rowsPerFile)));
    }
    table.parts.add(new ScanPart.ParquetFiles(paths));
    return table;
  }

  @Override
  public void close() {
    engine.close();
    allocator.close();
  }
}
