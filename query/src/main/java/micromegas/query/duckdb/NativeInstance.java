package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// One in-memory database. Connections must be closed before it.
final class NativeInstance implements AutoCloseable {
  private final NativeApi api;
  private final MemorySegment environment;
  private final MemorySegment instance;

  NativeInstance(NativeApi api) {
    this.api = api;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api.check(arena, api.environmentCreate, out);
      this.environment = out.get(ADDRESS, 0);
      api.check(
          arena, api.instanceCreate, environment, MemorySegment.NULL, MemorySegment.NULL, 0L, out);
      this.instance = out.get(ADDRESS, 0);
      api.check(
          arena,
          api.instanceAttach,
          instance,
          NativeApi.text(arena, "memory"),
          NativeApi.text(arena, ":memory:"),
          MemorySegment.NULL,
          true);
    }
  }

  NativeConnection connect() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api.check(arena, api.connectionCreate, instance, out);
      return new NativeConnection(api, out.get(ADDRESS, 0));
    }
  }

  @Override
  public void close() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment holder = arena.allocate(ADDRESS);
      holder.set(ADDRESS, 0, instance);
      api.run(api.instanceDestroy, holder);
      holder.set(ADDRESS, 0, environment);
      api.run(api.environmentDestroy, holder);
    }
  }
}
