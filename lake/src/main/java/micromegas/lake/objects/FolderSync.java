package micromegas.lake.objects;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/// Flushes folders to the disk, once for all who wait at the same time: a flush covers every entry
/// that was made before it began, so who comes while one runs shares the next. Thread-safe.
final class FolderSync {
  private final Flush flush;
  private final Map<Path, Gate> gates = new HashMap<>(); // guarded by itself

  /// Brings the entries of a folder to the disk.
  @FunctionalInterface
  interface Flush {
    void run(Path folder) throws IOException;
  }

  FolderSync() {
    this(FolderSync::force);
  }

  FolderSync(Flush flush) {
    this.flush = flush;
  }

  /// Returns when every entry that the folder has now is on the disk. Not interruptible.
  ///
  /// @throws IOException when this caller's flush fails; others try again themselves
  void sync(Path folder) throws IOException {
    Gate gate = enter(folder);
    try {
      sync(folder, gate);
    } finally {
      leave(folder, gate);
    }
  }

  private void sync(Path folder, Gate gate) throws IOException {
    long number;
    synchronized (gate) {
      long needed = gate.begun + 1;
      boolean interrupted = false;
      while (gate.running && gate.done < needed) {
        try {
          gate.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (gate.done >= needed) {
        return;
      }
      gate.running = true;
      number = ++gate.begun;
    }
    boolean flushed = false;
    try {
      flush.run(folder);
      flushed = true;
    } finally {
      synchronized (gate) {
        gate.running = false;
        if (flushed) {
          gate.done = number;
        }
        gate.notifyAll();
      }
    }
  }

  private Gate enter(Path folder) {
    synchronized (gates) {
      Gate gate = gates.computeIfAbsent(folder, path -> new Gate());
      gate.users++;
      return gate;
    }
  }

  private void leave(Path folder, Gate gate) {
    synchronized (gates) {
      gate.users--;
      if (gate.users == 0) {
        gates.remove(folder);
      }
    }
  }

  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// One folder. Flushes are numbered; `done` is the last that succeeded.
  private static final class Gate {
    int users; // guarded by gates
    long begun;
    long done;
    boolean running;
  }
}
