package micromegas.lakehouse.materialize;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import micromegas.query.EventTimeColumns;
import micromegas.query.ScalarFunction;
import micromegas.query.ScanPart;
import micromegas.query.ScanPlan;
import micromegas.query.ScanRequest;
import micromegas.query.TableCatalog;
import micromegas.query.TableFunction;
import micromegas.query.TableProvider;
import org.apache.arrow.vector.types.pojo.Schema;

/// The tables that a SQL view sees while one slice of it is extracted: rows of block-level views
/// outside the slice are hidden, whether or not the SQL says so (the extracts of `processes` and
/// `streams` do not). The view itself is hidden too, so that it cannot wait for its own build.
///
/// @param delegate brings the tables up to date when they are scanned
/// @param slice the half-open slice of insert time
/// @param blockLevel tables whose column `insert_time` is that of the block behind each row
/// @param hidden name of the view that is being built
record SlicedCatalog(
    TableCatalog delegate, InsertSlice slice, Set<String> blockLevel, String hidden)
    implements TableCatalog {
  private static final String WHOLE = "__whole_";

  @Override
  public List<TableProvider> tables() {
    List<TableProvider> tables = new ArrayList<>();
    for (TableProvider table : delegate.tables()) {
      if (table.name().equals(hidden)) {
        continue;
      }
      if (blockLevel.contains(table.name())) {
        tables.add(new Sliced(table, slice));
        tables.add(new Renamed(WHOLE + table.name(), table));
      } else {
        tables.add(table);
      }
    }
    return tables;
  }

  @Override
  public TableProvider instance(String viewSet, String instanceId) {
    return delegate.instance(viewSet, instanceId);
  }

  @Override
  public List<TableFunction> functions() {
    return delegate.functions();
  }

  @Override
  public List<ScalarFunction> scalarFunctions() {
    return delegate.scalarFunctions();
  }

  private record Sliced(TableProvider table, InsertSlice slice) implements TableProvider {
    @Override
    public String name() {
      return table.name();
    }

    @Override
    public Schema schema() {
      return table.schema();
    }

    @Override
    public Optional<EventTimeColumns> eventTime() {
      return table.eventTime();
    }

    @Override
    public ScanPlan scan(ScanRequest request) {
      String sql =
          """
          SELECT * FROM "%s" WHERE insert_time >= '%s' AND insert_time < '%s'\
          """
              .formatted(WHOLE + table.name(), slice.begin(), slice.end());
      return new ScanPlan(List.of(new ScanPart.Subquery(sql)), Optional.empty(), () -> {});
    }
  }

  private record Renamed(String name, TableProvider table) implements TableProvider {
    @Override
    public Schema schema() {
      return table.schema();
    }

    @Override
    public Optional<EventTimeColumns> eventTime() {
      return table.eventTime();
    }

    @Override
    public ScanPlan scan(ScanRequest request) {
      return table.scan(request);
    }
  }
}
