package micromegas.server.client;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.jspecify.annotations.Nullable;

/// An Arrow IPC stream.
public final class ArrowPrinter implements RowPrinter {
  private final OutputStream out;
  private @Nullable ArrowStreamWriter writer;

  public ArrowPrinter(OutputStream out) {
    this.out = out;
  }

  @Override
  public void print(VectorSchemaRoot root) {
    try {
      // A Flight stream reloads one root, so one writer serves every batch.
      if (writer == null) {
        writer = new ArrowStreamWriter(root, null, Channels.newChannel(out));
        writer.start();
      }
      if (root.getRowCount() > 0) {
        writer.writeBatch();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void finish() {
    try {
      if (writer != null) {
        writer.end();
      }
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
