package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/// The C functions that we use, bound once. Every symbol is checked at start, so that another
/// version of the library fails there with a list and not in the middle of a query. Source of the
/// signatures: the headers of DuckDB 2.0.0, C API version 1 and 2.
///
/// Functions of version 2 return an error code and fill an error object; [#check] turns both into
/// [EngineException]. Methods that run once per vector have typed wrappers, all others go through
/// [#call].
final class NativeApi extends NativeSymbols {
  /// All memory, so that data of vectors is read by address.
  static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final MemoryLayout A = ADDRESS;
  private static final MemoryLayout I = JAVA_INT;
  private static final MemoryLayout J = JAVA_LONG;

  // Instances, connections, statements.
  final MethodHandle environmentCreate = v2("environment_create", A, A);
  final MethodHandle environmentDestroy = v2("environment_destroy", A);
  final MethodHandle instanceCreate = v2("instance_create_with_options", A, A, A, J, A, A);
  final MethodHandle instanceAttach = v2("instance_attach", A, A, A, A, JAVA_BOOLEAN, A);
  final MethodHandle instanceDestroy = v2("instance_destroy", A);
  final MethodHandle connectionCreate = v2("connection_create", A, A, A);
  final MethodHandle connectionDestroy = v2("connection_destroy", A);
  final MethodHandle connectionInterrupt = v2("connection_interrupt", A, A);
  final MethodHandle connectionProgress = v2("connection_progress_get", A, A, A, A, A);
  final MethodHandle connectionFactory = v2("connection_get_factory", A, A, A);
  final MethodHandle parseSql = v2("parse_sql", A, A, A, A);
  final MethodHandle iteratorNext = v2("statement_iterator_next", A, A, A);
  final MethodHandle iteratorDestroy = v2("statement_iterator_destroy", A);
  final MethodHandle statementDestroy = v2("sql_statement_destroy", A);
  final MethodHandle executeArrow = v2("statement_execute_arrow", A, A, A, A, J, J, A, A);
  final MethodHandle resultToStream = v2("arrow_result_to_arrow_c_stream", A, A, A);
  final MethodHandle errorText = v2("error_info_get_text", A, A);
  final MethodHandle errorSetText = v2("error_info_set_text", A, A);
  final MethodHandle errorSetCode = v2("error_info_set_code", A, I);
  final MethodHandle errorDestroy = v2("error_info_destroy", A);

  // Scalar functions of version 2: only these are evaluated once per dictionary entry.
  final MethodHandle typeFromText = v2("factory_create_type_from_text", A, A, A, A);
  final MethodHandle functionCreate = v2("scalar_function_create", A, A, A);
  final MethodHandle functionSetName = v2("scalar_function_set_name", A, A, A);
  final MethodHandle functionSignature = v2("scalar_function_get_signature", A, A, A);
  final MethodHandle signatureAddParameter =
      v2("function_signature_add_parameter", A, A, A, A, I, A);
  final MethodHandle signatureSetReturn = v2("function_signature_set_return_type", A, A, A);
  final MethodHandle functionSetExec = v2("scalar_function_set_exec_callback", A, A, A);
  final MethodHandle functionSetProperty = v2("scalar_function_set_property", A, I, I, A);
  final MethodHandle functionRegister = v2("connection_register_scalar_function", A, A, A);
  private final MethodHandle execRowCount = v2("scalar_function_exec_get_row_count", A, A, A);
  private final MethodHandle execArgument = v2("scalar_function_exec_get_arg", A, J, A, A);
  private final MethodHandle execResult = v2("scalar_function_exec_get_result", A, A, A);
  private final MethodHandle vectorView = v2("vector_get_view", A, A, A);
  private final MethodHandle vectorDataMutable = v2("vector_get_data_mutable", A, A, A);
  private final MethodHandle vectorValidityMutable =
      v2("vector_flat_get_validity_mutable", A, A, A);
  private final MethodHandle vectorArena = v2("vector_get_arena", A, A, A);
  private final MethodHandle arenaAllocate = v2("arena_allocate", A, J, A, A);

  // Version 1: types, casts, scalar functions.
  final MethodHandle createType = v1("create_logical_type", A, I);
  final MethodHandle createListType = v1("create_list_type", A, A);
  final MethodHandle createStructType = v1("create_struct_type", A, A, A, J);
  final MethodHandle destroyType = v1Void("destroy_logical_type", A);
  final MethodHandle createCast = v1("create_cast_function", A);
  final MethodHandle castSource = v1Void("cast_function_set_source_type", A, A);
  final MethodHandle castTarget = v1Void("cast_function_set_target_type", A, A);
  final MethodHandle castCost = v1Void("cast_function_set_implicit_cast_cost", A, J);
  final MethodHandle castFunction = v1Void("cast_function_set_function", A, A);
  final MethodHandle castMode = v1("cast_function_get_cast_mode", I, A);
  final MethodHandle castError = v1Void("cast_function_set_error", A, A);
  final MethodHandle castRowError = v1Void("cast_function_set_row_error", A, A, J, A);
  final MethodHandle registerCast = v1("register_cast_function", I, A, A);
  final MethodHandle createScalar = v1("create_scalar_function", A);
  final MethodHandle scalarName = v1Void("scalar_function_set_name", A, A);
  final MethodHandle scalarParameter = v1Void("scalar_function_add_parameter", A, A);
  final MethodHandle scalarReturn = v1Void("scalar_function_set_return_type", A, A);
  final MethodHandle scalarFunction = v1Void("scalar_function_set_function", A, A);
  final MethodHandle scalarError = v1Void("scalar_function_set_error", A, A);
  final MethodHandle registerScalar = v1("register_scalar_function", I, A, A);
  final MethodHandle scalarVarargs = v1Void("scalar_function_set_varargs", A, A);
  final MethodHandle scalarVolatile = v1Void("scalar_function_set_volatile", A);
  final MethodHandle scalarNulls = v1Void("scalar_function_set_special_handling", A);
  final MethodHandle destroyScalar = v1Void("destroy_scalar_function", A);

  // Version 1: table functions.
  final MethodHandle vectorSize = v1("vector_size", J);
  final MethodHandle createTableFunction = v1("create_table_function", A);
  final MethodHandle destroyTableFunction = v1Void("destroy_table_function", A);
  final MethodHandle tableFunctionName = v1Void("table_function_set_name", A, A);
  final MethodHandle tableFunctionParameter = v1Void("table_function_add_parameter", A, A);
  final MethodHandle tableFunctionBind = v1Void("table_function_set_bind", A, A);
  final MethodHandle tableFunctionInit = v1Void("table_function_set_init", A, A);
  final MethodHandle tableFunctionRows = v1Void("table_function_set_function", A, A);
  final MethodHandle tableFunctionProjection =
      v1Void("table_function_supports_projection_pushdown", A, JAVA_BOOLEAN);
  final MethodHandle registerTableFunction = v1("register_table_function", I, A, A);
  final MethodHandle bindParameter = v1("bind_get_parameter", A, A, J);
  final MethodHandle bindColumn = v1Void("bind_add_result_column", A, A, A);
  final MethodHandle bindData = v1Void("bind_set_bind_data", A, A, A);
  final MethodHandle bindError = v1Void("bind_set_error", A, A);
  final MethodHandle valueLong = v1("get_int64", J, A);
  final MethodHandle destroyValue = v1Void("destroy_value", A);
  final MethodHandle initBindData = v1("init_get_bind_data", A, A);
  final MethodHandle initColumnCount = v1("init_get_column_count", J, A);
  final MethodHandle initColumn = v1("init_get_column_index", J, A, J);
  final MethodHandle initData = v1Void("init_set_init_data", A, A, A);
  final MethodHandle initMaxThreads = v1Void("init_set_max_threads", A, J);
  final MethodHandle initError = v1Void("init_set_error", A, A);
  final MethodHandle scanError = v1Void("function_set_error", A, A);
  private final MethodHandle scanInitData = v1("function_get_init_data", A, A);
  private final MethodHandle chunkSetSize = v1Void("data_chunk_set_size", A, J);

  // Version 1: aggregates.
  final MethodHandle createAggregate = v1("create_aggregate_function", A);
  final MethodHandle aggregateName = v1Void("aggregate_function_set_name", A, A);
  final MethodHandle aggregateParameter = v1Void("aggregate_function_add_parameter", A, A);
  final MethodHandle aggregateReturn = v1Void("aggregate_function_set_return_type", A, A);
  final MethodHandle aggregateFunctions =
      v1Void("aggregate_function_set_functions", A, A, A, A, A, A);
  final MethodHandle aggregateDestructor = v1Void("aggregate_function_set_destructor", A, A);
  final MethodHandle aggregateError = v1Void("aggregate_function_set_error", A, A);
  final MethodHandle aggregateSpecial = v1Void("aggregate_function_set_special_handling", A);
  final MethodHandle destroyAggregate = v1Void("destroy_aggregate_function", A);
  final MethodHandle createAggregateSet = v1("create_aggregate_function_set", A, A);
  final MethodHandle addAggregateToSet = v1("add_aggregate_function_to_set", I, A, A);
  final MethodHandle registerAggregateSet = v1("register_aggregate_function_set", I, A, A);
  final MethodHandle destroyAggregateSet = v1Void("destroy_aggregate_function_set", A);
  private final MethodHandle chunkVector = v1("data_chunk_get_vector", A, A, J);
  private final MethodHandle chunkSize = v1("data_chunk_get_size", J, A);
  private final MethodHandle vectorData = v1("vector_get_data", A, A);
  private final MethodHandle vectorValidity = v1("vector_get_validity", A, A);
  private final MethodHandle vectorEnsureValidity = v1Void("vector_ensure_validity_writable", A);
  private final MethodHandle vectorAssign = v1Void("vector_assign_string_element_len", A, J, A, J);
  final MethodHandle structChild = v1("struct_vector_get_child", A, A, J);
  final MethodHandle listChild = v1("list_vector_get_child", A, A);
  final MethodHandle listReserve = v1("list_vector_reserve", I, A, J);
  final MethodHandle listSetSize = v1("list_vector_set_size", I, A, J);
  final MethodHandle listSize = v1("list_vector_get_size", J, A);

  /// Code of an error of unspecified kind raised by a callback.
  private static final int CALLBACK_ERROR = 1;

  /// Size of the `{pointer, length}` pair that version 2 uses for text.
  private static final long TEXT_BYTES = 16;

  NativeApi(Path libraryFolder) {
    super(NativeLibrary.load(libraryFolder));
    requireAll();
  }

  /// Calls any function; for calls that happen a few times per query.
  Object call(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  void run(MethodHandle function, Object... arguments) {
    Object unused = call(function, arguments);
  }

  MemorySegment pointer(MethodHandle function, Object... arguments) {
    return (MemorySegment) call(function, arguments);
  }

  /// Calls a function of version 2 whose last argument is the error object.
  void check(Arena arena, MethodHandle function, Object... arguments) {
    MemorySegment error = arena.allocate(ADDRESS);
    Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = error;
    int code = (int) call(function, all);
    if (code != 0) {
      throw new EngineException(takeErrorText(arena, error, code));
    }
  }

  private String takeErrorText(Arena arena, MemorySegment error, int code) {
    MemorySegment handle = error.get(ADDRESS, 0);
    if (handle.address() == 0) {
      return "error " + code;
    }
    MemorySegment text = arena.allocate(TEXT_BYTES, 8);
    run(errorText, handle, text);
    String message =
        new String(
            text.get(ADDRESS, 0).reinterpret(text.get(JAVA_LONG, 8)).toArray(JAVA_BYTE),
            StandardCharsets.UTF_8);
    run(errorDestroy, error);
    return message;
  }

  /// Sets the text of the error object that a callback of version 2 was given.
  void reportError(MemorySegment error, String message) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment handle = error.reinterpret(8).get(ADDRESS, 0);
      run(errorSetCode, handle, CALLBACK_ERROR);
      run(errorSetText, handle, text(arena, message));
    }
  }

  /// `{pointer, length}` as version 2 takes names.
  static MemorySegment text(Arena arena, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    MemorySegment content = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, content, JAVA_BYTE, 0, bytes.length);
    MemorySegment pair = arena.allocate(TEXT_BYTES, 8);
    pair.set(ADDRESS, 0, content);
    pair.set(JAVA_LONG, 8, bytes.length);
    return pair;
  }

  MemorySegment type(int id) {
    return pointer(createType, id);
  }

  void destroyType(Arena arena, MemorySegment type) {
    MemorySegment holder = arena.allocate(ADDRESS);
    holder.set(ADDRESS, 0, type);
    run(destroyType, holder);
  }

  /// A C function pointer to `handle`, valid for the life of the process: registered functions are
  /// never taken back.
  static MemorySegment callback(MethodHandle handle, FunctionDescriptor descriptor) {
    return LINKER.upcallStub(handle, descriptor, Arena.global());
  }

  // What follows runs once per vector.

  long chunkSize(MemorySegment chunk) throws Throwable {
    return (long) chunkSize.invokeExact(chunk);
  }

  void setChunkSize(MemorySegment chunk, long rows) throws Throwable {
    chunkSetSize.invokeExact(chunk, rows);
  }

  /// What the init callback of a table function set, as a number.
  long scanData(MemorySegment info) throws Throwable {
    return ((MemorySegment) scanInitData.invokeExact(info)).address();
  }

  MemorySegment chunkVector(MemorySegment chunk, long index) throws Throwable {
    return (MemorySegment) chunkVector.invokeExact(chunk, index);
  }

  long vectorData(MemorySegment vector) throws Throwable {
    return ((MemorySegment) vectorData.invokeExact(vector)).address();
  }

  long vectorValidity(MemorySegment vector) throws Throwable {
    return ((MemorySegment) vectorValidity.invokeExact(vector)).address();
  }

  long writableValidity(MemorySegment vector) throws Throwable {
    vectorEnsureValidity.invokeExact(vector);
    return vectorValidity(vector);
  }

  void assignText(MemorySegment vector, long row, MemorySegment bytes, long length)
      throws Throwable {
    vectorAssign.invokeExact(vector, row, bytes, length);
  }

  long execRowCount(MemorySegment info, MemorySegment scratch, MemorySegment error)
      throws Throwable {
    require((int) execRowCount.invokeExact(info, scratch, error));
    return scratch.get(JAVA_LONG, 0);
  }

  /// Fills `scratch` with `{data, validity, selection}` of an argument.
  void execArgumentView(MemorySegment info, long index, MemorySegment scratch, MemorySegment error)
      throws Throwable {
    require((int) execArgument.invokeExact(info, index, scratch, error));
    require((int) vectorView.invokeExact(scratch.get(ADDRESS, 0), scratch, error));
  }

  MemorySegment execResult(MemorySegment info, MemorySegment scratch, MemorySegment error)
      throws Throwable {
    require((int) execResult.invokeExact(info, scratch, error));
    return scratch.get(ADDRESS, 0);
  }

  long dataMutable(MemorySegment vector, MemorySegment scratch, MemorySegment error)
      throws Throwable {
    require((int) vectorDataMutable.invokeExact(vector, scratch, error));
    return scratch.get(JAVA_LONG, 0);
  }

  long validityMutable(MemorySegment vector, MemorySegment scratch, MemorySegment error)
      throws Throwable {
    require((int) vectorValidityMutable.invokeExact(vector, scratch, error));
    return scratch.get(JAVA_LONG, 0);
  }

  /// Memory that lives as long as the vector, for text of more than 12 bytes.
  long allocate(MemorySegment vector, long bytes, MemorySegment scratch) throws Throwable {
    require((int) vectorArena.invokeExact(vector, scratch, MemorySegment.NULL));
    require(
        (int)
            arenaAllocate.invokeExact(scratch.get(ADDRESS, 0), bytes, scratch, MemorySegment.NULL));
    return scratch.get(JAVA_LONG, 0);
  }

  private static void require(int code) {
    if (code != 0) {
      throw new EngineException("vector access failed with code " + code);
    }
  }
}
