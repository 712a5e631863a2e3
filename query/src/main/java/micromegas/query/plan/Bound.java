package micromegas.query.plan;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What conditions say about one column: rows with another value, or with NULL, do not matter. The
/// type of the column is not known here, so both readings are kept, and whoever knows takes the one
/// that fits.
///
/// @param begin the value as a time is not before this, in nanoseconds
/// @param end the value as a time is not after this
/// @param texts the value as text is one of these, bytes being written in hexadecimal behind a
///   mark; empty for any
record Bound(long begin, long end, Optional<Set<String>> texts) {
  static final Bound ANY = new Bound(Long.MIN_VALUE, Long.MAX_VALUE, Optional.empty());

  /// Begins the text that stands for bytes; no text of a query begins like this.
  private static final String BYTES = "\0x";

  static Bound between(long begin, long end) {
    return new Bound(begin, end, Optional.empty());
  }

  /// The value is these bytes.
  static Bound ofBytes(byte[] bytes) {
    String text = BYTES + HexFormat.of().formatHex(bytes);
    return new Bound(Long.MIN_VALUE, Long.MAX_VALUE, Optional.of(Set.of(text)));
  }

  /// Of bytes that were turned into lower-case hexadecimal text before they were compared.
  Bound beforeHex() {
    return new Bound(
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        texts.map(all -> all.stream().map(BYTES::concat).collect(Collectors.toSet())));
  }

  /// The values as text, where all of them are known to be text.
  Optional<Set<String>> plainTexts() {
    return texts.filter(all -> all.stream().noneMatch(text -> text.startsWith(BYTES)));
  }

  /// The values as bytes, where all of them are known to be bytes.
  Optional<Set<ByteBuffer>> bytes() {
    return texts
        .filter(all -> all.stream().allMatch(text -> text.startsWith(BYTES)))
        .map(all ->
            all.stream()
                .map(text -> text.substring(BYTES.length()))
                .filter(Bound::isHex) // other text is never the print of bytes
                .map(text -> ByteBuffer.wrap(HexFormat.of().parseHex(text)))
                .collect(Collectors.toSet()));
  }

  private static boolean isHex(String text) {
    return text.length() % 2 == 0
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  boolean isAny() {
    return equals(ANY);
  }

  /// Both are true.
  Bound and(Bound other) {
    Optional<Set<String>> both = texts.isPresent() ? texts : other.texts;
    if (texts.isPresent() && other.texts.isPresent()) {
      Set<String> common = new HashSet<>(texts.get());
      common.retainAll(other.texts.get());
      both = Optional.of(common);
    }
    return new Bound(Math.max(begin, other.begin), Math.min(end, other.end), both);
  }

  /// At least one is true.
  Bound or(Bound other) {
    Optional<Set<String>> either = Optional.empty();
    if (texts.isPresent() && other.texts.isPresent()) {
      Set<String> all = new HashSet<>(texts.get());
      all.addAll(other.texts.get());
      either = Optional.of(all);
    }
    return new Bound(Math.min(begin, other.begin), Math.max(end, other.end), either);
  }

  /// Of a value that was rounded down by less than `nanos` before it was compared.
  Bound beforeRounding(long nanos) {
    long last = end > Long.MAX_VALUE - nanos ? Long.MAX_VALUE : end + nanos;
    return between(begin, last);
  }

  /// Of a value that was turned into text before it was compared: comparing texts says nothing
  /// about the order of times.
  Bound beforeFormatting() {
    return new Bound(Long.MIN_VALUE, Long.MAX_VALUE, texts);
  }
}
