package micromegas.server.flight;

import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.query.ExportRequest;
import micromegas.query.ExportResult;
import micromegas.query.QueryDescription;
import micromegas.query.QueryEngine;
import micromegas.query.QueryRequest;
import micromegas.query.QueryResult;
import micromegas.query.QueryUse;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/// An engine that counts what it is asked, in front of another.
final class RecordingEngine implements QueryEngine {
  final AtomicInteger queries = new AtomicInteger();
  final AtomicInteger descriptions = new AtomicInteger();
  final AtomicLong rows = new AtomicLong();

  /// One element for each result that was closed.
  final BlockingQueue<QueryRequest> closed = new LinkedBlockingQueue<>();

  private final QueryEngine engine;

  RecordingEngine(QueryEngine engine) {
    this.engine = engine;
  }

  @Override
  public QueryResult query(QueryRequest request) {
    queries.incrementAndGet();
    return new Recorded(request, engine.query(request));
  }

  @Override
  public QueryDescription describe(QueryRequest request) {
    descriptions.incrementAndGet();
    return engine.describe(request);
  }

  @Override
  public ExportResult export(ExportRequest request) {
    return engine.export(request);
  }

  @Override
  public void close() {
    engine.close();
  }

  private final class Recorded implements QueryResult {
    private final QueryRequest request;
    private final QueryResult result;

    Recorded(QueryRequest request, QueryResult result) {
      this.request = request;
      this.result = result;
    }

    @Override
    public Schema schema() {
      return result.schema();
    }

    @Override
    public Set<Integer> dictionaryColumns() {
      return result.dictionaryColumns();
    }

    @Override
    public boolean next() {
      boolean more = result.next();
      rows.addAndGet(result.root().getRowCount());
      return more;
    }

    @Override
    public VectorSchemaRoot root() {
      return result.root();
    }

    @Override
    public double progress() {
      return result.progress();
    }

    @Override
    public QueryUse use() {
      return result.use();
    }

    @Override
    public void cancel() {
      result.cancel();
    }

    @Override
    public void close() {
      result.close();
      closed.add(request);
    }
  }
}
