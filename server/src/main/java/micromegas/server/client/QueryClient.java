package micromegas.server.client;

import java.net.URI;
import java.net.URISyntaxException;
import micromegas.common.BadRequestException;
import micromegas.common.MicromegasException;
import micromegas.common.NotFoundException;
import micromegas.common.ResourceExhaustedException;
import micromegas.common.UnavailableException;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/// Sends SQL to a FlightSQL server. Thread-safe.
public final class QueryClient implements AutoCloseable {
  private final FlightSqlClient client;

  private QueryClient(FlightSqlClient client) {
    this.client = client;
  }

  /// @param uri `grpc://host:port`, `grpc+tls://host:port`, or the same with http and https
  /// @throws BadRequestException for another form
  public static QueryClient connect(String uri, BufferAllocator allocator) {
    try {
      URI parsed = new URI(uri);
      String scheme = parsed.getScheme() == null ? "" : parsed.getScheme();
      String host = parsed.getHost();
      if (host == null || parsed.getPort() < 0) {
        throw new BadRequestException("uri: '" + uri + "' is not of the form grpc://host:port");
      }
      Location location =
          switch (scheme) {
            case "grpc", "http", "grpc+tcp" -> Location.forGrpcInsecure(host, parsed.getPort());
            case "https", "grpc+tls" -> Location.forGrpcTls(host, parsed.getPort());
            default ->
                throw new BadRequestException(
                    "uri: scheme '" + scheme + "' is neither grpc nor grpc+tls");
          };
      return new QueryClient(
          new FlightSqlClient(FlightClient.builder(allocator, location).build()));
    } catch (URISyntaxException e) {
      throw new BadRequestException("uri: '" + uri + "' is not of the form grpc://host:port", e);
    }
  }

  /// Receives the batches of one result, in order.
  public interface BatchConsumer {
    /// Called for each batch; `root` is valid during the call only. Called once with no rows when
    /// the result is empty, so that the columns are known.
    ///
    /// @return false to stop reading
    boolean accept(VectorSchemaRoot root);
  }

  /// Runs `sql` and hands every batch to `consumer`.
  ///
  /// @throws MicromegasException as the server reported
  public void query(String sql, QueryOptions options, BatchConsumer consumer) {
    FlightCallHeaders headers = new FlightCallHeaders();
    headers.insert("x-client-type", "java");
    headers.insert("x-client-entrypoint", options.entrypoint());
    if (options.begin().isPresent() && options.end().isPresent()) {
      headers.insert("query_range_begin", options.begin().get().toString());
      headers.insert("query_range_end", options.end().get().toString());
    }
    if (options.limit().isPresent()) {
      headers.insert("limit", Long.toString(options.limit().getAsLong()));
    }
    HeaderCallOption option = new HeaderCallOption(headers);
    try {
      FlightInfo info = client.execute(sql, option);
      try (FlightStream stream =
          client.getStream(info.getEndpoints().getFirst().getTicket(), option)) {
        boolean any = false;
        while (stream.next()) {
          any = true;
          if (!consumer.accept(stream.getRoot())) {
            stream.cancel("enough", null);
            return;
          }
        }
        if (!any) {
          consumer.accept(stream.getRoot());
        }
      }
    } catch (FlightRuntimeException e) {
      throw translate(e);
    } catch (MicromegasException e) {
      throw e;
    } catch (Exception e) {
      throw new UnavailableException("cannot read the result: " + e.getMessage(), e);
    }
  }

  private static MicromegasException translate(FlightRuntimeException e) {
    String description = e.status().description();
    String message = description == null ? e.status().code().toString() : description;
    return switch (e.status().code()) {
      case INVALID_ARGUMENT, UNIMPLEMENTED -> new BadRequestException(message, e);
      case NOT_FOUND -> new NotFoundException(message, e);
      case RESOURCE_EXHAUSTED -> new ResourceExhaustedException(message, e);
      case UNAVAILABLE ->
          new UnavailableException(
              "cannot reach the server (is `./micromegas serve` running?): " + message, e);
      default -> new UnavailableException(message, e);
    };
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (Exception e) {
      throw new UnavailableException("cannot close the connection: " + e.getMessage(), e);
    }
  }
}
