package micromegas.server.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The public Arrow Flight SQL JDBC driver against our server.
class JdbcTest {
  @TempDir static Path folder;
  private static FlightDoor door;
  private static Connection connection;

  @BeforeAll
  static void connect() throws SQLException {
    door = new FlightDoor(folder);
    connection =
        DriverManager.getConnection(
            "jdbc:arrow-flight-sql://127.0.0.1:" + door.server.port() + "/?useEncryption=false");
  }

  @AfterAll
  static void close() throws Exception {
    connection.close();
    door.close();
  }

  @Test
  void statementsGiveTypedRows() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT time, target, msg, value FROM events ORDER BY time")) {
      int count = 0;
      while (rows.next()) {
        if (count == 11) {
          assertThat(rows.getTimestamp("time").toInstant()).hasToString("2026-01-01T00:00:11Z");
          assertThat(rows.getString("target")).isEqualTo("target3");
          assertThat(rows.getString("msg")).isEqualTo("message 11");
          assertThat(rows.getDouble("value")).isEqualTo(11.0);
        }
        if (count == 10) {
          assertThat(rows.getString("msg")).isNull();
          assertThat(rows.wasNull()).isTrue();
        }
        count++;
      }
      assertThat(count).isEqualTo(FlightDoor.ROWS);
    }
  }

  @Test
  void preparedStatementsRunMoreThanOnce() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT count(*) AS n FROM events WHERE value < 100")) {
      for (int i = 0; i < 3; i++) {
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getLong("n")).isEqualTo(100);
          assertThat(rows.next()).isFalse();
        }
      }
      assertThat(statement.getMetaData().getColumnName(1)).isEqualTo("n");
    }
  }

  @Test
  void metadataListsTables() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet rows = connection.getMetaData().getTables(null, null, "%", null)) {
      while (rows.next()) {
        tables.add(rows.getString("TABLE_NAME"));
      }
    }
    List<String> columns = new ArrayList<>();
    try (ResultSet rows = connection.getMetaData().getColumns(null, null, "events", "%")) {
      while (rows.next()) {
        columns.add(rows.getString("COLUMN_NAME"));
      }
    }

    assertThat(tables).contains("events", "absent");
    assertThat(columns).containsExactly("time", "target", "msg", "value");
  }

  @Test
  void errorsNameTheQuery() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("SELECT nothing FROM events"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("nothing")
          .hasMessageContaining("query_id=");
    }
  }
}
