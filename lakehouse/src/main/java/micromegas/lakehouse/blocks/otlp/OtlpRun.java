package micromegas.lakehouse.blocks.otlp;

import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.jsonb.JsonbBuilder;
import micromegas.otlp.ProtoReader;

/// One pass over one block: what the decoders of all signals read with, and what they build. A
/// field that a record does not have is an empty range of its bytes. Hot code.
abstract class OtlpRun {
  final OtlpBlock block;
  final ColumnBatch out;
  final OtlpScratch scratch;

  /// Log records, metrics or spans, with their scopes.
  final RecordCursor records;

  /// The record, or the data point, that is read.
  final ProtoReader record;

  /// A message inside of it.
  final ProtoReader part;

  final JsonbBuilder json;

  /// Documents of this block by the bytes that they are made of.
  final DocumentCache documents;

  final byte[] bytes;

  /// From the first to the last attribute of the record or data point, other fields between them
  /// included.
  int attributesBegin;

  int attributesEnd;

  OtlpRun(OtlpBlock block, ColumnBatch out) {
    this.block = block;
    this.out = out;
    scratch = block.scratch();
    records = scratch.records;
    record = scratch.record;
    part = scratch.part;
    json = scratch.json;
    documents = scratch.documents;
    bytes = records.bytes();
    documents.begin(bytes);
  }

  /// Appends the rows of all records, and widens the bounds of the batch.
  abstract void read();

  final void forgetAttributes() {
    attributesBegin = 0;
    attributesEnd = 0;
  }

  /// The field that [#record] stands at is an attribute.
  final void attribute() {
    attributesBegin = attributesEnd == 0 ? record.fieldBegin() : attributesBegin;
    attributesEnd = record.end();
  }

  /// Ends the document that is being built and puts it into `column`.
  ///
  /// @return its index
  final int endDocument(DictionaryColumn column) {
    json.end();
    scratch.budget.take(json.length());
    return column.intern(json.document(), 0, json.length());
  }
}
