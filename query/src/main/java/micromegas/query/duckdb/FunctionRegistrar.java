package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// Makes Java functions known to an instance. Functions live as long as the process.
final class FunctionRegistrar {
  private static final FunctionDescriptor EXEC =
      FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS);
  // Property and values from the header: duckdb_v2_function_property FALLIBILITY.
  private static final int PROPERTY_FALLIBILITY = 66048;
  private static final int INFALLIBLE = 66048;
  private static final int FALLIBLE = 66049;

  private final NativeApi api;
  private final MemorySegment connection;

  FunctionRegistrar(NativeApi api, NativeConnection connection) {
    this.api = api;
    this.connection = connection.handle();
  }

  void register(KernelFunction function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api.check(arena, api.connectionFactory, connection, out);
      MemorySegment factory = out.get(ADDRESS, 0);
      api.check(arena, api.functionCreate, factory, out);
      MemorySegment handle = out.get(ADDRESS, 0);
      api.check(arena, api.functionSetName, handle, NativeApi.text(arena, function.name()));
      api.check(arena, api.functionSignature, handle, out);
      MemorySegment signature = out.get(ADDRESS, 0);
      int index = 0;
      for (String parameter : function.parameters()) {
        api.check(
            arena,
            api.signatureAddParameter,
            signature,
            NativeApi.text(arena, "argument" + index++),
            type(arena, factory, parameter),
            MemorySegment.NULL,
            0);
      }
      api.check(arena, api.signatureSetReturn, signature, type(arena, factory, function.returns()));
      api.check(arena, api.functionSetExec, handle, callback(function));
      api.check(
          arena,
          api.functionSetProperty,
          handle,
          PROPERTY_FALLIBILITY,
          function.infallible() ? INFALLIBLE : FALLIBLE);
      api.check(arena, api.functionRegister, connection, handle);
    }
  }

  private MemorySegment type(Arena arena, MemorySegment factory, String sqlType) {
    MemorySegment out = arena.allocate(ADDRESS);
    api.check(arena, api.typeFromText, factory, NativeApi.text(arena, sqlType), out);
    return out.get(ADDRESS, 0);
  }

  private MemorySegment callback(KernelFunction function) {
    try {
      MethodHandle call =
          MethodHandles.lookup()
              .findVirtual(
                  Call.class,
                  "run",
                  MethodType.methodType(
                      void.class, MemorySegment.class, MemorySegment.class, MemorySegment.class))
              .bindTo(new Call(api, function));
      return NativeApi.callback(call, EXEC);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("scalar function callback", e);
    }
  }

  /// Target of the C callback. Nothing may be thrown through C: every failure becomes the error of
  /// the query.
  private record Call(NativeApi api, KernelFunction function) {
    @SuppressWarnings("unused") // called from C
    void run(MemorySegment info, MemorySegment context, MemorySegment error) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment scratch = arena.allocate(32, 8);
        function.kernel().run(new Vectors(api, function.parameters().size(), info, error, scratch));
      } catch (Throwable e) {
        String message = e.getMessage();
        api.reportError(error, message == null ? e.toString() : message);
      }
    }
  }
}
