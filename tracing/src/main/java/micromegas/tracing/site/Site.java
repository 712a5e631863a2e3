package micromegas.tracing.site;

import micromegas.transit.Dependency;
import micromegas.transit.LogDescriptor;
import micromegas.transit.MetricDescriptor;
import micromegas.transit.SpanDescriptor;
import micromegas.transit.SpanLocation;

/// One place in the source that records something; equal sites are one. Immutable.
public sealed interface Site {
  /// Stands for names of sites that are too many.
  String OVERFLOW = "(too many call sites)";

  /// Its descriptor on the wire.
  Dependency dependency();

  /// What stands for sites of this kind when there are too many.
  Site overflow();

  /// @param verbosity as on the wire
  record Span(String name, String target, String file, int line, int verbosity) implements Site {
    @Override
    public Dependency dependency() {
      return new SpanDescriptor(name, target, target, file, line, verbosity);
    }

    @Override
    public Site overflow() {
      return new Span(OVERFLOW, "", "", 0, verbosity);
    }
  }

  /// Of spans that have names of their own.
  record Location(String target, String file, int line, int verbosity) implements Site {
    @Override
    public Dependency dependency() {
      return new SpanLocation(target, target, file, line, verbosity);
    }

    @Override
    public Site overflow() {
      return new Location(OVERFLOW, "", 0, verbosity);
    }
  }

  record Metric(String name, String unit, String target, String file, int line, int verbosity)
      implements Site {
    @Override
    public Dependency dependency() {
      return new MetricDescriptor(name, unit, target, file, line, verbosity);
    }

    @Override
    public Site overflow() {
      return new Metric(OVERFLOW, unit, "", "", 0, verbosity);
    }
  }

  /// @param level as on the wire
  record Log(String text, String target, String file, int line, int level) implements Site {
    @Override
    public Dependency dependency() {
      return new LogDescriptor(text, target, target, file, line, level);
    }

    @Override
    public Site overflow() {
      return new Log(OVERFLOW, "", "", 0, level);
    }
  }
}
