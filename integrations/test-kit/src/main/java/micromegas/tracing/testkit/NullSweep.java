package micromegas.tracing.testkit;

import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Calls everything public of a type with null for each argument in turn, and for all of them:
/// recording never throws. What only sets something may refuse null, and is named. Not thread-safe.
///
/// ```java
/// NullSweep sweep = new NullSweep().with(Log.of("null")).mayRefuse("LevelFilter.of");
/// sweep.packageOf(Telemetry.class);
/// assertThat(sweep.thrown()).isEmpty();
/// ```
public final class NullSweep {
  private final Map<Class<?>, Object> instances = new LinkedHashMap<>();
  private final Set<String> mayRefuse = new HashSet<>();
  private final Set<String> notCalled = new HashSet<>();
  private final Set<String> thrown = new TreeSet<>();
  private final Set<String> withoutInstance = new TreeSet<>();
  private Consumer<Object> results = result -> {};
  private int calls;

  public NullSweep() {
    with("text");
    with(Object.class, "object");
    with(Runnable.class, () -> {});
    with(Map.class, Map.of());
    with(List.class, List.of());
    with(Throwable.class, new IllegalStateException("null"));
  }

  /// An object whose methods are called, and which stands for arguments of its type that are not
  /// null.
  public NullSweep with(Object instance) {
    instances.put(instance.getClass(), instance);
    return this;
  }

  /// An object of a type that its class does not say.
  public <T> NullSweep with(Class<T> type, T instance) {
    instances.put(type, instance);
    return this;
  }

  /// What may refuse null, as `Class` or `Class.method`; of constructors the name is that of the
  /// class.
  public NullSweep mayRefuse(String... names) {
    mayRefuse.addAll(List.of(names));
    return this;
  }

  /// What is not called at all.
  public NullSweep notCalled(String... names) {
    notCalled.addAll(List.of(names));
    return this;
  }

  /// What is done with the results of calls, such as ending what they began.
  public NullSweep results(Consumer<Object> consumer) {
    results = consumer;
    return this;
  }

  /// Calls that threw.
  public Set<String> thrown() {
    return thrown;
  }

  /// Types of which there was no object to call.
  public Set<String> withoutInstance() {
    return withoutInstance;
  }

  public int calls() {
    return calls;
  }

  /// Sweeps the public classes of a package; interfaces are what others implement.
  public NullSweep packageOf(Class<?> anchor) {
    for (Class<?> type : publicClasses(anchor)) {
      type(type);
    }
    return this;
  }

  /// Sweeps a type; methods that are inherited belong to others.
  public NullSweep type(Class<?> type) {
    for (Constructor<?> constructor : type.getConstructors()) {
      sweep(constructor, type, null);
    }
    for (Method method : type.getDeclaredMethods()) {
      boolean offered = Modifier.isPublic(method.getModifiers()) && !method.isSynthetic();
      if (offered && !method.getName().equals("equals")) {
        sweep(method, type, instances.get(type));
      }
    }
    return this;
  }

  /// Sweeps what an interface or a class of another library offers, on an object that implements
  /// it.
  public <T> NullSweep methodsOf(Class<T> type, T receiver) {
    with(type, receiver);
    for (Method method : type.getMethods()) {
      if (method.getDeclaringClass() != Object.class
          && !method.isSynthetic()
          && !Modifier.isStatic(method.getModifiers())) {
        sweep(method, type, receiver);
      }
    }
    return this;
  }

  private void sweep(Executable what, Class<?> type, Object receiver) {
    boolean constructor = what instanceof Constructor;
    String name = type.getSimpleName() + (constructor ? "" : "." + what.getName());
    if (Arrays.stream(what.getParameterTypes()).allMatch(Class::isPrimitive)
        || notCalled.contains(name)
        || mayRefuse.contains(name)
        || mayRefuse.contains(type.getSimpleName())
        || type.isAnonymousClass()
        || Modifier.isAbstract(type.getModifiers()) && constructor) {
      return;
    }
    if (!constructor && !Modifier.isStatic(what.getModifiers()) && receiver == null) {
      withoutInstance.add(type.getName());
      return;
    }
    Class<?>[] types = what.getParameterTypes();
    call(what, name, receiver, arguments(types, -1));
    for (int i = 0; i < types.length; i++) {
      if (!types[i].isPrimitive()) {
        call(what, name, receiver, arguments(types, i));
      }
    }
  }

  /// @param only which is null; all for -1
  private Object[] arguments(Class<?>[] types, int only) {
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      if (types[i].isPrimitive()) {
        arguments[i] = Array.get(Array.newInstance(types[i], 1), 0);
      } else if (only >= 0 && i != only) {
        arguments[i] = instances.get(types[i]);
      }
    }
    return arguments;
  }

  private void call(Executable what, String name, Object receiver, Object[] arguments) {
    calls++;
    try {
      what.setAccessible(true); // of a class that is not public
      results.accept(
          what instanceof Method method
              ? method.invoke(receiver, arguments)
              : ((Constructor<?>) what).newInstance(arguments));
    } catch (InvocationTargetException e) {
      thrown.add(
          name
              + Arrays.toString(what.getParameterTypes())
              + Arrays.toString(arguments)
              + " "
              + Optional.ofNullable(e.getCause()).map(Throwable::toString).orElse(""));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name, e);
    }
  }

  /// The public classes of a package, from the folder or the jar it is in.
  private static List<Class<?>> publicClasses(Class<?> anchor) {
    String folder = anchor.getPackageName().replace('.', '/');
    try {
      URI source = anchor.getProtectionDomain().getCodeSource().getLocation().toURI();
      if (Files.isDirectory(Path.of(source))) {
        return publicClasses(anchor, Path.of(source).resolve(folder));
      }
      try (FileSystem jar = FileSystems.newFileSystem(Path.of(source))) {
        return publicClasses(anchor, jar.getPath(folder));
      }
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(folder, e);
    }
  }

  private static List<Class<?>> publicClasses(Class<?> anchor, Path folder) throws IOException {
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (String file : files.map(path -> path.getFileName().toString()).sorted().toList()) {
        if (!file.endsWith(".class") || file.startsWith("package-info")) {
          continue;
        }
        Class<?> type =
            Class.forName(
                anchor.getPackageName() + "." + file.replace(".class", ""),
                true,
                anchor.getClassLoader());
        boolean open = Modifier.isPublic(type.getModifiers());
        if (open && !type.isAnonymousClass() && !type.isInterface() && !type.isEnum()) {
          types.add(type);
        }
      }
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
    return types;
  }
}
