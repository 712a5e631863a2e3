package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static micromegas.query.duckdb.NativeApi.MEMORY;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An aggregate of the engine that is computed in Java. Each group has a state of a fixed size in
/// the engine's memory, which begins as zeros and may own one block of memory of its own. The
/// callbacks come from C: whatever a subclass throws becomes the error of the query.
abstract class EngineAggregate {
  private static final Logger LOG = LoggerFactory.getLogger(EngineAggregate.class);
  static final int DOUBLE = 11;
  static final int BIGINT = 5;
  static final int UBIGINT = 9;
  static final int BLOB = 18;

  final NativeApi api;
  private final MethodHandle allocate;
  private final MethodHandle free;
  private final long stateBytes;
  private final long ownedAt;

  /// @param stateBytes size of the state
  /// @param ownedAt where in it the address of its own memory is; 0 there means none
  EngineAggregate(NativeApi api, long stateBytes, long ownedAt) {
    this.api = api;
    this.stateBytes = stateBytes;
    this.ownedAt = ownedAt;
    this.allocate =
        NativeSymbols.LINKER.downcallHandle(
            NativeSymbols.LINKER.defaultLookup().find("calloc").orElseThrow(),
            FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));
    this.free =
        NativeSymbols.LINKER.downcallHandle(
            NativeSymbols.LINKER.defaultLookup().find("free").orElseThrow(),
            FunctionDescriptor.ofVoid(ADDRESS));
  }

  /// Types of the arguments; the caller destroys them.
  abstract List<MemorySegment> parameters(Arena arena);

  /// Type of the result; the caller destroys it.
  abstract MemorySegment result(Arena arena);

  /// Adds the rows of `chunk` to the states at the addresses in `states`.
  abstract void add(MemorySegment chunk, MemorySegment states) throws Throwable;

  /// Adds the state at `source` to the one at `target`.
  abstract void combine(long source, long target) throws Throwable;

  /// Writes the results of `count` states to the rows of `result` from `offset` on.
  abstract void finish(MemorySegment states, MemorySegment result, long count, long offset)
      throws Throwable;

  /// Registers aggregates that differ in their arguments under one name.
  static void register(
      NativeApi api, NativeConnection connection, String name, EngineAggregate... overloads) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      MemorySegment set = api.pointer(api.createAggregateSet, text);
      int state = 0;
      for (EngineAggregate overload : overloads) {
        MemorySegment function = overload.function(arena, text);
        state |= (int) api.call(api.addAggregateToSet, set, function);
        destroy(api, arena, api.destroyAggregate, function);
      }
      state |= (int) api.call(api.registerAggregateSet, connection.handle(), set);
      destroy(api, arena, api.destroyAggregateSet, set);
      if (state != 0) {
        throw new EngineException("cannot register " + name);
      }
    }
  }

  private static void destroy(
      NativeApi api, Arena arena, MethodHandle destructor, MemorySegment object) {
    MemorySegment holder = arena.allocate(ADDRESS);
    holder.set(ADDRESS, 0, object);
    api.run(destructor, holder);
  }

  private MemorySegment function(Arena arena, MemorySegment name) {
    MemorySegment function = api.pointer(api.createAggregate);
    api.run(api.aggregateName, function, name);
    for (MemorySegment parameter : parameters(arena)) {
      api.run(api.aggregateParameter, function, parameter);
      api.destroyType(arena, parameter);
    }
    MemorySegment result = result(arena);
    api.run(api.aggregateReturn, function, result);
    api.destroyType(arena, result);
    MemorySegment[] callbacks = new MemorySegment[5];
    Arrays.setAll(callbacks, i -> callback(Callback.values()[i]));
    api.run(
        api.aggregateFunctions,
        function,
        callbacks[0],
        callbacks[1],
        callbacks[2],
        callbacks[3],
        callbacks[4]);
    api.run(api.aggregateDestructor, function, callback(Callback.DESTROY));
    return function;
  }

  /// What the engine calls, in the order in which it wants to know the addresses.
  private enum Callback {
    STATE_SIZE("stateSize", long.class, MemorySegment.class),
    INITIALIZE("initialize", void.class, MemorySegment.class, MemorySegment.class),
    UPDATE("update", void.class, MemorySegment.class, MemorySegment.class, MemorySegment.class),
    COMBINE(
        "combineAll",
        void.class,
        MemorySegment.class,
        MemorySegment.class,
        MemorySegment.class,
        long.class),
    FINISH(
        "finishAll",
        void.class,
        MemorySegment.class,
        MemorySegment.class,
        MemorySegment.class,
        long.class,
        long.class),
    DESTROY("destroy", void.class, MemorySegment.class, long.class);

    private final String method;
    private final MethodType type;

    Callback(String method, Class<?> result, Class<?>... arguments) {
      this.method = method;
      this.type = MethodType.methodType(result, arguments);
    }
  }

  private MemorySegment callback(Callback callback) {
    MemoryLayout[] layouts =
        callback.type.parameterList().stream()
            .map(argument -> argument == long.class ? JAVA_LONG : ADDRESS)
            .toArray(MemoryLayout[]::new);
    try {
      MethodHandle handle =
          MethodHandles.lookup()
              .findVirtual(EngineAggregate.class, callback.method, callback.type)
              .bindTo(this);
      return NativeApi.callback(
          handle,
          callback.type.returnType() == void.class
              ? FunctionDescriptor.ofVoid(layouts)
              : FunctionDescriptor.of(JAVA_LONG, layouts));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("aggregate callback", e);
    }
  }

  static double getDouble(long address) {
    return MEMORY.get(JAVA_DOUBLE_UNALIGNED, address);
  }

  static void setDouble(long address, double value) {
    MEMORY.set(JAVA_DOUBLE_UNALIGNED, address, value);
  }

  static long getLong(long address) {
    return MEMORY.get(JAVA_LONG_UNALIGNED, address);
  }

  static void setLong(long address, long value) {
    MEMORY.set(JAVA_LONG_UNALIGNED, address, value);
  }

  static boolean isValid(long mask, long row) {
    return mask == 0 || (getLong(mask + (row >>> 6) * 8) >>> (row & 63) & 1) != 0;
  }

  /// Makes a row of a result NULL.
  final void setNull(MemorySegment result, long row) throws Throwable {
    long word = api.writableValidity(result) + (row >>> 6) * 8;
    setLong(word, getLong(word) & ~(1L << (row & 63)));
  }

  /// Gives a state memory of its own, zeros, in place of what it had.
  ///
  /// @return its address
  final long own(long state, long longs) throws Throwable {
    release(state);
    MemorySegment memory = (MemorySegment) allocate.invokeExact(longs, 8L);
    if (memory.address() == 0) {
      throw new IllegalStateException("no memory for an aggregate");
    }
    setLong(state + ownedAt, memory.address());
    return memory.address();
  }

  private void release(long state) throws Throwable {
    long owned = getLong(state + ownedAt);
    if (owned != 0) {
      free.invokeExact(MemorySegment.ofAddress(owned));
      setLong(state + ownedAt, 0);
    }
  }

  @SuppressWarnings("unused") // called from C, like all that follow
  private long stateSize(MemorySegment info) {
    return stateBytes;
  }

  @SuppressWarnings("unused")
  private void initialize(MemorySegment info, MemorySegment state) {
    state.reinterpret(stateBytes).fill((byte) 0);
  }

  @SuppressWarnings("unused")
  private void update(MemorySegment info, MemorySegment chunk, MemorySegment states) {
    try {
      add(chunk, states);
    } catch (Throwable e) {
      fail(info, e);
    }
  }

  @SuppressWarnings("unused")
  private void combineAll(
      MemorySegment info, MemorySegment sources, MemorySegment targets, long count) {
    try {
      for (long i = 0; i < count; i++) {
        combine(getLong(sources.address() + 8 * i), getLong(targets.address() + 8 * i));
      }
    } catch (Throwable e) {
      fail(info, e);
    }
  }

  @SuppressWarnings("unused")
  private void finishAll(
      MemorySegment info, MemorySegment states, MemorySegment result, long count, long offset) {
    try {
      finish(states, result, count, offset);
    } catch (Throwable e) {
      fail(info, e);
    }
  }

  @SuppressWarnings("unused")
  private void destroy(MemorySegment states, long count) {
    try {
      for (long i = 0; i < count; i++) {
        release(getLong(states.address() + 8 * i));
      }
    } catch (Throwable e) {
      // Nothing can be reported from here, and nothing may be thrown through C.
      LOG.error("releasing memory of an aggregate", e);
    }
  }

  private void fail(MemorySegment info, Throwable error) {
    try (Arena arena = Arena.ofConfined()) {
      api.run(api.aggregateError, info, arena.allocateFrom(String.valueOf(error.getMessage())));
    }
  }
}
