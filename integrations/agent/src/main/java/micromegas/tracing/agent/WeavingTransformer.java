package micromegas.tracing.agent;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.tracing.agent.select.Selector;
import micromegas.tracing.agent.weave.ClassConstants;
import micromegas.tracing.agent.weave.ClassFacts;
import micromegas.tracing.agent.weave.ClassWeaver;
import micromegas.tracing.agent.weave.Form;
import micromegas.tracing.agent.weave.MethodFacts;
import micromegas.tracing.agent.weave.Utf8Constants;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;

/// Weaves classes as the JVM loads them. A class that cannot be woven stays as it is. Thread-safe.
final class WeavingTransformer implements ClassFileTransformer {
  private static final int NO_BODY = Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE;
  private static final String HOOKS = "micromegas.tracing.agent.boot.AgentHooks";

  private final List<Selector> selectors;
  private final Utf8Constants texts;
  private final List<String> ignored;
  private final AgentOutput output;
  private final Map<ClassLoader, Boolean> seeingHooks =
      Collections.synchronizedMap(new WeakHashMap<>());
  private final Set<String> woven = ConcurrentHashMap.newKeySet();
  private final AtomicLong failures = new AtomicLong();

  /// @param ignored prefixes of names of classes that are never woven
  WeavingTransformer(List<Selector> selectors, List<String> ignored, AgentOutput output) {
    this.selectors = List.copyOf(selectors);
    this.texts = new Utf8Constants(selectors.stream().flatMap(s -> s.texts().stream()).toList());
    this.ignored = List.copyOf(ignored);
    this.output = output;
  }

  /// Names of the classes that were woven.
  Set<String> woven() {
    return woven;
  }

  /// Classes that could not be woven.
  long failures() {
    return failures.get();
  }

  /// Whether a class that is loaded already must be looked at again.
  ///
  /// @param file the class file, if the name alone does not say so; null when there is none
  boolean concerns(String className, byte @Nullable [] file) {
    try {
      return !isIgnored(className) && !candidates(className, file, isOfJdk(className)).isEmpty();
    } catch (RuntimeException e) {
      output.verbose("cannot read " + className + ": " + e);
      return false; // no class file that anyone could weave
    }
  }

  /// Tells of a class that was loaded before anything was woven.
  void loaded(Class<?> type) {
    if (!isOfJdk(type.getName()) && !isIgnored(type.getName())) {
      selectors.forEach(selector -> selector.loaded(type));
    }
  }

  static boolean isOfJdk(String className) {
    return className.startsWith("java.")
        || className.startsWith("jdk.")
        || className.startsWith("sun.")
        || className.startsWith("com.sun.");
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable Module module,
      @Nullable ClassLoader loader,
      @Nullable String internalName,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] file) {
    if (internalName == null) {
      return null;
    }
    try {
      return transform(loader, internalName.replace('/', '.'), file);
    } catch (RuntimeException | LinkageError e) {
      failures.incrementAndGet();
      output.warn("cannot weave " + internalName + ": " + e);
      return null;
    }
  }

  private byte @Nullable [] transform(@Nullable ClassLoader loader, String name, byte[] file) {
    if (isIgnored(name)) {
      return null;
    }
    boolean ofJdk = isOfJdk(name);
    if (loader == null && !ofJdk) {
      return null;
    }
    List<Selector> candidates = candidates(name, file, ofJdk);
    if (candidates.isEmpty()) {
      return null;
    }
    ClassReader reader = new ClassReader(file);
    ClassFacts facts = ClassFacts.read(reader);
    Map<String, List<Form>> plan = new LinkedHashMap<>();
    Map<String, Integer> locals = new HashMap<>();
    for (MethodFacts method : facts.methods()) {
      List<Form> forms = forms(candidates, facts, method);
      if (!forms.isEmpty()) {
        String key = ClassWeaver.key(method.name(), method.descriptor());
        plan.put(key, forms);
        locals.put(key, method.maxLocals());
      }
    }
    if (plan.isEmpty() || !seesHooks(loader)) {
      return null;
    }
    byte[] result = ClassWeaver.weave(reader, plan, locals);
    woven.add(name);
    output.verbose("wove " + name + " " + plan.keySet());
    return result;
  }

  private static List<Form> forms(List<Selector> candidates, ClassFacts facts, MethodFacts method) {
    List<Form> forms = new ArrayList<>();
    if ((method.access() & NO_BODY) != 0 || method.name().startsWith("<")) {
      return forms;
    }
    boolean spans = false;
    for (Selector selector : candidates) {
      Form form = selector.select(facts, method).orElse(null);
      if (form == null) {
        continue;
      }
      boolean isSpan = form instanceof Form.ThreadSpan || form instanceof Form.StageSpan;
      if (!isSpan || !spans) { // a method with an annotation that a pattern names too has one span
        forms.add(form);
      }
      spans |= isSpan;
    }
    return forms;
  }

  private List<Selector> candidates(String name, byte @Nullable [] file, boolean ofJdk) {
    List<Selector> candidates = new ArrayList<>();
    ClassConstants constants = ofJdk || file == null ? null : texts.read(file);
    for (Selector selector : selectors) {
      if (constants == null ? selector.namesClass(name) : selector.mayMatch(name, constants)) {
        candidates.add(selector);
      }
    }
    return candidates;
  }

  private boolean isIgnored(String name) {
    for (String prefix : ignored) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  /// Whether the classes of a loader can link with the hooks; those of some containers see only
  /// what they are told to see.
  private boolean seesHooks(@Nullable ClassLoader loader) {
    if (loader == null) {
      return true;
    }
    Boolean known = seeingHooks.get(loader);
    if (known == null) {
      known = findsHooks(loader);
      seeingHooks.put(loader, known);
    }
    return known;
  }

  private boolean findsHooks(ClassLoader loader) {
    try {
      Class<?> found = Class.forName(HOOKS, false, loader);
      return found.getClassLoader() == null;
    } catch (ClassNotFoundException | LinkageError | RuntimeException e) {
      output.warn("classes of " + loader.getClass().getName() + " do not see " + HOOKS);
      return false;
    }
  }
}
