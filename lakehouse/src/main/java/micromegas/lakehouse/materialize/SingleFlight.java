package micromegas.lakehouse.materialize;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.sql.DataSource;
import micromegas.common.UnavailableException;
import micromegas.lakehouse.view.ViewId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets one builder at a time work on a key, in this process and in all processes of the lake, so
/// that a cold partition is built once however many ask for it. Thread-safe.
///
/// This saves work; it is not what keeps the lake consistent (the commit is). The work must look
/// again whether there is still something to do, since whoever held the key before may have done
/// it:
///
/// ```java
/// flight.run(SingleFlight.key(view, begin), () -> isCurrent() ? found() : build());
/// ```
///
/// In the process the key is a fair lock. Between processes it is a PostgreSQL advisory lock of
/// session level in the form of two integers, which no other lock of the lake uses; one connection
/// holds all locks of the process and goes back to the pool when none is held. A key can be taken
/// again by the thread that has it. Sessions must survive between statements: no pooler in
/// transaction mode between us and PostgreSQL.
public final class SingleFlight {
  /// First integer of every advisory lock taken here: "mmgj".
  public static final int LOCK_CLASS = 0x6d6d676a;

  /// Longest wait for another process, after which the work starts anyway: a partition that is
  /// built twice costs time, one that is never built blocks queries.
  public static final Duration DEFAULT_MAX_WAIT = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(SingleFlight.class);
  private static final long FIRST_PAUSE_MILLIS = 5;
  private static final long LONGEST_PAUSE_MILLIS = 200;

  private final Optional<DataSource> dataSource;
  private final Duration maxWait;
  private final Map<String, Flight> flights = new HashMap<>(); // guarded by itself
  private final ReentrantLock sessionLock = new ReentrantLock();
  private @Nullable Connection session; // guarded by sessionLock
  private int locksHeld; // guarded by sessionLock

  public SingleFlight(DataSource dataSource) {
    this(dataSource, DEFAULT_MAX_WAIT);
  }

  public SingleFlight(DataSource dataSource, Duration maxWait) {
    this(Optional.of(dataSource), maxWait);
  }

  private SingleFlight(Optional<DataSource> dataSource, Duration maxWait) {
    this.dataSource = dataSource;
    this.maxWait = maxWait;
  }

  /// For a lake that no other process uses: builders wait for each other in this process only.
  public static SingleFlight inProcess() {
    return new SingleFlight(Optional.empty(), DEFAULT_MAX_WAIT);
  }

  /// The key for building partitions of `view` that begin in the hour of `beginInsertTime`. Builds
  /// inside one hour wait for each other even when their bounds differ, since they would retire
  /// each other.
  public static String key(ViewId view, Instant beginInsertTime) {
    return view + "@" + beginInsertTime.truncatedTo(ChronoUnit.HOURS);
  }

  /// Runs `work` while this thread alone has the key.
  ///
  /// @throws UnavailableException when interrupted while waiting (the interrupt flag stays set), or
  ///   when PostgreSQL does not answer
  public <T> T run(String key, Supplier<T> work) {
    Flight flight = enter(key);
    try {
      flight.lock.lockInterruptibly();
      try {
        if (flight.lock.getHoldCount() > 1) {
          return work.get();
        }
        Optional<Connection> holder =
            dataSource.isPresent() ? lockForCluster(dataSource.get(), key) : Optional.empty();
        try {
          return work.get();
        } finally {
          holder.ifPresent(connection -> unlockForCluster(key, connection));
        }
      } finally {
        flight.lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while waiting for another build of " + key, e);
    } finally {
      leave(key, flight);
    }
  }

  /// @return the connection that holds the lock; empty when the wait was too long
  private Optional<Connection> lockForCluster(DataSource source, String key)
      throws InterruptedException {
    long deadline = System.nanoTime() + maxWait.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      Optional<Connection> holder = tryLock(source, key);
      if (holder.isPresent()) {
        return holder;
      }
      if (System.nanoTime() - deadline > 0) {
        LOG.warn("another process has been building {} for {}; building it here too", key, maxWait);
        return Optional.empty();
      }
      TimeUnit.MILLISECONDS.sleep(pause);
      pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
    }
  }

  private Optional<Connection> tryLock(DataSource source, String key) {
    sessionLock.lock();
    try {
      Connection connection = session;
      if (connection == null) {
        connection = source.getConnection();
        connection.setAutoCommit(true);
        session = connection;
      }
      boolean locked = call(connection, "SELECT pg_try_advisory_lock(?, ?)", key);
      if (locked) {
        locksHeld++;
        return Optional.of(connection);
      }
      return Optional.empty();
    } catch (SQLException e) {
      dropSession();
      throw new UnavailableException("cannot take the advisory lock of " + key, e);
    } finally {
      closeIdleSession();
      sessionLock.unlock();
    }
  }

  private void unlockForCluster(String key, Connection holder) {
    sessionLock.lock();
    try {
      if (session != holder) {
        return; // that connection broke, and its locks went with it
      }
      locksHeld--;
      if (!call(holder, "SELECT pg_advisory_unlock(?, ?)", key)) {
        LOG.warn("the advisory lock of {} was lost while building", key);
      }
    } catch (SQLException e) {
      LOG.warn("cannot release the advisory lock of {}; closing its connection", key, e);
      dropSession();
    } finally {
      closeIdleSession();
      sessionLock.unlock();
    }
  }

  private void closeIdleSession() {
    if (session != null && locksHeld <= 0) {
      try {
        session.close();
      } catch (SQLException e) {
        LOG.debug("closing the connection of the advisory locks", e);
      }
      session = null;
      locksHeld = 0;
    }
  }

  /// Ends the session for good: a connection that only went back to the pool would keep its locks,
  /// and one that was only aborted would keep its place in the pool.
  private void dropSession() {
    if (session != null) {
      try (Connection connection = session) {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("aborting the connection of the advisory locks", e);
      }
      session = null;
      locksHeld = 0;
    }
  }

  private static boolean call(Connection connection, String sql, String key) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, LOCK_CLASS);
      statement.setInt(2, key.hashCode());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private Flight enter(String key) {
    synchronized (flights) {
      Flight flight = flights.computeIfAbsent(key, k -> new Flight());
      flight.users++;
      return flight;
    }
  }

  private void leave(String key, Flight flight) {
    synchronized (flights) {
      flight.users--;
      if (flight.users == 0) {
        flights.remove(key);
      }
    }
  }

  private static final class Flight {
    final ReentrantLock lock = new ReentrantLock(true);
    int users; // guarded by flights
  }
}
