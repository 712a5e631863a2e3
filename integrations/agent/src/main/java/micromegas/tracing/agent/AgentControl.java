package micromegas.tracing.agent;

import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Weaves and restores classes of the running JVM. Thread-safe.
final class AgentControl implements AgentControlMBean {
  private final Instrumentation instrumentation;
  private final WeavingTransformer transformer;
  private final RecordingHandler handler;
  private final AgentOutput output;

  /// Whether no class of the application has been loaded yet.
  private boolean early;

  private boolean installed;

  AgentControl(
      Instrumentation instrumentation,
      WeavingTransformer transformer,
      RecordingHandler handler,
      boolean early,
      AgentOutput output) {
    this.instrumentation = instrumentation;
    this.transformer = transformer;
    this.handler = handler;
    this.early = early;
    this.output = output;
  }

  @Override
  public boolean isEnabled() {
    return handler.isOn();
  }

  @Override
  public void setEnabled(boolean enabled) {
    handler.switchTo(enabled);
  }

  @Override
  public synchronized boolean isInstalled() {
    return installed;
  }

  @Override
  public synchronized void install() {
    if (installed) {
      return;
    }
    installed = true;
    instrumentation.addTransformer(transformer, true);
    boolean names = early; // then the names of the JDK's classes say enough
    early = false;
    if (!names) {
      for (Class<?> type : instrumentation.getAllLoadedClasses()) {
        transformer.loaded(type);
      }
    }
    retransform(
        type -> transformer.concerns(type.getName(), names ? null : LoadedClassFiles.read(type)));
    handler.switchTo(true);
  }

  @Override
  public synchronized void uninstall() {
    if (!installed) {
      return;
    }
    installed = false;
    handler.switchTo(false);
    instrumentation.removeTransformer(transformer);
    retransform(type -> transformer.woven().contains(type.getName()));
    transformer.woven().clear();
  }

  @Override
  public int getWovenClasses() {
    return transformer.woven().size();
  }

  @Override
  public long getFailures() {
    return transformer.failures();
  }

  private void retransform(Predicate<Class<?>> which) {
    List<Class<?>> chosen = new ArrayList<>();
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      if (!type.isArray() && instrumentation.isModifiableClass(type) && which.test(type)) {
        chosen.add(type);
      }
    }
    if (chosen.isEmpty()) {
      return;
    }
    try {
      instrumentation.retransformClasses(chosen.toArray(new Class<?>[0]));
    } catch (UnmodifiableClassException | LinkageError | RuntimeException e) {
      chosen.forEach(this::retransformAlone); // one bad class must not spoil the others
    }
  }

  private void retransformAlone(Class<?> type) {
    try {
      instrumentation.retransformClasses(type);
    } catch (UnmodifiableClassException | LinkageError | RuntimeException e) {
      output.warn("cannot change " + type.getName() + ": " + e);
    }
  }
}
