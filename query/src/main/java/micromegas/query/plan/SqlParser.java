package micromegas.query.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// The engine's own parser and printer, so that what is checked is what will run. Thread-safe.
public interface SqlParser {
  /// Parses SQL into a document `{"statements": [{"node": …}]}`.
  ///
  /// @throws micromegas.common.BadRequestException with the position, for text that is not a read
  ///   statement
  ObjectNode parse(String sql);

  /// The SQL of a parsed document.
  String print(ObjectNode document);
}
