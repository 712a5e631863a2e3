package micromegas.lakehouse.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import micromegas.common.CorruptDataException;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.transit.Lz4FrameReader;

/// Damages blocks in every place: whatever is read leaves columns of one length, or nothing and a
/// [CorruptDataException].
final class DamagedBlocks {
  private static final DecodeScratch SCRATCH = new DecodeScratch();

  private DamagedBlocks() {}

  /// Damage behind the checksums: the uncompressed buffers are cut and changed, then framed again.
  static void sweep(
      BlockProcessor processor, SourceBlock source, byte[] payload, ColumnBatch batch) {
    PayloadCodec.Slices slices = PayloadCodec.slices(payload);
    byte[] dependencies = decompress(slices.dependencies().toArray());
    byte[] objects = decompress(slices.objects().toArray());
    for (int end = 0; end < objects.length; end++) {
      attempt(
          processor, source, MadeBlocks.payload(dependencies, Arrays.copyOf(objects, end)), batch);
    }
    for (int end = 0; end < dependencies.length; end++) {
      attempt(
          processor, source, MadeBlocks.payload(Arrays.copyOf(dependencies, end), objects), batch);
    }
    for (int bit = 0; bit < 8 * objects.length; bit++) {
      byte[] flipped = objects.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      attempt(processor, source, MadeBlocks.payload(dependencies, flipped), batch);
    }
    for (int bit = 0; bit < 8 * dependencies.length; bit++) {
      byte[] flipped = dependencies.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      attempt(processor, source, MadeBlocks.payload(flipped, objects), batch);
    }
  }

  /// Damage of the stored object.
  static void damage(BlockProcessor processor, RecordedProcess.Stored stored, ColumnBatch batch) {
    byte[] payload = stored.payload();
    int step = Math.max(1, payload.length / 1_000);
    for (int end = 0; end < payload.length; end += step) {
      attempt(processor, stored.source(), Arrays.copyOf(payload, end), batch);
    }
    for (int at = 0; at < payload.length; at += step) {
      byte[] flipped = payload.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      attempt(processor, stored.source(), flipped, batch);
    }
  }

  private static void attempt(
      BlockProcessor processor, SourceBlock source, byte[] payload, ColumnBatch batch) {
    ColumnBatch.Mark mark = batch.mark();
    try {
      processor.process(source, payload, batch, SCRATCH);
      assertEqualLengths(batch, batch.rows());
      batch.rollback(mark);
    } catch (CorruptDataException expected) {
      assertThat(batch.mark()).isEqualTo(mark);
      assertEqualLengths(batch, mark.rows());
    }
  }

  private static void assertEqualLengths(ColumnBatch batch, int rows) {
    for (int column = 0; column < batch.schema().getFields().size(); column++) {
      assertThat(batch.column(column).size()).isEqualTo(rows);
    }
  }

  private static byte[] decompress(byte[] frame) {
    Lz4FrameReader reader = new Lz4FrameReader(Lz4FrameReader.DEFAULT_MAX_BYTES);
    reader.read(frame, 0, frame.length);
    return Arrays.copyOf(reader.bytes(), reader.size());
  }
}
