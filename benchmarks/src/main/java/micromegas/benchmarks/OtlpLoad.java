package micromegas.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import micromegas.otlp.Signal;

/// Connections that send requests of one kind side by side, and what the server spent on those that
/// were measured. The connections stay open from measurement to measurement. Used by one thread.
final class OtlpLoad implements AutoCloseable {
  private final ServerProcess server;
  private final String name;
  private final List<Client> clients;
  private final ExecutorService threads;
  private long allRequests;
  private long measuredRequests;
  private long measuredNanos;
  private Duration serverCpu = Duration.ZERO;
  private Duration postgresCpu = Duration.ZERO;

  private record Client(OtlpSender sender, OtlpRequests requests) {
    long sendUntil(long deadline) throws IOException {
      long sent = 0;
      while (System.nanoTime() < deadline) {
        sender.export(requests.next());
        sent++;
      }
      return sent;
    }
  }

  /// Means over the requests that were measured.
  ///
  /// @param requestRate requests per second
  /// @param serverSeconds CPU time of the server per request
  /// @param postgresSeconds CPU time of its PostgreSQL per request
  record Cost(double requestRate, double serverSeconds, double postgresSeconds) {}

  private OtlpLoad(ServerProcess server, String name, List<Client> clients) {
    this.server = server;
    this.name = name;
    this.clients = clients;
    this.threads = Executors.newFixedThreadPool(clients.size());
  }

  /// Opens the connections.
  ///
  /// @param records in each request
  /// @param firstClient number of the first connection; each has a number of its own, so that no
  ///   request repeats another
  static OtlpLoad open(
      ServerProcess server,
      Signal signal,
      boolean grpc,
      int records,
      int connections,
      int firstClient)
      throws IOException {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      OtlpSender sender =
          grpc ? OtlpSender.grpc(server.grpc(), signal) : OtlpSender.http(server.http(), signal);
      clients.add(new Client(sender, new OtlpRequests(signal, records, firstClient + i)));
    }
    return new OtlpLoad(server, signal.label() + (grpc ? ", gRPC" : ", HTTP"), clients);
  }

  String name() {
    return name;
  }

  /// Requests so far, measured or not; all of them have been acknowledged.
  long allRequests() {
    return allRequests;
  }

  /// Sends for some time. The result is the number of requests.
  long send(int seconds) throws Exception {
    long deadline = System.nanoTime() + seconds * 1_000_000_000L;
    List<Future<Long>> running = new ArrayList<>();
    for (Client client : clients) {
      Callable<Long> sending = () -> client.sendUntil(deadline);
      running.add(threads.submit(sending));
    }
    long requests = 0;
    for (Future<Long> sent : running) {
      requests += sent.get();
    }
    allRequests += requests;
    return requests;
  }

  /// Sends for some time and adds that to the cost.
  void measure(int seconds) throws Exception {
    Duration server = this.server.cpu();
    Duration postgres = this.server.postgresCpu();
    long start = System.nanoTime();
    measuredRequests += send(seconds);
    measuredNanos += System.nanoTime() - start;
    serverCpu = serverCpu.plus(this.server.cpu().minus(server));
    postgresCpu = postgresCpu.plus(this.server.postgresCpu().minus(postgres));
  }

  Cost cost() {
    double requests = measuredRequests;
    return new Cost(
        requests / (measuredNanos / 1e9),
        serverCpu.toNanos() / 1e9 / requests,
        postgresCpu.toNanos() / 1e9 / requests);
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    for (Client client : clients) {
      client.sender().close();
    }
  }
}
