package micromegas.lakehouse.fresh;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.fresh.Segments.Key;
import micromegas.lakehouse.fresh.Segments.Period;
import micromegas.lakehouse.fresh.Segments.Segment;
import micromegas.lakehouse.materialize.BlockFileWriter;
import micromegas.lakehouse.materialize.GrowingFiles;
import micromegas.lakehouse.materialize.PartitionFile;
import micromegas.lakehouse.view.View;
import org.jspecify.annotations.Nullable;

/// Groups of blocks that grow, ready to go on: a query that finds more blocks than the one before
/// decodes these alone. Thread-safe; for one group, callers take turns.
final class GrowingGroups implements AutoCloseable {
  /// Groups that are ready; each may hold a few megabytes. Of the others all blocks are read again.
  static final int MAX_GROUPS = 32;

  private final BlockFileWriter writer;
  private final Segments segments;

  /// Those that nobody works with, longest unused first. Guarded by itself.
  private final Map<Key, Group> ready = new LinkedHashMap<>();

  private static final class Group {
    final GrowingFiles files;

    /// The blocks that were read.
    final List<UUID> blocks = new ArrayList<>();

    /// In the order of their rows.
    Map<PartitionFile, Segment> segments = new LinkedHashMap<>();

    Group(GrowingFiles files) {
      this.files = files;
    }
  }

  GrowingGroups(BlockFileWriter writer, Segments segments) {
    this.writer = writer;
    this.segments = segments;
  }

  /// The segments of a group in the order of their rows, each acquired once; empty where a view has
  /// to be written as a whole.
  ///
  /// @param targets paths that do not exist yet
  Optional<List<Segment>> segments(
      Key key, Period period, View view, List<SourceBlock> blocks, Supplier<Path> targets) {
    @Nullable Group group = take(key, blocks);
    boolean done = false;
    try {
      if (group == null || !grow(group, period, blocks)) {
        if (group != null) {
          discard(group);
        }
        group = writer.growing(view, blocks.getFirst(), targets).map(Group::new).orElse(null);
        if (group == null) {
          return Optional.empty();
        }
        if (!grow(group, period, blocks)) {
          throw new IllegalStateException("blocks of " + view.id() + " cannot be read at once");
        }
      }
      done = true;
      return Optional.of(List.copyOf(group.segments.values()));
    } finally {
      if (group != null && done) {
        putBack(key, group);
      } else if (group != null) {
        discard(group);
      }
    }
  }

  /// The group that was read so far, its segments acquired once; null when there is none, or
  /// `blocks` are not what was read and more.
  private @Nullable Group take(Key key, List<SourceBlock> blocks) {
    @Nullable Group group;
    synchronized (ready) {
      group = ready.remove(key);
    }
    if (group == null) {
      return null;
    }
    boolean kept = segments.acquire(group.segments.values());
    if (kept
        && group.blocks.size() <= blocks.size()
        && group.blocks.equals(ids(blocks.subList(0, group.blocks.size())))) {
      return group;
    }
    segments.drop(group.segments.values());
    if (kept) {
      segments.release(group.segments.values());
    }
    group.files.close();
    return null;
  }

  /// @return false when all blocks have to be read at once
  private boolean grow(Group group, Period period, List<SourceBlock> blocks) {
    List<SourceBlock> more = blocks.subList(group.blocks.size(), blocks.size());
    if (more.isEmpty()) {
      return true;
    }
    Optional<List<PartitionFile>> files = group.files.add(more);
    if (files.isEmpty()) {
      return false;
    }
    Map<PartitionFile, Segment> before = new LinkedHashMap<>(group.segments);
    Map<PartitionFile, Segment> now = new LinkedHashMap<>();
    for (PartitionFile file : files.get()) {
      @Nullable Segment known = before.remove(file);
      now.put(file, known == null ? segments.keep(period, new Segment(Set.of(), file)) : known);
    }
    segments.drop(before.values());
    segments.release(before.values());
    group.segments = now;
    group.blocks.addAll(ids(more));
    return true;
  }

  private void putBack(Key key, Group group) {
    @Nullable Group eldest = null;
    synchronized (ready) {
      ready.put(key, group);
      if (ready.size() > MAX_GROUPS) {
        eldest = ready.remove(ready.keySet().iterator().next());
      }
    }
    if (eldest != null) {
      segments.drop(eldest.segments.values());
      eldest.files.close();
    }
  }

  /// Gives up a group whose segments are acquired.
  private void discard(Group group) {
    segments.drop(group.segments.values());
    segments.release(group.segments.values());
    group.segments = new LinkedHashMap<>();
    group.files.close();
  }

  private static List<UUID> ids(List<SourceBlock> blocks) {
    return blocks.stream().map(b -> b.block().info().blockId()).toList();
  }

  /// Frees what was kept to go on.
  @Override
  public void close() {
    List<Group> all;
    synchronized (ready) {
      all = List.copyOf(ready.values());
      ready.clear();
    }
    all.forEach(group -> group.files.close());
  }
}
