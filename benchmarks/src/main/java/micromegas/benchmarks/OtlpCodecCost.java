package micromegas.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.Optional;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.Signal;
import micromegas.otlp.block.BlockScanner;
import micromegas.otlp.canonical.CanonicalForm;
import micromegas.otlp.identity.OtlpIds;

/// What a request costs before it is stored, in CPU time of one thread: the check of its encoding,
/// the bounds of its block and its id. Without HTTP and stores, so that it shows also on a machine
/// that is busy.
final class OtlpCodecCost {
  private static final byte[] NO_CONTEXT = {};

  /// Requests of a measurement; one that is not counted comes before.
  private static final int REQUESTS = 20_000;

  private OtlpCodecCost() {}

  static void report(int records) {
    Table table = new Table("OTLP, check and id alone", "us/request", "records per CPU-second");
    for (Signal signal : Signal.values()) {
      OtlpRequests requests = new OtlpRequests(signal, records, 0);
      nanos(signal, requests);
      double nanos = nanos(signal, requests);
      table.row(
          signal.label(),
          String.format(Locale.ROOT, "%.1f", nanos / REQUESTS / 1e3),
          String.format(Locale.ROOT, "%,.0f", REQUESTS * records / (nanos / 1e9)));
    }
    table.print();
  }

  private static double nanos(Signal signal, OtlpRequests requests) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    CanonicalForm form = new CanonicalForm();
    BlockScanner scanner = new BlockScanner();
    ProtoReader reader = new ProtoReader();
    long counted = 0;
    long start = threads.getCurrentThreadCpuTime();
    for (int i = 0; i < REQUESTS; i++) {
      byte[] request = requests.next();
      reader.over(request, 0, request.length);
      while (reader.next()) {
        if (reader.tag() == OtlpTags.ExportRequest.RESOURCES) {
          byte[] message = form.of(signal.resource(), request, reader.begin(), reader.end(), 1);
          counted += scanner.scan(signal, message).records();
          // Version 5, so that the hash cannot be left out.
          counted += OtlpIds.block(Optional.empty(), NO_CONTEXT, message).version() - 5;
        }
      }
    }
    long nanos = threads.getCurrentThreadCpuTime() - start;
    CheckFailedException.requireEqual("records", (long) REQUESTS * requests.records(), counted);
    return nanos;
  }
}
