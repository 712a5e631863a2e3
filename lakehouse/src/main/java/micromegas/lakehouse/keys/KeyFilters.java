package micromegas.lakehouse.keys;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import micromegas.common.UnavailableException;

/// The filters of partition files, in PostgreSQL. A look-up reads 32 bytes of each. Thread-safe.
///
/// Methods throw [UnavailableException] when PostgreSQL does not answer.
public final class KeyFilters {
  private static final String PUT =
      """
      INSERT INTO micromegas_java.key_filters (file_path, blocks, filter, created_at)
      VALUES (?, ?, ?, ?)
      ON CONFLICT (file_path) DO UPDATE
      SET blocks = excluded.blocks, filter = excluded.filter, created_at = excluded.created_at
      """;

  /// The product of the upper half of the hash with the number of blocks stays below 2^63.
  private static final String LOOK_UP =
      """
      SELECT file_path, substr(filter, (?::bigint * blocks >> 32)::int * 32 + 1, 32)
      FROM micromegas_java.key_filters WHERE file_path = ANY(?)
      """;

  private final DataSource dataSource;
  private final Clock clock;

  public KeyFilters(DataSource dataSource, Clock clock) {
    this.dataSource = dataSource;
    this.clock = clock;
  }

  /// Stores the filter of a file, before its partition becomes visible.
  public void put(String filePath, byte[] filter) {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(PUT)) {
      statement.setString(1, filePath);
      statement.setInt(2, filter.length / KeyFilter.BLOCK_BYTES);
      statement.setBytes(3, filter);
      statement.setObject(
          4, clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
      statement.executeUpdate();
    } catch (SQLException e) {
      throw new UnavailableException(
          "PostgreSQL could not store the key filter of " + filePath + ": " + e.getMessage(), e);
    }
  }

  /// The files among `filePaths` whose filter rules all of the keys out. Files without a filter are
  /// never among them.
  public Set<String> without(Collection<String> filePaths, Collection<ByteBuffer> keys) {
    Set<String> ruledOut = new HashSet<>(filePaths);
    List<String> left = new ArrayList<>(filePaths);
    Set<String> filtered = new HashSet<>();
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(LOOK_UP)) {
      for (ByteBuffer key : keys) {
        byte[] bytes = new byte[key.remaining()];
        key.duplicate().get(bytes);
        long hash = KeyFilter.hash(bytes);
        statement.setLong(1, hash >>> 32);
        statement.setArray(2, connection.createArrayOf("text", left.toArray()));
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            filtered.add(rows.getString(1));
            if (KeyFilter.mayHold(rows.getBytes(2), hash)) {
              ruledOut.remove(rows.getString(1));
            }
          }
        }
      }
      ruledOut.retainAll(filtered);
      return ruledOut;
    } catch (SQLException e) {
      throw new UnavailableException("PostgreSQL could not look up keys: " + e.getMessage(), e);
    }
  }
}
