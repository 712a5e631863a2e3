package micromegas.lakehouse.parquet;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Reads Parquet files with an engine that shares no code with the writer.
final class DuckDbReader implements AutoCloseable {
  private final Connection connection;

  DuckDbReader() throws SQLException {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    run("SET threads=1");
  }

  void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Rows of a query as lists of values; `$file` stands for the table function on the file.
  List<List<Object>> query(Path file, String sql) throws SQLException {
    List<List<Object>> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(sql.replace("$file", "read_parquet('" + file + "')"))) {
      ResultSetMetaData meta = result.getMetaData();
      while (result.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
          row.add(result.getObject(i));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
