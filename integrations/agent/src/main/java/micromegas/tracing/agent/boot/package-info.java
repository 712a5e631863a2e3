/// What woven code calls, on the boot class path so that classes of every loader see it.
///
/// Comes in: calls of woven methods. Goes out: the same calls to the handler, which lives with the
/// rest of the agent in the system class loader. Must need nothing but `java.base`.
package micromegas.tracing.agent.boot;
