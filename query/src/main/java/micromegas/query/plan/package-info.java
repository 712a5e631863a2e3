/// From a user's SQL to SQL that the engine may run.
///
/// Comes in: SQL text, a catalog, a time range. Goes out: SQL over local files, with every name
/// checked against lists of what is allowed, and the files of each table pruned by what the text
/// says. It must never let a name through that it does not know.
@NullMarked
package micromegas.query.plan;

import org.jspecify.annotations.NullMarked;
