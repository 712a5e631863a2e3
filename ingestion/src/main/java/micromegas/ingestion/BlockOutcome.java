package micromegas.ingestion;

/// What a stored block met in the lake. All four are a success: afterwards the object and the row
/// exist.
public enum BlockOutcome {
  /// Neither object nor row existed.
  STORED,
  /// Both existed and stayed as they were.
  DUPLICATE,
  /// The object existed (an earlier attempt died before the row) and stayed; the row is new.
  ORPHAN_HEALED,
  /// The row existed and stayed; the object is new.
  OBJECT_RECREATED;

  static BlockOutcome of(boolean objectIsNew, boolean rowIsNew) {
    if (objectIsNew) {
      return rowIsNew ? STORED : OBJECT_RECREATED;
    }
    return rowIsNew ? ORPHAN_HEALED : DUPLICATE;
  }
}
