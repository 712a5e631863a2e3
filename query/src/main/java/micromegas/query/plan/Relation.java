package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import micromegas.query.TableFunction;
import micromegas.query.TableProvider;
import org.apache.arrow.vector.types.pojo.Schema;

/// One entry of a FROM clause.
///
/// @param reference node of the tree
/// @param alias name that qualifies its columns; empty when it has none
/// @param displayName how the reference implementation qualifies its columns in result names
/// @param source where its rows come from
/// @param schema columns, where their types are known
/// @param columns names of its columns in lower case, before the query renames them; empty where
///   they are not known. A name is empty for an expression without one
/// @param renamed names that the query gives to its first columns
/// @param whereApplies a condition in WHERE that rejects NULL may remove rows before the join
/// @param on conditions of joins that may do the same
record Relation(
    ObjectNode reference,
    String alias,
    String displayName,
    Source source,
    Optional<Schema> schema,
    Optional<List<String>> columns,
    List<String> renamed,
    boolean whereApplies,
    List<List<JsonNode>> on) {

  /// Where rows come from.
  sealed interface Source {
    /// A table of the catalog.
    record Table(TableProvider provider) implements Source {}

    /// A query in parentheses.
    record Query(ObjectNode node) implements Source {}

    /// An entry of WITH.
    record Reader(Cte cte) implements Source {}

    /// A call of a function of the catalog.
    record Call(TableFunction function) implements Source {}

    /// VALUES, range() and the like: nothing to prune.
    record Other() implements Source {}
  }

  /// One column of one entry of a FROM clause.
  ///
  /// @param relation index of the entry
  /// @param key see [Relation#key(String)]
  record Column(int relation, String key) {}

  Optional<TableProvider> table() {
    return source instanceof Source.Table table ? Optional.of(table.provider()) : Optional.empty();
  }

  boolean hasColumn(String column) {
    return table().isPresent()
        && table().get().schema().getFields().stream()
            .anyMatch(field -> field.getName().equals(column));
  }

  boolean isQualifiedBy(String qualifier) {
    return alias.equalsIgnoreCase(qualifier);
  }

  /// Whether all names of its columns are known.
  boolean isKnown() {
    return columns.isPresent();
  }

  /// Name of the column at `index` in the query.
  private String visible(int index) {
    return index < renamed.size() ? renamed.get(index) : columns.orElseThrow().get(index);
  }

  /// Names of the columns in the query, where they are known.
  Optional<List<String>> visible() {
    return columns.map(names ->
        java.util.stream.IntStream.range(0, names.size()).mapToObj(this::visible).toList());
  }

  /// How this relation calls the column that the query calls `name`: a key of its [Demand].
  Optional<String> key(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    if (columns.isEmpty()) {
      return renamed.isEmpty() ? Optional.of(wanted) : Optional.empty();
    }
    for (int i = 0; i < columns.get().size(); i++) {
      if (visible(i).equals(wanted)) {
        return Optional.of(key(i));
      }
    }
    return Optional.empty();
  }

  /// The key of the column at `index`, of columns that are known.
  String key(int index) {
    return source instanceof Source.Table
        ? columns.orElseThrow().get(index)
        : Demand.position(index);
  }
}
