package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static micromegas.query.duckdb.NativeApi.MEMORY;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `sum_histograms(h)` over the column `histogram` of `otel_histograms`: one document of several
/// ([BucketSum]). NULL, and what is no histogram, is skipped.
///
/// State of a group: the address of the sum in the form of [BucketSum#toLongs], 0 at first. Rows of
/// a group that come one after the other are added before the sum is written back.
final class SumBuckets extends EngineAggregate {
  private static final int STATE_BYTES = 8;
  private static final int TEXT_BYTES = 16;
  private static final int INLINE_BYTES = 12;

  SumBuckets(NativeApi api) {
    super(api, STATE_BYTES, 0);
  }

  @Override
  List<MemorySegment> parameters(Arena arena) {
    return List.of(api.type(BLOB));
  }

  @Override
  MemorySegment result(Arena arena) {
    return api.type(BLOB);
  }

  @Override
  void add(MemorySegment chunk, MemorySegment states) throws Throwable {
    long rows = api.chunkSize(chunk);
    MemorySegment documents = api.chunkVector(chunk, 0);
    long valid = api.vectorValidity(documents);
    long data = api.vectorData(documents);
    long state = 0;
    @Nullable BucketSum sum = null;
    for (long row = 0; row < rows; row++) {
      BucketSum next = isValid(valid, row) ? read(data + TEXT_BYTES * row) : null;
      if (next == null) {
        continue;
      }
      long own = getLong(states.address() + 8 * row);
      if (own != state) {
        store(state, sum);
        state = own;
        sum = load(state);
      }
      sum = sum == null ? next : sum.plus(next);
    }
    store(state, sum);
  }

  private static @Nullable BucketSum read(long at) {
    int length = MEMORY.get(JAVA_INT_UNALIGNED, at);
    long begin = length <= INLINE_BYTES ? at + 4 : MEMORY.get(JAVA_LONG_UNALIGNED, at + 8);
    try {
      return BucketSum.of(Jsonb.root(MEMORY.asSlice(begin, length)));
    } catch (IndexOutOfBoundsException e) {
      return null;
    }
  }

  private static @Nullable BucketSum load(long state) {
    long owned = getLong(state);
    return owned == 0 ? null : BucketSum.ofLongs(owned);
  }

  private void store(long state, @Nullable BucketSum sum) throws Throwable {
    if (sum != null) {
      long[] longs = sum.toLongs();
      long owned = own(state, longs.length);
      MemorySegment.copy(longs, 0, MEMORY, JAVA_LONG_UNALIGNED, owned, longs.length);
    }
  }

  @Override
  void combine(long source, long target) throws Throwable {
    BucketSum more = load(source);
    if (more != null) {
      BucketSum sum = load(target);
      store(target, sum == null ? more : sum.plus(more));
    }
  }

  @Override
  void finish(MemorySegment states, MemorySegment result, long count, long offset)
      throws Throwable {
    for (long i = 0; i < count; i++) {
      BucketSum sum = load(getLong(states.address() + 8 * i));
      if (sum == null) {
        setNull(result, offset + i);
        continue;
      }
      byte[] document = sum.document();
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, document);
        api.assignText(result, offset + i, bytes, document.length);
      }
    }
  }
}
