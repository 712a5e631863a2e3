package micromegas.lakehouse.blocks.otlp;

import micromegas.common.CorruptDataException;
import micromegas.lakehouse.blocks.DecodeLimits;
import micromegas.lakehouse.blocks.TextBudget;
import micromegas.lakehouse.jsonb.JsonbBuilder;
import micromegas.otlp.ProtoReader;

/// What one decoding thread keeps from block to block: readers, builders and their buffers. Not
/// thread-safe.
final class OtlpScratch {
  final RecordCursor records = new RecordCursor();
  final TextBudget budget;
  final JsonbBuilder json = new JsonbBuilder();
  final Attributes attributes = new Attributes(json);
  final DocumentCache documents = new DocumentCache();
  final TextAppender text;
  final MetricFields metric = new MetricFields();

  // One reader per level of the messages that the decoders walk themselves.
  final ProtoReader record = new ProtoReader();
  final ProtoReader points = new ProtoReader();
  final ProtoReader part = new ProtoReader();

  private final DecodeLimits limits;
  private int rowsLeft;

  OtlpScratch(DecodeLimits limits) {
    this.limits = limits;
    this.budget = new TextBudget(limits.maxTextBytes());
    this.text = new TextAppender(attributes, json, budget);
  }

  /// Points at the resource message in `bytes[begin, end)`.
  void open(byte[] bytes, int begin, int end) {
    budget.reset();
    rowsLeft = limits.maxRecords();
    json.clear();
    records.open(bytes, begin, end);
  }

  /// Counts a record or data point.
  void takeRecord() {
    if (--rowsLeft < 0) {
      throw new CorruptDataException("more than " + limits.maxRecords() + " records");
    }
  }
}
