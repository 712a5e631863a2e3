package micromegas.ingestion.otlp;

import java.util.Arrays;
import java.util.Optional;
import micromegas.otlp.Signal;
import org.jspecify.annotations.Nullable;

/// What a registration depends on: the bytes of the resource, the signal and the write audience.
final class SenderKey {
  private final byte[] bytes;
  private final int begin;
  private final int end;
  private final Signal signal;
  private final Optional<String> audience;
  private final int hash;

  private SenderKey(
      byte[] bytes, int begin, int end, Signal signal, Optional<String> audience, int hash) {
    this.bytes = bytes;
    this.begin = begin;
    this.end = end;
    this.signal = signal;
    this.audience = audience;
    this.hash = hash;
  }

  /// A key to look up with. It refers to the block's message.
  static SenderKey of(PreparedBlock block, Optional<String> audience) {
    int hash = audience.hashCode() * 31 + block.signal().ordinal();
    byte[] bytes = block.message();
    for (int i = block.resourceBegin(); i < block.resourceEnd(); i++) {
      hash = hash * 31 + bytes[i];
    }
    return new SenderKey(
        bytes, block.resourceBegin(), block.resourceEnd(), block.signal(), audience, hash);
  }

  /// The same key without the rest of the message, to keep.
  SenderKey owned() {
    return new SenderKey(Arrays.copyOfRange(bytes, begin, end), 0, size(), signal, audience, hash);
  }

  /// Bytes of the resource.
  int size() {
    return end - begin;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SenderKey key
        && hash == key.hash
        && signal == key.signal
        && audience.equals(key.audience)
        && Arrays.equals(bytes, begin, end, key.bytes, key.begin, key.end);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
