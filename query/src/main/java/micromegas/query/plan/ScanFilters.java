package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import micromegas.common.Nanos;
import micromegas.common.TimeRange;
import micromegas.query.EventTimeColumns;
import micromegas.query.ScanRequest;

/// Finds what a query's conditions say about the columns by which tables are pruned. Conservative:
/// only conditions joined by AND at the top, on columns that belong to one relation without doubt,
/// compared with constants. All of them reject NULL, so that pruning before an outer join cannot
/// bring rows back.
final class ScanFilters {
  private static final String INSERT_TIME = "insert_time";
  private static final String PROCESS_ID = "process_id";
  private static final String STREAM_ID = "stream_id";

  private final List<Relation> relations;
  private final Constants constants;

  ScanFilters(List<Relation> relations, Constants constants) {
    this.relations = relations;
    this.constants = constants;
  }

  /// Splits a condition at its ANDs.
  static List<JsonNode> conjuncts(JsonNode condition) {
    List<JsonNode> all = new ArrayList<>();
    collect(condition, all);
    return all;
  }

  private static void collect(JsonNode condition, List<JsonNode> all) {
    if (Tree.text(condition, "type").equals("CONJUNCTION_AND")) {
      condition.path("children").forEach(child -> collect(child, all));
    } else if (Tree.present(condition)) {
      all.add(condition);
    }
  }

  /// The request for one relation, or empty when the conditions contradict each other: then no row
  /// can match.
  Optional<ScanRequest> request(
      Relation relation,
      TimeRange range,
      List<JsonNode> where,
      List<JsonNode> on,
      boolean materialize) {
    Bounds bounds = new Bounds(range);
    if (relation.whereApplies()) {
      where.forEach(condition -> apply(condition, relation, bounds));
    }
    if (relation.onApplies()) {
      on.forEach(condition -> apply(condition, relation, bounds));
    }
    return bounds.toRequest(materialize);
  }

  private void apply(JsonNode condition, Relation relation, Bounds bounds) {
    switch (Tree.text(condition, "class")) {
      case "COMPARISON" -> {
        String operator = Tree.text(condition, "type");
        JsonNode left = condition.path("left");
        JsonNode right = condition.path("right");
        compare(relation, left, operator, right, bounds);
        compare(relation, right, mirrored(operator), left, bounds);
      }
      case "BETWEEN" -> {
        JsonNode input = condition.path("input");
        compare(relation, input, "COMPARE_GREATERTHANOREQUALTO", condition.path("lower"), bounds);
        compare(relation, input, "COMPARE_LESSTHANOREQUALTO", condition.path("upper"), bounds);
      }
      case "OPERATOR" -> {
        if (Tree.text(condition, "type").equals("COMPARE_IN")) {
          in(relation, condition.path("children"), bounds);
        }
      }
      default -> {
        // Says nothing that files could be pruned by.
      }
    }
  }

  private static String mirrored(String operator) {
    return switch (operator) {
      case "COMPARE_GREATERTHAN" -> "COMPARE_LESSTHAN";
      case "COMPARE_LESSTHAN" -> "COMPARE_GREATERTHAN";
      case "COMPARE_GREATERTHANOREQUALTO" -> "COMPARE_LESSTHANOREQUALTO";
      case "COMPARE_LESSTHANOREQUALTO" -> "COMPARE_GREATERTHANOREQUALTO";
      default -> operator;
    };
  }

  private void compare(
      Relation relation, JsonNode column, String operator, JsonNode value, Bounds bounds) {
    Optional<String> name = columnOf(relation, column);
    if (name.isEmpty()) {
      return;
    }
    String columnName = name.get();
    if (columnName.equals(PROCESS_ID) || columnName.equals(STREAM_ID)) {
      if (operator.equals("COMPARE_EQUAL")) {
        constants
            .string(value)
            .ifPresent(id -> bounds.ids(columnName.equals(PROCESS_ID), Set.of(id)));
      }
      return;
    }
    Optional<Long> nanos = constants.time(value).map(Nanos::fromInstant);
    if (nanos.isEmpty()) {
      return;
    }
    boolean lower = operator.equals("COMPARE_EQUAL") || operator.startsWith("COMPARE_GREATERTHAN");
    boolean upper = operator.equals("COMPARE_EQUAL") || operator.startsWith("COMPARE_LESSTHAN");
    Optional<EventTimeColumns> eventTime = relation.table().orElseThrow().eventTime();
    if (lower && eventTime.isPresent() && eventTime.get().max().equals(columnName)) {
      bounds.eventBegin(nanos.get());
    }
    if (upper && eventTime.isPresent() && eventTime.get().min().equals(columnName)) {
      bounds.eventEnd(nanos.get());
    }
    if (columnName.equals(INSERT_TIME)) {
      if (lower) {
        bounds.insertBegin(nanos.get());
      }
      if (upper) {
        bounds.insertEnd(nanos.get());
      }
    }
  }

  private void in(Relation relation, JsonNode children, Bounds bounds) {
    Optional<String> name = columnOf(relation, children.path(0));
    if (name.isEmpty()) {
      return;
    }
    List<JsonNode> values = new ArrayList<>();
    children.forEach(values::add);
    values.removeFirst();
    if (name.get().equals(PROCESS_ID) || name.get().equals(STREAM_ID)) {
      Set<String> ids = new HashSet<>();
      for (JsonNode value : values) {
        Optional<String> id = constants.string(value);
        if (id.isEmpty()) {
          return;
        }
        ids.add(id.get());
      }
      bounds.ids(name.get().equals(PROCESS_ID), ids);
      return;
    }
    List<Instant> times = new ArrayList<>();
    for (JsonNode value : values) {
      Optional<Instant> time = constants.time(value);
      if (time.isEmpty()) {
        return;
      }
      times.add(time.get());
    }
    Optional<EventTimeColumns> eventTime = relation.table().orElseThrow().eventTime();
    if (!times.isEmpty() && eventTime.isPresent() && isInstant(eventTime.get(), name.get())) {
      bounds.eventBegin(Nanos.fromInstant(times.stream().min(Instant::compareTo).orElseThrow()));
      bounds.eventEnd(Nanos.fromInstant(times.stream().max(Instant::compareTo).orElseThrow()));
    }
  }

  private static boolean isInstant(EventTimeColumns columns, String name) {
    return columns.min().equals(name) && columns.max().equals(name);
  }

  /// The column of `relation` that `node` names without doubt.
  private Optional<String> columnOf(Relation relation, JsonNode node) {
    if (!Tree.isClass(node, "COLUMN_REF") || relation.table().isEmpty()) {
      return Optional.empty();
    }
    JsonNode names = node.path("column_names");
    if (names.size() == 1) {
      String column = names.get(0).asText();
      boolean unambiguous =
          relations.stream()
              .allMatch(other ->
                  other == relation
                      || (other.table().isPresent()
                          && !other.renamesColumns()
                          && !other.hasColumn(column)));
      return unambiguous ? known(relation, column) : Optional.empty();
    }
    if (names.size() == 2) {
      String qualifier = names.get(0).asText();
      boolean mine =
          relation.alias().equalsIgnoreCase(qualifier)
              && relations.stream()
                      .filter(other -> other.alias().equalsIgnoreCase(qualifier))
                      .count()
                  == 1;
      return mine ? known(relation, names.get(1).asText()) : Optional.empty();
    }
    return Optional.empty();
  }

  private static Optional<String> known(Relation relation, String column) {
    return relation.hasColumn(column) && !relation.renamesColumns()
        ? Optional.of(column)
        : Optional.empty();
  }

  /// Collects the intersection of everything that is said.
  private static final class Bounds {
    private long eventBegin;
    private long eventEnd;
    private long insertBegin = TimeRange.ALL.beginNanos();
    private long insertEnd = TimeRange.ALL.endNanos();
    private Optional<Set<String>> processIds = Optional.empty();
    private Optional<Set<String>> streamIds = Optional.empty();

    Bounds(TimeRange range) {
      this.eventBegin = range.beginNanos();
      this.eventEnd = range.endNanos();
    }

    void eventBegin(long nanos) {
      eventBegin = Math.max(eventBegin, nanos);
    }

    void eventEnd(long nanos) {
      eventEnd = Math.min(eventEnd, nanos);
    }

    void insertBegin(long nanos) {
      insertBegin = Math.max(insertBegin, nanos);
    }

    void insertEnd(long nanos) {
      insertEnd = Math.min(insertEnd, nanos);
    }

    void ids(boolean process, Set<String> ids) {
      if (process) {
        processIds = Optional.of(intersection(processIds, ids));
      } else {
        streamIds = Optional.of(intersection(streamIds, ids));
      }
    }

    private static Set<String> intersection(Optional<Set<String>> known, Set<String> ids) {
      Set<String> both = new HashSet<>(ids);
      known.ifPresent(both::retainAll);
      return both;
    }

    Optional<ScanRequest> toRequest(boolean materialize) {
      boolean contradiction =
          eventBegin > eventEnd
              || insertBegin > insertEnd
              || processIds.filter(Set::isEmpty).isPresent()
              || streamIds.filter(Set::isEmpty).isPresent();
      if (contradiction) {
        return Optional.empty();
      }
      return Optional.of(
          new ScanRequest(
              new TimeRange(eventBegin, eventEnd),
              new TimeRange(insertBegin, insertEnd),
              processIds.orElse(Set.of()),
              streamIds.orElse(Set.of()),
              materialize));
    }
  }

  /// Whether a reference node is sampled: its rows then depend on what is scanned.
  static boolean isSampled(ObjectNode reference) {
    return Tree.present(reference.path("sample"));
  }
}
