/// A real PostgreSQL as a child of this program, for those who do not bring their own.
///
/// Comes in: a folder. Goes out: a connection string to a durable server on the loopback interface.
/// Its data outlives the program, whatever way the program ends. Must never serve one folder twice.
@NullMarked
package micromegas.lake.embedded;

import org.jspecify.annotations.NullMarked;
