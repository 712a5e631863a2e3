package micromegas.lakehouse.spans;

import java.util.Arrays;
import micromegas.lakehouse.blocks.CallSiteTable;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.IntColumn;
import micromegas.lakehouse.columns.LongColumn;

/// Appends rows of `thread_spans` to a batch. Hot code: texts are looked up once per call site,
/// batch and chunk. Not thread-safe.
final class SpanRowWriter {
  private static final int UNKNOWN = -1;

  private final LongColumn ids;
  private final LongColumn parents;
  private final IntColumn depths;
  private final IntColumn hashes;
  private final LongColumn begins;
  private final LongColumn ends;
  private final LongColumn durations;
  private final DictionaryColumn names;
  private final DictionaryColumn targets;
  private final DictionaryColumn files;
  private final IntColumn lines;
  private CallSiteTable sites = new CallSiteTable();
  private int[] nameOfSite = new int[64];
  private int[] targetOfSite = new int[64];
  private int[] fileOfSite = new int[64];

  SpanRowWriter(ColumnBatch out) {
    ids = out.longs(ThreadSpanColumns.ID);
    parents = out.longs(ThreadSpanColumns.PARENT);
    depths = out.ints(ThreadSpanColumns.DEPTH);
    hashes = out.ints(ThreadSpanColumns.HASH);
    begins = out.longs(ThreadSpanColumns.BEGIN);
    ends = out.longs(ThreadSpanColumns.END);
    durations = out.longs(ThreadSpanColumns.DURATION);
    names = out.dictionary(ThreadSpanColumns.NAME);
    targets = out.dictionary(ThreadSpanColumns.TARGET);
    files = out.dictionary(ThreadSpanColumns.FILENAME);
    lines = out.ints(ThreadSpanColumns.LINE);
  }

  /// Says whose call sites the next rows refer to.
  void sites(CallSiteTable table) {
    sites = table;
    int size = table.size();
    if (size > nameOfSite.length) {
      nameOfSite = new int[size];
      targetOfSite = new int[size];
      fileOfSite = new int[size];
    }
    Arrays.fill(nameOfSite, 0, size, UNKNOWN);
  }

  void write(long id, long parent, int depth, int site, long begin, long end) {
    if (nameOfSite[site] == UNKNOWN) {
      resolve(site);
    }
    ids.append(id);
    parents.append(parent);
    depths.append(depth);
    hashes.append(sites.hash(site));
    begins.append(begin);
    ends.append(end);
    durations.append(end - begin);
    names.appendIndex(nameOfSite[site]);
    targets.appendIndex(targetOfSite[site]);
    files.appendIndex(fileOfSite[site]);
    lines.append(sites.line(site));
  }

  private void resolve(int site) {
    targetOfSite[site] = intern(targets, sites.target(site));
    fileOfSite[site] = intern(files, sites.file(site));
    nameOfSite[site] = intern(names, sites.name(site)); // last: it says that all are known
  }

  private int intern(DictionaryColumn column, int text) {
    BytesColumn texts = sites.texts();
    return column.intern(texts.data(), texts.begin(text), texts.end(text) - texts.begin(text));
  }
}
