package micromegas.lake.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import micromegas.common.ConflictException;
import micromegas.common.MicromegasException;
import micromegas.lake.embedded.EmbeddedPostgres;
import micromegas.lake.embedded.EmbeddedPostgresSettings;
import micromegas.lake.metadata.ConnectionString;
import micromegas.lake.metadata.Database;
import micromegas.lake.metadata.DatabaseSettings;

/// One PostgreSQL per JVM for all tests, and fresh databases on it in some tens of milliseconds.
///
/// ```java
/// private static final Database database = TestPostgres.freshDatabase();
/// ```
///
/// Its directories stay in the temporary folder between runs (they are reused, with all databases
/// of former runs dropped), so that only the first run pays for creating one.
public final class TestPostgres {
  /// For stores whose blocks have the insert times that a test gives them, however old.
  public static final DatabaseSettings ANY_INSERT_TIME =
      DatabaseSettings.DEFAULT.withInsertLag(Duration.ofDays(100_000));

  private static final int SLOTS = 16;
  private static final String TEMPLATE = "micromegas_template";
  private static final AtomicInteger NEXT = new AtomicInteger();

  private TestPostgres() {}

  /// Started on first use.
  private static final class Shared {
    static final EmbeddedPostgres SERVER = launch();

    private static EmbeddedPostgres launch() {
      EmbeddedPostgres server = startInFreeSlot();
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-test-postgres"));
      execute(server, dropStatements(server));
      execute(server, List.of("CREATE DATABASE " + TEMPLATE));
      Database.open(server.connectionString(TEMPLATE), DatabaseSettings.DEFAULT.withPoolSize(2))
          .close();
      return server;
    }
  }

  /// A connection string to a new database with the newest schemas.
  public static ConnectionString freshConnectionString() {
    return create(" TEMPLATE " + TEMPLATE);
  }

  /// A new database with the newest schemas. The connections stay open until the JVM ends, or until
  /// the caller closes the database.
  public static Database freshDatabase() {
    return Database.open(freshConnectionString(), DatabaseSettings.DEFAULT.withPoolSize(10));
  }

  /// A connection string to a new database without any table.
  public static ConnectionString emptyConnectionString() {
    return create("");
  }

  private static ConnectionString create(String options) {
    EmbeddedPostgres server = Shared.SERVER;
    String name = "test_" + NEXT.incrementAndGet();
    execute(server, List.of("CREATE DATABASE " + name + options));
    return server.connectionString(name);
  }

  private static EmbeddedPostgres startInFreeSlot() {
    Path parent =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "micromegas-test-postgres-" + System.getProperty("user.name"));
    for (int slot = 0; slot < SLOTS; slot++) {
      Path directory = parent.resolve(Integer.toString(slot));
      EmbeddedPostgresSettings settings =
          EmbeddedPostgresSettings.in(directory).withoutDurability();
      try {
        return EmbeddedPostgres.start(settings);
      } catch (ConflictException e) {
        continue; // another test run uses this slot
      } catch (MicromegasException e) {
        // Without durability a crash of the machine may leave a broken cluster: begin anew.
        moveAside(directory.resolve("data"));
        return EmbeddedPostgres.start(settings);
      }
    }
    throw new IllegalStateException(
        "all " + SLOTS + " test servers below " + parent + " are in use");
  }

  private static void moveAside(Path data) {
    try {
      Files.move(data, data.resolveSibling("data.broken." + System.nanoTime()));
    } catch (IOException e) {
      throw new IllegalStateException("cannot move " + data + " aside", e);
    }
  }

  private static List<String> dropStatements(EmbeddedPostgres server) {
    List<String> drops = new ArrayList<>();
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT datname FROM pg_database WHERE datname <> 'postgres' AND NOT datistemplate")) {
      while (rows.next()) {
        drops.add("DROP DATABASE " + rows.getString(1) + " WITH (FORCE)");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return drops;
  }

  private static void execute(EmbeddedPostgres server, List<String> statements) {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Connection connect(EmbeddedPostgres server) throws SQLException {
    ConnectionString address = server.connectionString();
    Properties properties = new Properties();
    properties.setProperty("user", address.user().orElseThrow());
    properties.setProperty("password", address.password().orElseThrow());
    return DriverManager.getConnection(address.jdbcUrl(), properties);
  }
}
