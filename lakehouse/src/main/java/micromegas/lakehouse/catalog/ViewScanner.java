package micromegas.lakehouse.catalog;

import micromegas.lakehouse.view.View;
import micromegas.query.ScanPlan;
import micromegas.query.ScanRequest;

/// Finds the rows of view instances. Thread-safe.
@FunctionalInterface
public interface ViewScanner {

  /// Brings `view` up to date for `request`, unless told not to, and says where its rows are.
  ///
  /// @throws micromegas.common.NotFoundException when the instance names a process or stream that
  ///   does not exist
  ScanPlan scan(View view, ScanRequest request);
}
