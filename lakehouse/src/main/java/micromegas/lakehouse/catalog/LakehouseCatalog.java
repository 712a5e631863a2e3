package micromegas.lakehouse.catalog;

import java.util.ArrayList;
import java.util.List;
import micromegas.common.BadRequestException;
import micromegas.lake.partition.PartitionStore;
import micromegas.lakehouse.fresh.FreshScanner;
import micromegas.lakehouse.source.BlockErrors;
import micromegas.lakehouse.source.SpanRepairs;
import micromegas.lakehouse.source.StreamDirectory;
import micromegas.lakehouse.view.ViewFactory;
import micromegas.query.ScalarFunction;
import micromegas.query.TableCatalog;
import micromegas.query.TableFunction;
import micromegas.query.TableProvider;

/// The views of a factory as tables: global ones by name, others through `view_instance(set, id)`.
/// Thread-safe.
public final class LakehouseCatalog implements TableCatalog {
  private final ViewFactory views;
  private final FreshScanner scanner;
  private final List<TableProvider> tables;
  private final List<TableFunction> functions;
  private final List<ScalarFunction> scalarFunctions;

  /// @param directory knows which ids are streams, and which processes
  /// @param moreFunctions table functions besides `list_view_sets()`, `list_partitions()`,
  ///   `list_block_errors()`, `list_span_repairs()` and `flame_graph`
  /// @param scalarFunctions functions in expressions that read or change the lake
  public LakehouseCatalog(
      ViewFactory views,
      FreshScanner scanner,
      PartitionStore partitions,
      BlockErrors errors,
      SpanRepairs repairs,
      StreamDirectory directory,
      List<TableFunction> moreFunctions,
      List<ScalarFunction> scalarFunctions) {
    this.views = views;
    this.scanner = scanner;
    this.tables =
        views.globalViews().stream()
            .<TableProvider>map(view -> new ViewTable(view, scanner))
            .toList();
    List<TableFunction> all = new ArrayList<>();
    all.add(Listings.viewSets(views));
    all.add(Listings.partitions(partitions));
    all.add(Listings.blockErrors(errors));
    all.add(Listings.spanRepairs(repairs));
    all.add(new FlameGraph(directory));
    all.addAll(moreFunctions);
    this.functions = List.copyOf(all);
    this.scalarFunctions = List.copyOf(scalarFunctions);
  }

  @Override
  public List<TableProvider> tables() {
    return tables;
  }

  /// @throws BadRequestException for a view set without instances, or an id that it cannot have; an
  ///   unknown process is found out when the table is scanned
  @Override
  public TableProvider instance(String viewSet, String instanceId) {
    try {
      return new ViewTable(views.make(viewSet, instanceId), scanner);
    } catch (BadRequestException e) {
      throw new BadRequestException("error making view " + e.getMessage(), e);
    }
  }

  @Override
  public List<TableFunction> functions() {
    return functions;
  }

  @Override
  public List<ScalarFunction> scalarFunctions() {
    return scalarFunctions;
  }
}
