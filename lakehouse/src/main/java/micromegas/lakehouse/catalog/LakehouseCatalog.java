package micromegas.lakehouse.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import micromegas.common.BadRequestException;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewFactory;
import micromegas.query.TableCatalog;
import micromegas.query.TableFunction;
import micromegas.query.TableProvider;

/// The views of a factory, and listings, for the query engine: global views by name, every other
/// instance through `view_instance`. Thread-safe.
public final class LakehouseCatalog implements TableCatalog {
  private final ViewFactory views;
  private final ViewScanner scanner;
  private final List<TableProvider> tables;
  private final Map<String, TableProvider> byName;
  private final List<TableFunction> functions;

  public LakehouseCatalog(
      ViewFactory views, ViewScanner scanner, List<? extends TableFunction> functions) {
    this.views = views;
    this.scanner = scanner;
    this.tables =
        views.globalViews().stream()
            .map(view -> (TableProvider) new ViewTable(view, scanner))
            .toList();
    this.byName =
        tables.stream()
            .collect(Collectors.toUnmodifiableMap(TableProvider::name, Function.identity()));
    this.functions = List.copyOf(functions);
  }

  @Override
  public List<TableProvider> tables() {
    return tables;
  }

  @Override
  public Optional<TableProvider> table(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  @Override
  public TableProvider instance(String viewSet, String instanceId) {
    View view;
    try {
      view = views.make(viewSet, instanceId);
    } catch (BadRequestException e) {
      throw new BadRequestException("error making view " + e.getMessage(), e);
    }
    return new ViewTable(view, scanner);
  }

  @Override
  public List<TableFunction> functions() {
    return functions;
  }
}
