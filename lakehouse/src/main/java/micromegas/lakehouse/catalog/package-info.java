/// What users can name in FROM: views, their instances, and listings of the lake.
///
/// Comes in: a name. Goes out: a table that brings itself up to date when it is scanned. Must never
/// look a view up before its name is used, nor materialise anything to answer a question about
/// schemas.
@NullMarked
package micromegas.lakehouse.catalog;

import org.jspecify.annotations.NullMarked;
