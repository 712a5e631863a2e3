package micromegas.lakehouse.blocks;

import micromegas.transit.CorruptBlockException;

/// Counts the text that one block unfolds to. See [DecodeLimits#maxTextBytes].
final class TextBudget {
  private final long limit;
  private long left;

  TextBudget(long limit) {
    this.limit = limit;
  }

  void reset() {
    left = limit;
  }

  void take(long bytes) {
    left -= bytes;
    if (left < 0) {
      throw new CorruptBlockException("texts exceed the limit of " + limit + " bytes per block");
    }
  }
}
