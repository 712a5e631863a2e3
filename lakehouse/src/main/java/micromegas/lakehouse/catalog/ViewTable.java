package micromegas.lakehouse.catalog;

import java.util.Optional;
import micromegas.lakehouse.fresh.FreshScanner;
import micromegas.lakehouse.view.View;
import micromegas.query.EventTimeColumns;
import micromegas.query.ScanPlan;
import micromegas.query.ScanRequest;
import micromegas.query.TableProvider;
import org.apache.arrow.vector.types.pojo.Schema;

/// A view instance as a table. Thread-safe.
record ViewTable(View view, FreshScanner scanner) implements TableProvider {
  @Override
  public String name() {
    return view.id().viewSet();
  }

  @Override
  public Schema schema() {
    return view.schema().arrow();
  }

  @Override
  public Optional<EventTimeColumns> eventTime() {
    return Optional.of(view.schema().eventTime());
  }

  @Override
  public ScanPlan scan(ScanRequest request) {
    return scanner.scan(view, request);
  }
}
