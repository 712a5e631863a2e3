/// Call sites and what else events refer to, each with an id.
///
/// Comes in: names, units, places in the source. Goes out: ids for events, and what stands behind
/// an id for the uplink. Ids are unique in the process. Must never hold on to classes or objects of
/// the application.
@NullMarked
package micromegas.tracing.site;

import org.jspecify.annotations.NullMarked;
