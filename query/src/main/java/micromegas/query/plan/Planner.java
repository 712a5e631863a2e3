package micromegas.query.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import micromegas.common.BadRequestException;
import micromegas.common.TimeRange;
import micromegas.query.SubQueries;
import micromegas.query.TableCatalog;

/// Turns SQL over a catalog into SQL over files. Thread-safe.
public final class Planner {
  private final SqlParser parser;
  private final Clock clock;
  private final AllowList allowList = new AllowList();
  private final String nonce = Scans.newNonce();

  public Planner(SqlParser parser, Clock clock) {
    this.parser = parser;
    this.clock = clock;
  }

  /// What to plan.
  ///
  /// @param range applies to every scan
  /// @param limit outermost limit
  /// @param materialize whether tables may bring themselves up to date
  /// @param queries for functions that run queries
  public record Job(
      String sql,
      TableCatalog catalog,
      TimeRange range,
      OptionalLong limit,
      boolean materialize,
      SubQueries queries) {}

  /// Checks and plans one statement, and asks its tables for their files.
  ///
  /// @return a plan that the caller closes
  /// @throws micromegas.common.MicromegasException with a message for the user; nothing stays
  ///   pinned then
  public PlannedQuery plan(Job job) {
    Statement statement = Statement.of(job.sql());
    Instant now = clock.instant();
    return switch (statement) {
      case Statement.Rows rows -> plan(job, rows.sql(), now, job.materialize(), "");
      case Statement.Explain explain ->
          explain(
              plan(
                  job,
                  explain.sql(),
                  now,
                  explain.analyze() && job.materialize(),
                  "EXPLAIN " + (explain.analyze() ? "ANALYZE " : "")));
      case Statement.Show show -> plan(job, Listings.sql(show, job.catalog()), now, false, "");
    };
  }

  private static PlannedQuery explain(PlannedQuery plan) {
    return new PlannedQuery(
        plan.sql(),
        Set.of(),
        Map.of(),
        plan.functionScans(),
        plan.scalarCalls(),
        plan.resources(),
        PlannedQuery.Shape.EXPLAIN);
  }

  private PlannedQuery plan(Job job, String sql, Instant now, boolean materialize, String prefix) {
    Scans scans = new Scans(nonce);
    try {
      ObjectNode document = parse(sql);
      ResultColumns columns = new ResultColumns();
      PlanContext context =
          new PlanContext(this, job.catalog(), materialize, now, job.queries(), scans);
      new Rewriter(context, job.range(), columns).rewrite(document, Demand.EVERYTHING);
      String text = scans.substitute(parser.print(document));
      if (job.limit().isPresent()) {
        text = "SELECT * FROM (" + text + ") LIMIT " + job.limit().getAsLong();
      }
      return new PlannedQuery(
          prefix + text,
          columns.dictionaries(),
          columns.tableFields(),
          scans.functionScans(),
          scans.scalarCalls(),
          scans.resources(),
          PlannedQuery.Shape.ROWS);
    } catch (RuntimeException | Error e) {
      scans.releaseAfter(e);
      throw e;
    }
  }

  /// Plans a part of a query: trusted SQL over the same catalog.
  ///
  /// @param range applies to its scans: everything for parts of a table
  /// @param demand what is wanted of its result
  String planPart(String sql, PlanContext context, TimeRange range, Demand demand) {
    ObjectNode document = parse(sql);
    new Rewriter(context, range, new ResultColumns()).rewrite(document, demand);
    return context.scans().substitute(parser.print(document));
  }

  AllowList allowList() {
    return allowList;
  }

  ObjectNode parse(String sql) {
    ObjectNode document = parser.parse(SqlText.normalize(sql));
    int statements = document.path("statements").size();
    if (statements != 1) {
      throw new BadRequestException(
          statements == 0
              ? "No SQL statements were provided in the query string"
              : "The context currently only supports a single SQL statement");
    }
    return document;
  }
}
