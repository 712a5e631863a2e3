package micromegas.query;

import java.util.List;
import java.util.Optional;

/// Every name that a query can use in FROM. Thread-safe.
public interface TableCatalog {
  /// The tables that are usable by name, in listing order.
  List<TableProvider> tables();

  default Optional<TableProvider> table(String name) {
    return tables().stream().filter(table -> table.name().equals(name)).findFirst();
  }

  /// The table behind `view_instance(viewSet, instanceId)`.
  ///
  /// @throws micromegas.common.BadRequestException for an unknown view set or a malformed instance
  ///   id
  TableProvider instance(String viewSet, String instanceId);

  List<TableFunction> functions();

  /// Functions in expressions that are not the engine's own.
  default List<ScalarFunction> scalarFunctions() {
    return List.of();
  }
}
