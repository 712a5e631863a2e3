package micromegas.server.flight;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import micromegas.common.BadRequestException;
import micromegas.common.NotFoundException;
import micromegas.common.UnavailableException;
import micromegas.query.EventTimeColumns;
import micromegas.query.ScanPart;
import micromegas.query.ScanPlan;
import micromegas.query.ScanRequest;
import micromegas.query.TableCatalog;
import micromegas.query.TableFunction;
import micromegas.query.TableProvider;
import org.apache.arrow.vector.types.pojo.Schema;

/// Tables of one file each; counts the scans whose files are pinned. `stuck` is a table that never
/// comes up to date, `absent` one whose process does not exist.
final class PinnedTables implements TableCatalog {
  final AtomicInteger pins = new AtomicInteger();
  final List<ScanRequest> scans = new CopyOnWriteArrayList<>();
  final CountDownLatch stuck = new CountDownLatch(1);
  final CountDownLatch interrupted = new CountDownLatch(1);
  private final List<TableProvider> tables = new CopyOnWriteArrayList<>();

  void add(String name, Schema schema, Optional<EventTimeColumns> time, Path file) {
    tables.add(new Table(name, schema, time, file));
  }

  @Override
  public List<TableProvider> tables() {
    return List.copyOf(tables);
  }

  @Override
  public TableProvider instance(String viewSet, String instanceId) {
    return table(viewSet)
        .orElseThrow(() -> new BadRequestException("error making view: no view set " + viewSet));
  }

  @Override
  public List<TableFunction> functions() {
    return List.of();
  }

  private ScanPlan plan(Table table, ScanRequest request) {
    scans.add(request);
    switch (table.name()) {
      case "absent" -> throw new NotFoundException("no rows returned for process p");
      case "stuck" -> awaitForEver();
      default -> {}
    }
    pins.incrementAndGet();
    return new ScanPlan(
        List.of(new ScanPart.ParquetFiles(List.of(table.file()))),
        Optional.empty(),
        pins::decrementAndGet);
  }

  private void awaitForEver() {
    stuck.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw new UnavailableException("interrupted", e);
    }
  }

  private final class Table implements TableProvider {
    private final String name;
    private final Schema schema;
    private final Optional<EventTimeColumns> time;
    private final Path file;

    Table(String name, Schema schema, Optional<EventTimeColumns> time, Path file) {
      this.name = name;
      this.schema = schema;
      this.time = time;
      this.file = file;
    }

    Path file() {
      return file;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Schema schema() {
      return schema;
    }

    @Override
    public Optional<EventTimeColumns> eventTime() {
      return time;
    }

    @Override
    public ScanPlan scan(ScanRequest request) {
      return plan(this, request);
    }
  }
}
