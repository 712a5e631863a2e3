package micromegas.lakehouse.blocks.otlp;

import micromegas.common.CorruptDataException;
import micromegas.lake.envelope.ByteSlice;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.otlp.Signal;
import micromegas.transit.CorruptBlockException;

/// The frame of the decoders of OpenTelemetry blocks: opens the block, lets the view set read its
/// records, and leaves no row of a block that turns out to be corrupt. The reference rejects the
/// whole block too when any record in it cannot be decoded.
abstract class OtlpBlockProcessor implements BlockProcessor {
  private final Signal signal;
  private final int version;

  OtlpBlockProcessor(Signal signal, int version) {
    this.signal = signal;
    this.version = version;
  }

  @Override
  public final int version() {
    return version;
  }

  @Override
  public final void process(
      SourceBlock source, byte[] payload, ColumnBatch out, DecodeScratch scratch) {
    ColumnBatch.Mark mark = out.mark();
    boolean done = false;
    try {
      String format = source.stream().info().format();
      if (!format.equals(signal.format())) {
        throw new CorruptDataException("format " + format + " is not " + signal.format());
      }
      ByteSlice message = PayloadCodec.slices(payload).objects();
      OtlpScratch own = scratch.part(OtlpScratch.class, OtlpScratch::new);
      own.open(message.array(), message.offset(), message.offset() + message.length());
      run(new OtlpBlock(source, scratch, own), out).read();
      done = true;
    } catch (CorruptBlockException | CorruptDataException e) {
      throw new CorruptDataException(
          "block "
              + source.block().info().blockId()
              + " of stream "
              + source.stream().info().streamId()
              + ": "
              + e.getMessage(),
          e);
    } finally {
      if (!done) {
        out.rollback(mark);
      }
    }
  }

  /// One pass over `block`; its `read` throws [CorruptDataException] or [CorruptBlockException] at
  /// the first record that cannot be read.
  abstract OtlpRun run(OtlpBlock block, ColumnBatch out);
}
