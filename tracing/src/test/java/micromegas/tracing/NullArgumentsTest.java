package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import micromegas.tracing.spi.Recorder;
import micromegas.tracing.testing.MemorySink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Every public method of the package, called with null for each of its arguments in turn and for
/// all of them: recording never throws. What is called once, at the start or to set something, may
/// refuse null; these are listed.
class NullArgumentsTest {
  /// What may refuse null, as `Class` or `Class.method`.
  private static final Set<String> MAY_REFUSE =
      Set.of(
          // Settings.
          "TelemetryBuilder",
          "LevelFilter.of",
          "LevelFilter.parse",
          "LevelFilter.with",
          "Telemetry.consoleLevels",
          "Telemetry.recordLevels",
          "Telemetry.link",
          "WorkSite.details",
          // The library tells a sink of lines, never of null.
          "ConsoleSink.log",
          // Tasks of the application, whose failures go to their caller.
          "AsyncSpan.call",
          "AsyncSpan.run",
          "AsyncSpanSite.call",
          "AsyncSpanSite.run",
          "AsyncSpanSite.trace",
          "AsyncSpanSite.traceStarting",
          "NamedAsyncSpanSite.trace",
          "NamedAsyncSpanSite.traceStarting",
          "SpanContext.call",
          "SpanContext.get",
          "SpanContext.run",
          "WorkSite.call",
          "WorkSite.run");

  /// Takes the id of a site, which is never 0.
  private static final Set<String> NOT_CALLED = Set.of("Recorder.begin");

  private final Set<String> thrown = new TreeSet<>();
  private final Set<Class<?>> withoutInstance = new java.util.HashSet<>();
  private int calls;

  @AfterEach
  void forget() {
    DefaultContext.clear();
  }

  @Test
  void nothingIsThrown() throws Exception {
    MemorySink sink = new MemorySink();
    try (Telemetry telemetry =
        Telemetry.builder()
            .sink(sink)
            .spans(true)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .shutdownHook(false)
            .start()) {
      Map<Class<?>, Object> instances = instances(telemetry);
      for (Class<?> type : publicTypes()) {
        for (Method method : type.getDeclaredMethods()) {
          if (Modifier.isPublic(method.getModifiers()) && method.getParameterCount() > 0) {
            sweep(instances, type, method);
          }
        }
      }
      telemetry.recordLevels(LevelFilter.of(Level.TRACE));
      Log.of("after").info("still alive");
    }
    assertThat(thrown).isEmpty();
    assertThat(withoutInstance).isEmpty();
    assertThat(calls).isGreaterThan(300);
    assertThat(sink.logs()).extracting(log -> log.text()).contains("still alive");
    assertThat(StreamValidator.validate(sink.process().orElseThrow(), sink.blocks())).isEmpty();
  }

  private void sweep(Map<Class<?>, Object> instances, Class<?> type, Method method)
      throws IllegalAccessException {
    String name = type.getSimpleName() + "." + method.getName();
    if (NOT_CALLED.contains(name)
        || MAY_REFUSE.contains(name)
        || MAY_REFUSE.contains(type.getSimpleName())) {
      return;
    }
    Object receiver = null;
    if (!Modifier.isStatic(method.getModifiers())) {
      receiver = instances.get(type);
      if (receiver == null) {
        withoutInstance.add(type);
        return;
      }
    }
    Class<?>[] types = method.getParameterTypes();
    call(method, receiver, nulls(instances, types, -1));
    for (int i = 0; i < types.length; i++) {
      if (!types[i].isPrimitive()) {
        call(method, receiver, nulls(instances, types, i));
      }
    }
  }

  private static Object[] nulls(Map<Class<?>, Object> instances, Class<?>[] types, int only) {
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      arguments[i] = types[i].isPrimitive() ? zero(types[i]) : null;
      if (only >= 0 && i != only && !types[i].isPrimitive()) {
        arguments[i] = instances.get(types[i]);
      }
    }
    return arguments;
  }

  private static Object zero(Class<?> type) {
    if (type == int.class) {
      return 0;
    } else if (type == long.class) {
      return 0L;
    } else if (type == double.class) {
      return 0.0;
    } else if (type == float.class) {
      return 0f;
    }
    return type == boolean.class ? (Object) false : 'x';
  }

  private void call(Method method, Object receiver, Object[] arguments)
      throws IllegalAccessException {
    calls++;
    try {
      Object result = method.invoke(receiver, arguments);
      if (result instanceof SpanScope scope) {
        scope.close();
      } else if (result instanceof AsyncSpan span) {
        span.end();
      } else if (result instanceof WorkUnit unit) {
        unit.close();
      } else if (result instanceof Integer token && method.getName().equals("begin")) {
        Recorder.end(token);
      }
    } catch (InvocationTargetException e) {
      thrown.add(
          method.getDeclaringClass().getSimpleName()
              + "."
              + method.getName()
              + Arrays.toString(method.getParameterTypes())
              + Arrays.toString(arguments)
              + " "
              + e.getCause());
    }
  }

  private static List<Class<?>> publicTypes() throws URISyntaxException, ClassNotFoundException {
    File folder =
        new File(
            new File(Telemetry.class.getProtectionDomain().getCodeSource().getLocation().toURI()),
            "micromegas/tracing");
    List<Class<?>> types = new ArrayList<>();
    types.add(Recorder.class);
    for (String file : folder.list()) {
      if (file.endsWith(".class") && !file.startsWith("package-info")) {
        Class<?> type = Class.forName("micromegas.tracing." + file.replace(".class", ""));
        boolean open = Modifier.isPublic(type.getModifiers());
        if (open && !type.isAnonymousClass() && !type.isInterface() && !type.isEnum()) {
          types.add(type);
        }
      }
    }
    assertThat(types).hasSizeGreaterThan(20);
    return types;
  }

  private static Map<Class<?>, Object> instances(Telemetry telemetry) {
    Map<Class<?>, Object> instances = new LinkedHashMap<>();
    List<Object> objects =
        List.of(
            telemetry,
            Telemetry.builder(),
            Sites.here(),
            Sites.here().span("null"),
            Sites.here().namedSpan(),
            Sites.here().asyncSpan("null"),
            Sites.here().namedAsyncSpan(),
            Sites.here().intMetric("null", "count"),
            Sites.here().floatMetric("null", "count"),
            Sites.here().info("null"),
            Sites.here().work((duration, failed) -> true),
            Sites.here().work(null).beginDetached(),
            Sites.here().asyncSpan("null").begin(),
            Sites.here().namedAsyncSpan().beginUnnamed(Name.of("null"), SpanContext.root()),
            Log.of("null"),
            PropertySet.of("a", "b"),
            Name.of("null"),
            PastSpans.open("null", 1).orElseThrow(),
            new PastEvents(),
            ConsoleSink.standardOutput(),
            new BoundedNames(10, "others"),
            LevelFilter.of(Level.INFO),
            Level.INFO,
            SpanContext.current(),
            "text",
            Duration.ZERO,
            new IllegalStateException("null"));
    for (Object object : objects) {
      instances.put(object.getClass(), object);
    }
    instances.put(Throwable.class, new IllegalStateException("null"));
    instances.put(Object.class, "object");
    instances.put(Runnable.class, (Runnable) () -> {});
    instances.put(Map.class, Map.of());
    instances.put(List.class, List.of());
    return instances;
  }
}
