package micromegas.lakehouse.blocks;

import micromegas.transit.CorruptBlockException;

/// Counts the text that one block unfolds to. See [DecodeLimits#maxTextBytes].
public final class TextBudget {
  private final long limit;
  private long left;

  public TextBudget(long limit) {
    this.limit = limit;
  }

  public void reset() {
    left = limit;
  }

  /// @throws CorruptBlockException when the block has used up what it may take
  public void take(long bytes) {
    left -= bytes;
    if (left < 0) {
      throw new CorruptBlockException("texts exceed the limit of " + limit + " bytes per block");
    }
  }
}
