package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import micromegas.common.UnavailableException;

/// Looks up C functions by name and remembers those that the library lacks.
abstract class NativeSymbols {
  static final Linker LINKER = Linker.nativeLinker();

  private final SymbolLookup lookup;
  private final List<String> missing = new ArrayList<>();

  NativeSymbols(SymbolLookup lookup) {
    this.lookup = lookup;
  }

  /// A function of version 2, which returns an error code.
  final MethodHandle v2(String name, MemoryLayout... arguments) {
    return bind("duckdb_v2_" + name, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  final MethodHandle v1(String name, MemoryLayout result, MemoryLayout... arguments) {
    return bind("duckdb_" + name, FunctionDescriptor.of(result, arguments));
  }

  final MethodHandle v1Void(String name, MemoryLayout... arguments) {
    return bind("duckdb_" + name, FunctionDescriptor.ofVoid(arguments));
  }

  private MethodHandle bind(String symbol, FunctionDescriptor descriptor) {
    return lookup
        .find(symbol)
        .map(address -> LINKER.downcallHandle(address, descriptor))
        .orElseGet(() -> {
          missing.add(symbol);
          return MethodHandles.empty(MethodType.methodType(void.class));
        });
  }

  /// @throws UnavailableException naming every function that the library lacks
  final void requireAll() {
    if (!missing.isEmpty()) {
      throw new UnavailableException(
          "the native library of the query engine for "
              + NativeLibrary.platform()
              + " lacks "
              + String.join(", ", missing));
    }
  }
}
