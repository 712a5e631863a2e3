/// DuckDB behind the C functions of its native library, called without JNI.
///
/// Comes in: finished SQL, functions written in Java, limits. Goes out: Arrow batches and Parquet
/// files. Nothing outside this package knows DuckDB, and nothing in it knows what the SQL means.
/// Pointers never leave it.
@NullMarked
package micromegas.query.duckdb;

import org.jspecify.annotations.NullMarked;
