package micromegas.query.plan;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// What conditions say about one column: rows with another value, or with NULL, do not matter. The
/// type of the column is not known here, so both readings are kept, and whoever knows takes the one
/// that fits.
///
/// @param begin the value as a time is not before this, in nanoseconds
/// @param end the value as a time is not after this
/// @param texts the value as text is one of these; empty for any
record Bound(long begin, long end, Optional<Set<String>> texts) {
  static final Bound ANY = new Bound(Long.MIN_VALUE, Long.MAX_VALUE, Optional.empty());

  static Bound between(long begin, long end) {
    return new Bound(begin, end, Optional.empty());
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
