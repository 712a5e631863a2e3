package micromegas.query.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import micromegas.query.TableProvider;
import org.apache.arrow.vector.types.pojo.Schema;

/// One entry of a FROM clause.
///
/// @param reference node of the tree
/// @param alias name that qualifies its columns, lower case; empty when it has none
/// @param displayName how the reference implementation qualifies its columns in result names
/// @param table the table behind it; empty for sub-queries, CTEs and table functions
/// @param schema columns, where they are known
/// @param whereApplies a condition in WHERE that rejects NULL may remove rows before the join
/// @param onApplies the same for the conditions of the joins in [Relations#onConditions]
record Relation(
    ObjectNode reference,
    String alias,
    String displayName,
    Optional<TableProvider> table,
    Optional<Schema> schema,
    boolean whereApplies,
    boolean onApplies) {

  boolean hasColumn(String column) {
    return table.isPresent()
        && table.get().schema().getFields().stream()
            .anyMatch(field -> field.getName().equals(column));
  }

  /// Whether the query gives the columns other names: then no column is known by name.
  boolean renamesColumns() {
    return !reference.path("column_name_alias").isEmpty();
  }
}
