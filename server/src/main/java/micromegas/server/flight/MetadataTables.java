package micromegas.server.flight;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import micromegas.query.TableCatalog;
import micromegas.query.TableProvider;
import org.apache.arrow.flight.FlightProducer;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.SqlInfoBuilder;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedTransaction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/// The answers to the metadata commands: one catalog and one schema, both without name, and the
/// tables that are usable by name. Thread-safe.
final class MetadataTables {
  private static final String NO_NAME = "";
  private static final String TABLE_TYPE = "table";

  private final TableCatalog catalog;
  private final BufferAllocator allocator;

  MetadataTables(TableCatalog catalog, BufferAllocator allocator) {
    this.catalog = catalog;
    this.allocator = allocator;
  }

  static Schema tablesSchema(CommandGetTables command) {
    return command.getIncludeSchema()
        ? Schemas.GET_TABLES_SCHEMA
        : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA;
  }

  void sendTables(CommandGetTables command, FrameSink sink) {
    Predicate<String> name =
        like(command.hasTableNameFilterPattern(), command.getTableNameFilterPattern());
    boolean anySchema =
        like(command.hasDbSchemaFilterPattern(), command.getDbSchemaFilterPattern()).test(NO_NAME);
    boolean anyCatalog = !command.hasCatalog() || command.getCatalog().equals(NO_NAME);
    boolean anyType =
        command.getTableTypesCount() == 0 || command.getTableTypesList().contains(TABLE_TYPE);
    List<TableProvider> tables =
        !(anySchema && anyCatalog && anyType)
            ? List.of()
            : catalog.tables().stream()
                .filter(table -> name.test(table.name()))
                .sorted(Comparator.comparing(TableProvider::name))
                .toList();
    try (VectorSchemaRoot root = VectorSchemaRoot.create(tablesSchema(command), allocator)) {
      root.allocateNew();
      for (int row = 0; row < tables.size(); row++) {
        TableProvider table = tables.get(row);
        setText(root, "catalog_name", row, NO_NAME);
        setText(root, "db_schema_name", row, NO_NAME);
        setText(root, "table_name", row, table.name());
        setText(root, "table_type", row, TABLE_TYPE);
        if (command.getIncludeSchema()) {
          ((VarBinaryVector) root.getVector("table_schema"))
              .setSafe(row, ResultSchemas.message(table.schema()).toByteArray());
        }
      }
      root.setRowCount(tables.size());
      send(root, sink);
    }
  }

  void sendCatalogs(FrameSink sink) {
    sendOneRow(Schemas.GET_CATALOGS_SCHEMA, sink, "catalog_name", NO_NAME);
  }

  void sendTableTypes(FrameSink sink) {
    sendOneRow(Schemas.GET_TABLE_TYPES_SCHEMA, sink, "table_type", TABLE_TYPE);
  }

  void sendDbSchemas(boolean matches, FrameSink sink) {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(Schemas.GET_SCHEMAS_SCHEMA, allocator)) {
      root.allocateNew();
      if (matches) {
        setText(root, "catalog_name", 0, NO_NAME);
        setText(root, "db_schema_name", 0, NO_NAME);
      }
      root.setRowCount(matches ? 1 : 0);
      send(root, sink);
    }
  }

  /// An answer without rows: keys of tables, of which there are none.
  void sendNothing(Schema schema, FrameSink sink) {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
      send(root, sink);
    }
  }

  void sendSqlInfo(List<Integer> wanted, FrameSink sink) {
    SqlInfoBuilder builder =
        new SqlInfoBuilder()
            .withFlightSqlServerName("Micromegas Flight SQL Server")
            .withFlightSqlServerVersion("1")
            .withFlightSqlServerArrowVersion("1.3")
            .withFlightSqlServerReadOnly(true)
            .withFlightSqlServerSql(true)
            .withFlightSqlServerSubstrait(false)
            .withFlightSqlServerTransaction(SqlSupportedTransaction.SQL_SUPPORTED_TRANSACTION_NONE)
            .withSqlIdentifierQuoteChar("\"")
            .withSqlKeywords(SqlWords.KEYWORDS.toArray(String[]::new))
            .withSqlNumericFunctions(SqlWords.NUMERIC_FUNCTIONS.toArray(String[]::new))
            .withSqlStringFunctions(SqlWords.STRING_FUNCTIONS.toArray(String[]::new))
            .withSqlSystemFunctions(SqlWords.SYSTEM_FUNCTIONS.toArray(String[]::new))
            .withSqlDatetimeFunctions(SqlWords.DATETIME_FUNCTIONS.toArray(String[]::new));
    builder.send(wanted, new RootCapture(sink));
  }

  static Predicate<String> like(boolean given, String pattern) {
    if (!given) {
      return _ -> true;
    }
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\' && i + 1 < pattern.length()) {
        i++;
        regex.append(Pattern.quote(String.valueOf(pattern.charAt(i))));
      } else if (c == '%') {
        regex.append(".*");
      } else if (c == '_') {
        regex.append('.');
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    Pattern compiled = Pattern.compile(regex.toString(), Pattern.DOTALL);
    return name -> compiled.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  private void sendOneRow(Schema schema, FrameSink sink, String column, String value) {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
      root.allocateNew();
      setText(root, column, 0, value);
      root.setRowCount(1);
      send(root, sink);
    }
  }

  private static void send(VectorSchemaRoot root, FrameSink sink) {
    BatchSender sender = new BatchSender(sink, FlightSettings.DEFAULT_TARGET_BATCH_BYTES);
    sender.sendSchema(root.getSchema(), Set.of());
    sender.send(root);
    sink.complete();
  }

  private static void setText(VectorSchemaRoot root, String column, int row, String value) {
    ((VarCharVector) root.getVector(column)).setSafe(row, value.getBytes(StandardCharsets.UTF_8));
  }

  /// Takes the one batch that the library's builder makes.
  private static final class RootCapture implements FlightProducer.ServerStreamListener {
    private final FrameSink sink;
    private @org.jspecify.annotations.Nullable VectorSchemaRoot root;

    RootCapture(FrameSink sink) {
      this.sink = sink;
    }

    @Override
    public void start(
        VectorSchemaRoot root,
        org.apache.arrow.vector.dictionary.@org.jspecify.annotations.Nullable DictionaryProvider
            provider,
        org.apache.arrow.vector.ipc.message.IpcOption option) {
      this.root = root;
    }

    @Override
    public void putNext() {
      if (root != null) {
        send(root, sink);
      }
    }

    @Override
    public void putNext(org.apache.arrow.memory.ArrowBuf metadata) {
      metadata.close();
      putNext();
    }

    @Override
    public void putMetadata(org.apache.arrow.memory.ArrowBuf metadata) {
      metadata.close();
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public boolean isCancelled() {
      return sink.isCancelled();
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
      sink.whenCancelled(handler);
    }

    @Override
    public void error(Throwable error) {
      sink.fail(FlightErrors.toStatus(error));
    }

    @Override
    public void completed() {
      // Said by send, together with the batch.
    }
  }
}
