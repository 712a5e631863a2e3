package micromegas.server;

import micromegas.lake.DataLake;
import micromegas.query.QueryEngine;
import micromegas.query.TableCatalog;

/// What stands behind the doors of a server: the lake, the engine, the tables. Thread-safe.
public interface Backend extends AutoCloseable {
  DataLake lake();

  QueryEngine engine();

  TableCatalog catalog();

  /// Starts to keep the global views current, merge and retire, until the returned handle is
  /// closed.
  MaintenanceRole startMaintenance();

  @Override
  void close();

  /// Running maintenance; closing waits for the task under way.
  interface MaintenanceRole extends AutoCloseable {
    @Override
    void close();
  }
}
