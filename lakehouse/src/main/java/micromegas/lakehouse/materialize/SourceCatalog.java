package micromegas.lakehouse.materialize;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import micromegas.common.BadRequestException;
import micromegas.lakehouse.view.ViewSchema;
import micromegas.query.EventTimeColumns;
import micromegas.query.ScanPart;
import micromegas.query.ScanPlan;
import micromegas.query.ScanRequest;
import micromegas.query.TableCatalog;
import micromegas.query.TableFunction;
import micromegas.query.TableProvider;
import org.apache.arrow.vector.types.pojo.Schema;

/// One table, `source`: files that are being merged, sorted or described.
public record SourceCatalog(ViewSchema viewSchema, List<Path> files) implements TableCatalog {
  public static final String TABLE = "source";

  @Override
  public List<TableProvider> tables() {
    return List.of(new Source(viewSchema, files));
  }

  @Override
  public TableProvider instance(String viewSet, String instanceId) {
    throw new BadRequestException("a merge query reads the table source only");
  }

  @Override
  public List<TableFunction> functions() {
    return List.of();
  }

  private record Source(ViewSchema viewSchema, List<Path> files) implements TableProvider {
    @Override
    public String name() {
      return TABLE;
    }

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
      // The caller keeps the files in place until the query is done.
      return new ScanPlan(List.of(new ScanPart.ParquetFiles(files)), Optional.empty(), () -> {});
    }
  }
}
