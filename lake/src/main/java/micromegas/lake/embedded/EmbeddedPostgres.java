package micromegas.lake.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import micromegas.common.UnavailableException;
import micromegas.lake.metadata.ConnectionString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A PostgreSQL of our own, below one directory:
///
/// | entry | holds |
/// |---|---|
/// | `lock` | held while a program uses the directory; names its process |
/// | `password` | generated once, readable by the owner only |
/// | `data` | the database cluster |
/// | `postgres.log` | what the server prints |
///
/// The server outlives a killed program. The next start adopts it when it runs with the wanted
/// settings and restarts it otherwise. [#close()] stops it cleanly. Thread-safe.
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

  private static final String USER = "micromegas";
  private static final String DATABASE = "postgres";
  private static final int PORT_ATTEMPTS = 5;

  private final DirectoryLock lock;
  private final PostgresCluster cluster;
  private final EmbeddedPostgresSettings settings;
  private final String password;
  private final int port;
  private final boolean adopted;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedPostgres(
      DirectoryLock lock,
      PostgresCluster cluster,
      EmbeddedPostgresSettings settings,
      String password,
      int port,
      boolean adopted) {
    this.lock = lock;
    this.cluster = cluster;
    this.settings = settings;
    this.password = password;
    this.port = port;
    this.adopted = adopted;
  }

  /// Starts or adopts the server of the directory and returns when it answers.
  ///
  /// @throws micromegas.common.ConflictException when another program uses the directory
  /// @throws UnavailableException when the server cannot run: full disk, no binaries, other version
  public static EmbeddedPostgres start(EmbeddedPostgresSettings settings) {
    Path directory = settings.directory().toAbsolutePath().normalize();
    DirectoryLock lock = DirectoryLock.acquire(directory);
    try {
      String password = Passwords.loadOrCreate(directory.resolve("password"));
      PostgresCluster cluster =
          new PostgresCluster(
              directory, PostgresBinaries.unpack(settings.unpackFolder()), Unprivileged.detect());
      cluster.initialize(USER, password, settings.startLimit());
      Optional<Integer> left = adopt(cluster, settings, password);
      int port = left.isPresent() ? left.get() : launch(cluster, settings, password);
      return new EmbeddedPostgres(lock, cluster, settings, password, port, left.isPresent());
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /// The port of a server that a killed program left behind, if it suits us.
  private static Optional<Integer> adopt(
      PostgresCluster cluster, EmbeddedPostgresSettings settings, String password) {
    Optional<PostmasterFile> running = cluster.running();
    if (running.isEmpty()) {
      cluster.removeStalePidFile();
      return Optional.empty();
    }
    int port = running.get().port();
    boolean portSuits = settings.port() == 0 || settings.port() == port;
    if (portSuits && runsAsWanted(port, password, settings)) {
      LOG.info("adopted the PostgreSQL of a former run (process {})", running.get().pid());
      return Optional.of(port);
    }
    LOG.info("restarting the PostgreSQL of a former run (process {})", running.get().pid());
    cluster.stop(settings.stopLimit());
    return Optional.empty();
  }

  private static boolean runsAsWanted(
      int port, String password, EmbeddedPostgresSettings settings) {
    try (Connection connection = connect(port, password);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT current_setting('fsync'), current_setting('synchronous_commit'),
                       current_setting('max_connections')::int,
                       pg_size_bytes(current_setting('shared_buffers')) / 1048576
                """)) {
      String durable = settings.durable() ? "on" : "off";
      return row.next()
          && row.getString(1).equals(durable)
          && row.getString(2).equals(durable)
          && row.getInt(3) == settings.maxConnections()
          && row.getInt(4) == settings.sharedBuffersMegabytes();
    } catch (SQLException e) {
      return false;
    }
  }

  private static int launch(
      PostgresCluster cluster, EmbeddedPostgresSettings settings, String password) {
    for (int attempt = 1; ; attempt++) {
      int port = settings.port() == 0 ? freePort() : settings.port();
      Optional<String> failure = cluster.start(options(settings, port), settings.startLimit());
      if (failure.isEmpty()) {
        verify(port, password, cluster);
        return port;
      }
      // Between choosing a free port and using it, somebody else may take it.
      boolean portTaken = failure.get().contains("Address already in use");
      if (!portTaken || settings.port() != 0 || attempt == PORT_ATTEMPTS) {
        throw new UnavailableException(failure.get());
      }
    }
  }

  private static List<String> options(EmbeddedPostgresSettings settings, int port) {
    String durable = settings.durable() ? "on" : "off";
    List<String> options = new ArrayList<>();
    options.add("listen_addresses=127.0.0.1");
    options.add("port=" + port);
    options.add("unix_socket_directories=");
    options.add("fsync=" + durable);
    options.add("full_page_writes=" + durable);
    options.add("synchronous_commit=" + durable);
    options.add("max_connections=" + settings.maxConnections());
    options.add("shared_buffers=" + settings.sharedBuffersMegabytes() + "MB");
    options.add("max_wal_size=1GB");
    // Our statements are short: compiling them costs more than running them.
    options.add("jit=off");
    return options;
  }

  private static void verify(int port, String password, PostgresCluster cluster) {
    try (Connection connection = connect(port, password)) {
      if (!connection.isValid(10)) {
        throw new UnavailableException("the embedded PostgreSQL does not answer on port " + port);
      }
    } catch (SQLException e) {
      cluster.stop(Duration.ofSeconds(10));
      throw new UnavailableException(
          "the embedded PostgreSQL in %s started but refuses us: %s"
              .formatted(cluster.directory(), e.getMessage()),
          e);
    }
  }

  private static Connection connect(int port, String password) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", USER);
    properties.setProperty("password", password);
    properties.setProperty("loginTimeout", "10");
    return DriverManager.getConnection(url(port, DATABASE), properties);
  }

  private static String url(int port, String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UnavailableException("no free port on the loopback interface", e);
    }
  }

  /// How to reach the default database.
  public ConnectionString connectionString() {
    return connectionString(DATABASE);
  }

  public ConnectionString connectionString(String database) {
    return new ConnectionString(url(port, database), Optional.of(USER), Optional.of(password));
  }

  public int port() {
    return port;
  }

  /// Process id of the server.
  public long pid() {
    return cluster
        .running()
        .map(PostmasterFile::pid)
        .orElseThrow(() -> new UnavailableException("the embedded PostgreSQL is not running"));
  }

  /// Whether the server was left by a former run.
  public boolean adopted() {
    return adopted;
  }

  /// Stops the server: clients are disconnected, everything is on disk afterwards. Data stays.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        cluster.stop(settings.stopLimit());
      } finally {
        lock.close();
      }
    }
  }
}
