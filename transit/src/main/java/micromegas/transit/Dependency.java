package micromegas.transit;

/// What the events of a block refer to by an id instead of repeating it: a text, a descriptor of a
/// call site, a set of properties. Immutable.
public abstract sealed class Dependency
    permits LogDescriptor, MetricDescriptor, PropertySet, SpanDescriptor, SpanLocation, StaticText {

  Dependency() {}

  /// Writes the record of this dependency, after those that it refers to.
  abstract void write(long id, DependencyWriter out);
}
