/// SQL in, Arrow out.
///
/// Comes in: SQL text, a time range and a catalog of tables. Goes out: a stream of Arrow batches,
/// or a Parquet file. Calls functions of the catalog back while queries run. Sees tables through a
/// small interface (TableCatalog, TableProvider) and knows neither views nor lakes. User SQL can
/// read what the catalog offers and nothing else: no file, network, extension, setting or second
/// statement.
@NullMarked
package micromegas.query;

import org.jspecify.annotations.NullMarked;
