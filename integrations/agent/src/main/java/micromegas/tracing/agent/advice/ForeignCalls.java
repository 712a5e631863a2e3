package micromegas.tracing.agent.advice;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Public methods of a library whose classes live in a loader that the agent does not see. A call
/// of a method that its version does not have, or that throws, answers null: the application must
/// not notice. Filled once, then thread-safe.
final class ForeignCalls {
  private final Map<String, MethodHandle> handles = new HashMap<>();

  /// Looks a method up under the key `Type.method`.
  ///
  /// @param type whose simple name counts
  /// @param parameters how many it has, at most two
  void find(Class<?> type, String name, int parameters) {
    for (Method candidate : type.getMethods()) {
      if (candidate.getName().equals(name)
          && candidate.getParameterCount() == parameters
          && !candidate.isBridge()) {
        add(type.getSimpleName() + "." + name, candidate);
      }
    }
  }

  /// Puts a method under a key.
  void add(String key, Method method) {
    try {
      MethodType generic = MethodType.genericMethodType(method.getParameterCount() + 1);
      handles.put(key, MethodHandles.publicLookup().unreflect(method).asType(generic));
    } catch (IllegalAccessException e) {
      return; // calls of it answer null
    }
  }

  @Nullable Object call(String key, @Nullable Object target) {
    MethodHandle handle = handles.get(key);
    if (handle == null || target == null) {
      return null;
    }
    try {
      return handle.invokeExact(target);
    } catch (Throwable e) {
      return null;
    }
  }

  @Nullable Object call(String key, @Nullable Object target, Object argument) {
    MethodHandle handle = handles.get(key);
    if (handle == null || target == null) {
      return null;
    }
    try {
      return handle.invokeExact(target, argument);
    } catch (Throwable e) {
      return null;
    }
  }

  /// What a method answers as text, empty for null.
  String text(String key, @Nullable Object target) {
    Object value = call(key, target);
    return value == null ? "" : value.toString();
  }

  /// Calls a method that answers nothing.
  ///
  /// @return whether it was there and has not thrown
  boolean tell(String key, @Nullable Object target, Object argument) {
    MethodHandle handle = handles.get(key);
    if (handle == null || target == null) {
      return false;
    }
    try {
      Object unused = handle.invokeExact(target, argument);
      return true;
    } catch (Throwable e) {
      return false;
    }
  }

  /// The same with two arguments.
  boolean tell(String key, @Nullable Object target, Object argument, Object more) {
    MethodHandle handle = handles.get(key);
    if (handle == null || target == null) {
      return false;
    }
    try {
      Object unused = handle.invokeExact(target, argument, more);
      return true;
    } catch (Throwable e) {
      return false;
    }
  }
}
