package micromegas.server.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import micromegas.common.MicromegasException;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import org.apache.arrow.memory.RootAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a server that has just started a few questions through its own door, so that classes are
/// loaded and the engine has planned once before the first user asks. Of the range it asks for
/// there is nothing to materialise. A failure is a warning: users will see it for themselves.
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final String ENTRYPOINT = "warm-up";

  /// Every global view, the functions and result types of everyday queries.
  private static final List<String> STATEMENTS =
      List.of(
          "SELECT 1 AS one",
          "SELECT level, target, count(*) AS n FROM log_entries GROUP BY level, target",
          """
          SELECT time, msg, property_get(properties, 'a') AS a FROM log_entries
          WHERE msg LIKE '%a%' ORDER BY time DESC LIMIT 10
          """,
          """
          SELECT date_bin(INTERVAL '1 second', time) AS t, name, avg(value) AS a FROM measures
          GROUP BY t, name
          """,
          "SELECT process_id, exe, start_time, properties FROM processes LIMIT 10",
          "SELECT stream_id, tags FROM streams LIMIT 10",
          "SELECT sum(nb_objects) AS n FROM blocks",
          "SELECT sum(count) AS n FROM log_stats");

  private WarmUp() {}

  /// Asks everything once, then again, until `limit` is over.
  ///
  /// @param uri of the server's FlightSQL door
  /// @return statements that were answered
  static int run(String uri, Duration limit) {
    long begin = System.nanoTime();
    long deadline = begin + limit.toNanos();
    // An hour that no block of a sane clock lies in.
    Instant empty = Instant.parse("2000-01-01T00:00:00Z");
    QueryOptions options =
        new QueryOptions(
            Optional.of(empty),
            Optional.of(empty.plus(Duration.ofHours(1))),
            OptionalLong.empty(),
            ENTRYPOINT);
    int answered = 0;
    try (RootAllocator allocator = new RootAllocator();
        QueryClient client = QueryClient.connect(uri, allocator)) {
      for (int round = 0; round < 2; round++) {
        for (String sql : STATEMENTS) {
          if (System.nanoTime() >= deadline) {
            return answered;
          }
          client.query(sql, options, root -> true);
          answered++;
        }
      }
    } catch (MicromegasException e) {
      LOG.warn("the queries that warm the server up failed: {}", e.getMessage());
    }
    LOG.info("warmed up in {} ms", (System.nanoTime() - begin) / 1_000_000);
    return answered;
  }
}
