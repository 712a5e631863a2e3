package micromegas.lake.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import micromegas.common.ConflictException;
import micromegas.lake.metadata.ConnectionString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
  @TempDir Path directory;

  @Test
  void commitsAreDurableAndOnlyTheLoopbackInterfaceIsServed() throws SQLException {
    try (EmbeddedPostgres server = start()) {
      assertThat(show(server, "fsync")).isEqualTo("on");
      assertThat(show(server, "synchronous_commit")).isEqualTo("on");
      assertThat(show(server, "full_page_writes")).isEqualTo("on");
      assertThat(show(server, "listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(show(server, "server_encoding")).isEqualTo("UTF8");
    }
  }

  @Test
  void refusesAWrongPassword() throws Exception {
    try (EmbeddedPostgres server = start()) {
      Properties wrong = new Properties();
      wrong.setProperty("user", "micromegas");
      wrong.setProperty("password", "guess");
      assertThatThrownBy(
              () -> DriverManager.getConnection(server.connectionString().jdbcUrl(), wrong))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(directory.resolve("password"))))
          .isEqualTo("rw-------");
      assertThat(directory.resolve("password.initial")).doesNotExist();
    }
  }

  @Test
  void keepsDataAndStartsAgain() throws SQLException {
    try (EmbeddedPostgres server = start()) {
      execute(server, "CREATE TABLE kept AS SELECT 42 AS answer");
    }
    long begin = System.nanoTime();
    try (EmbeddedPostgres server = start()) {
      assertThat(server.adopted()).isFalse();
      assertThat(single(server, "SELECT answer FROM kept")).isEqualTo("42");
    }
    // Nothing is unpacked or created again; the bound leaves room for a busy machine.
    assertThat(System.nanoTime() - begin).isLessThan(20_000_000_000L);
  }

  @Test
  void secondServerOnTheSameDirectoryIsRefused() {
    try (EmbeddedPostgres server = start()) {
      assertThat(server.pid()).isPositive();
      assertThatThrownBy(this::start)
          .isInstanceOf(ConflictException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
    }
  }

  @Test
  void recoversWhenTheServerWasKilled() throws Exception {
    try (EmbeddedPostgres server = start()) {
      execute(server, "CREATE TABLE kept AS SELECT 42 AS answer");
      ProcessHandle postmaster = ProcessHandle.of(server.pid()).orElseThrow();
      postmaster.destroyForcibly();
      postmaster.onExit().get();
    }
    assertThat(directory.resolve("data/postmaster.pid")).exists();
    try (EmbeddedPostgres server = start()) {
      assertThat(single(server, "SELECT answer FROM kept")).isEqualTo("42");
    }
  }

  @Test
  void stalePidFileThatNamesAnInnocentProcessIsNoObstacle() throws Exception {
    start().close();
    Files.write(
        directory.resolve("data/postmaster.pid"),
        List.of(
            Long.toString(ProcessHandle.current().pid()),
            directory.resolve("data").toString(),
            "1700000000",
            "5432"));
    try (EmbeddedPostgres server = start()) {
      assertThat(single(server, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void creationThatWasCutShortIsStartedOver() throws Exception {
    Files.createDirectories(directory.resolve("data.new/base"));
    Files.writeString(directory.resolve("data.new/PG_VERSION"), "18\n");
    try (EmbeddedPostgres server = start()) {
      assertThat(single(server, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void dataOfAnotherMajorVersionIsRefusedByName() throws Exception {
    Files.createDirectories(directory.resolve("data"));
    Files.writeString(directory.resolve("data/PG_VERSION"), "9\n");
    assertThatThrownBy(this::start)
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("PostgreSQL 9")
        .hasMessageContaining(directory.toString());
  }

  private EmbeddedPostgres start() {
    return EmbeddedPostgres.start(EmbeddedPostgresSettings.in(directory));
  }

  private static String show(EmbeddedPostgres server, String setting) throws SQLException {
    return single(server, "SHOW " + setting);
  }

  static String single(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = connect(server.connectionString());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  static void execute(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = connect(server.connectionString());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection connect(ConnectionString address) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", address.user().orElseThrow());
    properties.setProperty("password", address.password().orElseThrow());
    return DriverManager.getConnection(address.jdbcUrl(), properties);
  }
}
