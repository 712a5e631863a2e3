package micromegas.query;

import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;

/// What a query would return, known without running it.
///
/// @param schema as [QueryResult#schema]
/// @param dictionaryColumns as [QueryResult#dictionaryColumns]
public record QueryDescription(Schema schema, Set<Integer> dictionaryColumns) {
  public QueryDescription {
    dictionaryColumns = Set.copyOf(dictionaryColumns);
  }
}
