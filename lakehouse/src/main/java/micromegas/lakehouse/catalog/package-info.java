/// What SQL can name: the views of a factory as tables, and the listings of the lakehouse.
///
/// Comes in: a name from a query. Goes out: a table or the rows of a listing. Knows nothing about
/// how a view finds its rows; that is the scanner's.
@NullMarked
package micromegas.lakehouse.catalog;

import org.jspecify.annotations.NullMarked;
