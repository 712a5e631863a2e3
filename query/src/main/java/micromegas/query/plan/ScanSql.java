package micromegas.query.plan;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import micromegas.common.MicromegasException;
import micromegas.common.Nanos;
import micromegas.common.TimeRange;
import micromegas.query.EventTimeColumns;
import micromegas.query.ScanPart;
import micromegas.query.ScanPlan;
import micromegas.query.ScanRequest;
import micromegas.query.Stages;
import micromegas.query.TableProvider;
import org.apache.arrow.vector.types.pojo.Field;

/// Turns what a table says about its rows into SQL over files.
final class ScanSql {
  /// Stands for the partial rows in a table's merge query.
  static final String SOURCE = "{source}";

  /// Keys above which they are no help to the engine.
  private static final int MAX_KEYS = 64;

  private final PlanContext context;
  private final Scans scans;

  ScanSql(PlanContext context) {
    this.context = context;
    this.scans = context.scans();
  }

  /// Asks `table` for its rows and returns the name that stands for them.
  ///
  /// @param request what to ask for; empty when no row can match
  /// @param range rows outside it are left out
  String add(TableProvider table, Optional<ScanRequest> request, TimeRange range) {
    if (request.isEmpty()) {
      return scans.add(EmptyRelation.sql(table.schema()));
    }
    ScanPlan plan;
    try {
      plan = table.scan(request.get());
    } catch (MicromegasException e) {
      throw Stages.label(e, Stages.SCANNING);
    }
    scans.addResource(plan.resources());
    String rows = filtered(union(plan.parts(), table), table, range, request.get().keys());
    if (plan.mergeSql().isEmpty()) {
      return scans.add(rows);
    }
    String source = scans.add(rows);
    String merge = plan.mergeSql().get().replace(SOURCE, source);
    return scans.add(planned(merge));
  }

  private String union(List<ScanPart> parts, TableProvider table) {
    String columns =
        table.schema().getFields().stream()
            .map(Field::getName)
            .map(Tree::identifier)
            .collect(Collectors.joining(", "));
    List<String> selects = new ArrayList<>();
    for (ScanPart part : parts) {
      switch (part) {
        case ScanPart.ParquetFiles files -> {
          if (!files.files().isEmpty()) {
            selects.add("SELECT " + columns + " FROM read_parquet(" + list(files.files()) + ")");
          }
        }
        case ScanPart.Subquery query ->
            selects.add("SELECT " + columns + " FROM (" + planned(query.sql()) + ")");
      }
    }
    return selects.isEmpty()
        ? EmptyRelation.sql(table.schema())
        : String.join(" UNION ALL ", selects);
  }

  private String planned(String sql) {
    return context.planner().planPart(sql, context, TimeRange.ALL, Demand.EVERYTHING);
  }

  private static String list(List<Path> files) {
    return files.stream()
        .map(file -> Tree.quote(file.toString()))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /// @param keys wanted by the query, by column. It may say so in a way that hides it from the
  ///   engine, which skips row groups by plain comparisons only
  private static String filtered(
      String rows, TableProvider table, TimeRange range, Map<String, Set<ByteBuffer>> keys) {
    List<String> conditions = new ArrayList<>();
    Optional<EventTimeColumns> columns = table.eventTime();
    if (columns.isPresent() && range.endNanos() != Long.MAX_VALUE) {
      conditions.add(Tree.identifier(columns.get().min()) + " <= " + time(range.endNanos()));
    }
    if (columns.isPresent() && range.beginNanos() != Long.MIN_VALUE) {
      conditions.add(Tree.identifier(columns.get().max()) + " >= " + time(range.beginNanos()));
    }
    keys.forEach((column, wanted) -> {
      if (!wanted.isEmpty() && wanted.size() <= MAX_KEYS) {
        conditions.add(
            wanted.stream()
                .sorted()
                .map(ScanSql::blob)
                .collect(Collectors.joining(", ", Tree.identifier(column) + " IN (", ")")));
      }
    });
    return conditions.isEmpty()
        ? rows
        : "SELECT * FROM (" + rows + ") WHERE " + String.join(" AND ", conditions);
  }

  private static String blob(ByteBuffer key) {
    StringBuilder text = new StringBuilder();
    for (int i = key.position(); i < key.limit(); i++) {
      text.append("\\x").append(HexFormat.of().toHexDigits(key.get(i)));
    }
    return Tree.quote(text.toString()) + "::BLOB";
  }

  private static String time(long nanos) {
    return "CAST(" + Tree.quote(Nanos.format(nanos)) + " AS TIMESTAMPTZ_NS)";
  }
}
