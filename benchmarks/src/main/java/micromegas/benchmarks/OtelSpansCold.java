package micromegas.benchmarks;

import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import micromegas.ingestion.Caller;
import micromegas.ingestion.otlp.OtlpIngestion;
import micromegas.ingestion.otlp.OtlpSettings;
import micromegas.lakehouse.view.OtelSpansViewMaker;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.ProtoWriter;
import micromegas.otlp.Signal;
import micromegas.otlp.identity.OtlpIds;
import micromegas.otlp.identity.ResourceAttributes;

/// How long the first query of a process's OpenTelemetry spans takes: PostgreSQL and objects on
/// disk, decoding, Parquet, the query. The reference has no figure for it, so it is compared with
/// decoding the same messages by the generated classes, on one core and without anything else.
final class OtelSpansCold {
  private OtelSpansCold() {}

  /// @param messages of 512 spans each
  /// @param decodeNanos what the plain decoder takes for them
  static void report(List<byte[]> messages, double decodeNanos, int runs) throws Exception {
    long rows = (long) messages.size() * OtlpWorkload.RECORDS;
    long[] cold = new long[runs];
    try (BenchLake lake = new BenchLake()) {
      lake.run("SELECT 1", lake.lakehouse.catalog(), false);
      OtlpIngestion ingestion =
          new OtlpIngestion(lake.ingestion, OtlpSettings.DEFAULTS, Clock.systemUTC());
      for (int run = 0; run < runs; run++) {
        ProtoWriter resource = resource(run);
        for (byte[] message : messages) {
          byte[] request = request(resource, message);
          CheckFailedException.requireEqual(
              "rejected spans",
              0L,
              ingestion
                  .export(Signal.TRACES, request, 0, request.length, Caller.ANONYMOUS)
                  .rejected());
        }
        UUID process =
            OtlpIds.process(
                ResourceAttributes.read(resource.array(), 0, resource.size()),
                Caller.ANONYMOUS.audience());
        String spans = "view_instance('" + OtelSpansViewMaker.VIEW_SET + "', '" + process + "')";
        cold[run] =
            Measure.time(() ->
                lake.run("SELECT count(*) AS n FROM " + spans, lake.lakehouse.catalog(), false));
        CheckFailedException.requireEqual(
            "whether all spans are there",
            1L,
            lake.run(
                    "SELECT n FROM (SELECT count(*) AS n FROM " + spans + ") WHERE n = " + rows,
                    lake.lakehouse.catalog(),
                    false)
                .rows());
      }
    }
    double median = Measure.median(cold);
    Table table =
        new Table(
            "first count(*) of view_instance",
            "rows",
            "first run",
            "median",
            "rows/s",
            "generated classes, decoding alone",
            "that/ours");
    table.row(
        OtelSpansViewMaker.VIEW_SET,
        String.format(Locale.ROOT, "%,d", rows),
        Measure.seconds(cold[0]),
        Measure.seconds(median),
        String.format(Locale.ROOT, "%,.0f", rows / (median / 1e9)),
        Measure.seconds(decodeNanos),
        Measure.ratio(decodeNanos / median));
    table.print();
  }

  /// A process of its own for each run, so that nothing of it is materialised.
  private static ProtoWriter resource(int run) {
    ProtoWriter value = new ProtoWriter();
    value.string(OtlpTags.AnyValue.STRING_VALUE >>> 3, "run " + run);
    ProtoWriter pair = new ProtoWriter();
    pair.string(OtlpTags.KeyValue.KEY >>> 3, "service.instance.id");
    nested(pair, OtlpTags.KeyValue.VALUE, value.array(), value.size());
    ProtoWriter resource = new ProtoWriter();
    nested(resource, OtlpTags.Resource.ATTRIBUTES, pair.array(), pair.size());
    return resource;
  }

  /// @param message without a resource
  private static byte[] request(ProtoWriter resource, byte[] message) {
    ProtoWriter whole = new ProtoWriter();
    nested(whole, OtlpTags.ResourceSignal.RESOURCE, resource.array(), resource.size());
    whole.raw(message, 0, message.length);
    ProtoWriter request = new ProtoWriter();
    nested(request, OtlpTags.ExportRequest.RESOURCES, whole.array(), whole.size());
    return request.toByteArray();
  }

  private static void nested(ProtoWriter out, int tag, byte[] content, int size) {
    out.tag(tag >>> 3, ProtoReader.LENGTH_DELIMITED);
    out.bytes(content, 0, size);
  }
}
