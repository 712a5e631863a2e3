package micromegas.lake.metadata;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.TypeMetadataCodec;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;

/// The telemetry tables in PostgreSQL. Concurrent block inserts share statements ([GroupCommit]).
/// Over-long process text is cut and characters that PostgreSQL cannot keep are replaced, both with
/// a warning. Thread-safe.
public final class PostgresMetadataStore implements MetadataStore {
  private static final String PROPERTIES =
      """
      (SELECT coalesce(array_agg(ROW(p.k, p.v)::micromegas_property), '{}')
       FROM unnest(?::text[], ?::text[]) AS p(k, v))\
      """;
  private static final String INSERT_PROCESS =
      """
      INSERT INTO processes (process_id, exe, username, realname, computer, distro, cpu_brand,
        tsc_frequency, start_time, start_ticks, insert_time, parent_process_id, properties)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, %s)
      ON CONFLICT (process_id) DO NOTHING
      """
          .formatted(PROPERTIES);
  private static final String INSERT_STREAM =
      """
      INSERT INTO streams (stream_id, process_id, dependencies_metadata, objects_metadata, tags,
        insert_time, format, properties)
      VALUES (?, ?, ?, ?, ?, ?, ?, %s)
      ON CONFLICT (stream_id) DO NOTHING
      """
          .formatted(PROPERTIES);
  private static final String FIND_PROCESS =
      """
      SELECT *, ARRAY(SELECT p.key FROM unnest(properties) p) AS property_keys,
             ARRAY(SELECT p.value FROM unnest(properties) p) AS property_values
      FROM processes WHERE process_id = ?
      """;
  private static final String FIND_STREAM =
      """
      SELECT *, ARRAY(SELECT p.key FROM unnest(properties) p) AS property_keys,
             ARRAY(SELECT p.value FROM unnest(properties) p) AS property_values
      FROM streams WHERE stream_id = ?
      """;

  private final DataSource dataSource;
  private final DataSource inserts;
  private final BlockInserts blocks;

  public PostgresMetadataStore(Database database, DatabaseSettings settings) {
    this(database.dataSource(), database.ingestion(), settings);
  }

  /// @param inserts connections for inserts; may be `dataSource`
  public PostgresMetadataStore(
      DataSource dataSource, DataSource inserts, DatabaseSettings settings) {
    this.dataSource = dataSource;
    this.inserts = inserts;
    this.blocks = new BlockInserts(inserts, settings);
  }

  @Override
  public boolean insertProcess(StoredProcess process) {
    ProcessInfo info = process.info();
    UUID id = info.processId();
    try (Connection connection = inserts.getConnection();
        PreparedStatement insert = connection.prepareStatement(INSERT_PROCESS)) {
      insert.setObject(1, id);
      insert.setString(2, StoredText.processColumn(info.exe(), id, "exe"));
      insert.setString(3, StoredText.processColumn(info.username(), id, "username"));
      insert.setString(4, StoredText.processColumn(info.realname(), id, "realname"));
      insert.setString(5, StoredText.processColumn(info.computer(), id, "computer"));
      insert.setString(6, StoredText.processColumn(info.distro(), id, "distro"));
      insert.setString(7, StoredText.processColumn(info.cpuBrand(), id, "cpu_brand"));
      insert.setLong(8, info.tscFrequency());
      insert.setObject(9, SqlTime.truncated(info.startTime()));
      insert.setLong(10, info.startTicks());
      insert.setObject(11, SqlTime.truncated(process.insertTime()));
      insert.setObject(12, info.parentProcessId().orElse(null), java.sql.Types.OTHER);
      bindProperties(connection, insert, 13, info.properties(), id);
      return insert.executeUpdate() == 1;
    } catch (SQLException e) {
      throw SqlErrors.translate(e, "insert process " + id);
    }
  }

  @Override
  public boolean insertStream(StoredStream stream) {
    StreamInfo info = stream.info();
    UUID id = info.streamId();
    try (Connection connection = inserts.getConnection();
        PreparedStatement insert = connection.prepareStatement(INSERT_STREAM)) {
      insert.setObject(1, id);
      insert.setObject(2, info.processId());
      insert.setBytes(3, TypeMetadataCodec.encode(info.dependenciesMetadata()));
      insert.setBytes(4, TypeMetadataCodec.encode(info.objectsMetadata()));
      String[] tags =
          info.tags().stream()
              .map(tag -> StoredText.storable(tag, id, "tag"))
              .toArray(String[]::new);
      insert.setArray(5, connection.createArrayOf("text", tags));
      insert.setObject(6, SqlTime.truncated(stream.insertTime()));
      insert.setString(7, StoredText.storable(info.format(), id, "format"));
      bindProperties(connection, insert, 8, info.properties(), id);
      return insert.executeUpdate() == 1;
    } catch (SQLException e) {
      throw SqlErrors.translate(e, "insert stream " + id);
    }
  }

  @Override
  public boolean insertBlock(StoredBlock block) {
    return blocks.insert(block);
  }

  @Override
  public Optional<StoredProcess> findProcess(UUID processId) {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement select = connection.prepareStatement(FIND_PROCESS)) {
      select.setObject(1, processId);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(process(row)) : Optional.empty();
      }
    } catch (SQLException e) {
      throw SqlErrors.translate(e, "find process " + processId);
    }
  }

  @Override
  public Optional<StoredStream> findStream(UUID streamId) {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement select = connection.prepareStatement(FIND_STREAM)) {
      select.setObject(1, streamId);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(stream(row)) : Optional.empty();
      }
    } catch (SQLException e) {
      throw SqlErrors.translate(e, "find stream " + streamId);
    }
  }

  @Override
  public DataSource dataSource() {
    return dataSource;
  }

  private static StoredProcess process(ResultSet row) throws SQLException {
    return new StoredProcess(
        new ProcessInfo(
            row.getObject("process_id", UUID.class),
            text(row, "exe"),
            text(row, "username"),
            text(row, "realname"),
            text(row, "computer"),
            text(row, "distro"),
            text(row, "cpu_brand"),
            row.getLong("tsc_frequency"),
            SqlTime.readOrEpoch(row, "start_time"),
            row.getLong("start_ticks"),
            Optional.ofNullable(row.getObject("parent_process_id", UUID.class)),
            properties(row)),
        SqlTime.readOrEpoch(row, "insert_time"));
  }

  private static StoredStream stream(ResultSet row) throws SQLException {
    return new StoredStream(
        new StreamInfo(
            row.getObject("process_id", UUID.class),
            row.getObject("stream_id", UUID.class),
            TypeMetadataCodec.decode(bytes(row, "dependencies_metadata")),
            TypeMetadataCodec.decode(bytes(row, "objects_metadata")),
            strings(row, "tags"),
            properties(row),
            text(row, "format")),
        SqlTime.readOrEpoch(row, "insert_time"));
  }

  private static void bindProperties(
      Connection connection,
      PreparedStatement insert,
      int index,
      Map<String, String> properties,
      UUID id)
      throws SQLException {
    String[] keys = new String[properties.size()];
    String[] values = new String[properties.size()];
    int i = 0;
    for (Map.Entry<String, String> property : properties.entrySet()) {
      keys[i] = StoredText.storable(property.getKey(), id, "property key");
      values[i] = StoredText.storable(property.getValue(), id, "property " + keys[i]);
      i++;
    }
    insert.setArray(index, connection.createArrayOf("text", keys));
    insert.setArray(index + 1, connection.createArrayOf("text", values));
  }

  private static Map<String, String> properties(ResultSet row) throws SQLException {
    List<String> keys = strings(row, "property_keys");
    List<String> values = strings(row, "property_values");
    Map<String, String> properties = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      properties.put(keys.get(i), values.get(i));
    }
    return properties;
  }

  /// NULL and absent elements read as empty text: no column is declared NOT NULL.
  private static List<String> strings(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    List<String> values = new ArrayList<>();
    if (array != null) {
      for (Object value : (Object[]) array.getArray()) {
        values.add(value == null ? "" : value.toString());
      }
    }
    return values;
  }

  private static String text(ResultSet row, String column) throws SQLException {
    String value = row.getString(column);
    return value == null ? "" : value;
  }

  private static byte[] bytes(ResultSet row, String column) throws SQLException {
    byte[] value = row.getBytes(column);
    return value == null ? new byte[] {(byte) 0x80} : value;
  }
}
