package micromegas.lakehouse.blocks;

import java.util.Iterator;

/// Spells out the objects of blocks of one format, for `parse_block`. Thread-safe.
public interface BlockParser {

  /// The objects in payload order, decoded while iterating.
  ///
  /// @param payload bytes of the stored object
  /// @throws micromegas.common.CorruptDataException here or while iterating, where the block does
  ///   not follow its format
  Iterator<ParsedObject> parse(SourceBlock block, byte[] payload);
}
