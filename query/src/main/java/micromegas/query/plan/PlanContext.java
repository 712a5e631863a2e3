package micromegas.query.plan;

import java.time.Instant;
import micromegas.query.SubQueries;
import micromegas.query.TableCatalog;

/// What all parts of one statement are planned with.
///
/// @param materialize whether tables may bring themselves up to date
/// @param now the statement's `now()`
record PlanContext(
    Planner planner,
    TableCatalog catalog,
    boolean materialize,
    Instant now,
    SubQueries queries,
    Scans scans) {}
