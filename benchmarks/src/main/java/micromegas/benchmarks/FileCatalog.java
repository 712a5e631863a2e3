package micromegas.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import micromegas.common.NotFoundException;
import micromegas.lakehouse.view.ViewSchema;
import micromegas.query.EventTimeColumns;
import micromegas.query.ScanPart;
import micromegas.query.ScanPlan;
import micromegas.query.ScanRequest;
import micromegas.query.TableCatalog;
import micromegas.query.TableFunction;
import micromegas.query.TableProvider;
import org.apache.arrow.vector.types.pojo.Schema;

/// Tables that are one Parquet file each. An instance of a view set is its table, whatever the id,
/// so that the same SQL runs here and on a lakehouse.
record FileCatalog(List<TableProvider> tables) implements TableCatalog {

  @Override
  public TableProvider instance(String viewSet, String instanceId) {
    return table(viewSet).orElseThrow(() -> new NotFoundException("no table " + viewSet));
  }

  @Override
  public List<TableFunction> functions() {
    return List.of();
  }

  record FileTable(String name, ViewSchema viewSchema, Path file) implements TableProvider {
    @Override
    public Schema schema() {
      return viewSchema.arrow();
    }

    @Override
    public Optional<EventTimeColumns> eventTime() {
      return Optional.of(viewSchema.eventTime());
    }

    @Override
    public ScanPlan scan(ScanRequest request) {
      return new ScanPlan(
          List.of(new ScanPart.ParquetFiles(List.of(file))), Optional.empty(), () -> {});
    }
  }
}
