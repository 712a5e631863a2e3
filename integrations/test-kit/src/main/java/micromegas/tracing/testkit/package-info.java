/// What every integration must do, as contracts that its tests extend; needs JUnit and AssertJ.
///
/// Comes in: the few calls by which a library is driven. Goes out: tests. Not for applications.
package micromegas.tracing.testkit;
