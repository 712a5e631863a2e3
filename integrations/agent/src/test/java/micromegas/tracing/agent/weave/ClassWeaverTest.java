package micromegas.tracing.agent.weave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import micromegas.tracing.agent.boot.AgentHandler;
import micromegas.tracing.agent.boot.AgentHooks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/// Woven classes of all versions pass the verifier, and do what they did.
class ClassWeaverTest {
  private static final int FIRST_MAJOR = 49;
  private static final int MAJOR_OF_JAVA_0 = 44;
  private static final Calls CALLS = new Calls();

  /// Says what woven code does.
  private static final class Calls implements AgentHandler {
    final List<String> seen = new ArrayList<>();
    int token;

    @Override
    public int begin(long site) {
      seen.add("begin " + site);
      return ++token;
    }

    @Override
    public void end(int ended) {
      seen.add("end " + ended);
    }

    @Override
    public Object beginAsync(int site) {
      seen.add("async " + site);
      return "span " + site;
    }

    @Override
    public void endAsync(Object result, Object ended) {
      seen.add("end " + ended + " with " + result);
    }

    @Override
    public Object enter(int kind, Object self, Object argument) {
      seen.add("enter " + kind + " " + (self != null) + " " + argument);
      return "advice";
    }

    @Override
    public void exit(int kind, Object result, Throwable failure, Object ended) {
      seen.add("exit " + kind + " " + result + " " + failure);
    }

    @Override
    public void submitted(Object task) {
      seen.add("submitted " + task);
    }

    @Override
    public void run(Runnable task) {
      seen.add("run");
      task.run();
    }

    @Override
    public Runnable inContext(Runnable task) {
      seen.add("wrap");
      return task;
    }

    @Override
    public <T> Callable<T> inContext(Callable<T> task) {
      return task;
    }

    @Override
    public void starting(Thread thread) {}
  }

  @BeforeEach
  void install() {
    assertThat(AgentHooks.install(CALLS)).isTrue();
    CALLS.seen.clear();
    CALLS.token = 0;
  }

  private static Class<?> weave(byte[] file, Map<String, List<Form>> plan) {
    ClassReader reader = new ClassReader(file);
    Map<String, Integer> locals = new LinkedHashMap<>();
    for (MethodFacts method : ClassFacts.read(reader).methods()) {
      locals.put(ClassWeaver.key(method.name(), method.descriptor()), method.maxLocals());
    }
    byte[] woven = ClassWeaver.weave(reader, plan, locals);
    return new ClassLoader(ClassWeaverTest.class.getClassLoader()) {
      Class<?> define() {
        Class<?> type = defineClass(null, woven, 0, woven.length);
        resolveClass(type);
        return type;
      }
    }.define();
  }

  static List<Integer> versions() {
    int newest = MAJOR_OF_JAVA_0 + Runtime.version().feature();
    return IntStream.rangeClosed(FIRST_MAJOR, newest).boxed().toList();
  }

  /// `static int work(long a, int n)`: a loop, a handler, and two returns; throws for a negative n.
  private static byte[] generate(int version) {
    ClassWriter writer =
        new ClassWriter(
            version >= Opcodes.V1_6 ? ClassWriter.COMPUTE_FRAMES : ClassWriter.COMPUTE_MAXS);
    writer.visit(version, Opcodes.ACC_PUBLIC, "Old", null, "java/lang/Object", null);
    MethodVisitor code =
        writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, "work", "(JI)I", null, null);
    code.visitCode();
    Label loop = new Label();
    Label end = new Label();
    Label from = new Label();
    Label to = new Label();
    Label handler = new Label();
    code.visitTryCatchBlock(from, to, handler, "java/lang/NumberFormatException");
    code.visitInsn(Opcodes.ICONST_0);
    code.visitVarInsn(Opcodes.ISTORE, 3);
    code.visitLabel(loop);
    code.visitVarInsn(Opcodes.ILOAD, 3);
    code.visitVarInsn(Opcodes.ILOAD, 2);
    code.visitJumpInsn(Opcodes.IF_ICMPGE, end);
    code.visitIincInsn(3, 1);
    code.visitLabel(from);
    code.visitLdcInsn("x");
    code.visitMethodInsn(
        Opcodes.INVOKESTATIC, "java/lang/Integer", "parseInt", "(Ljava/lang/String;)I", false);
    code.visitInsn(Opcodes.IRETURN);
    code.visitLabel(to);
    code.visitLabel(handler);
    code.visitVarInsn(Opcodes.ASTORE, 4);
    code.visitJumpInsn(Opcodes.GOTO, loop);
    code.visitLabel(end);
    code.visitVarInsn(Opcodes.ILOAD, 2);
    Label fine = new Label();
    code.visitJumpInsn(Opcodes.IFGE, fine);
    code.visitTypeInsn(Opcodes.NEW, "java/lang/IllegalStateException");
    code.visitInsn(Opcodes.DUP);
    code.visitMethodInsn(
        Opcodes.INVOKESPECIAL, "java/lang/IllegalStateException", "<init>", "()V", false);
    code.visitInsn(Opcodes.ATHROW);
    code.visitLabel(fine);
    code.visitVarInsn(Opcodes.ILOAD, 3);
    code.visitVarInsn(Opcodes.LLOAD, 0);
    code.visitInsn(Opcodes.L2I);
    code.visitInsn(Opcodes.IADD);
    code.visitInsn(Opcodes.IRETURN);
    code.visitMaxs(0, 0);
    code.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void classFilesOfAllVersions(int version) throws Exception {
    Class<?> woven =
        weave(
            generate(version),
            Map.of(
                "work(JI)I", List.of(new Form.ThreadSpan(1L << 40), new Form.Around(3, -1, -1))));
    assertThat(woven.getMethod("work", long.class, int.class).invoke(null, 5L, 3)).isEqualTo(8);
    assertThat(CALLS.seen)
        .containsExactly("begin " + (1L << 40), "enter 3 false null", "exit 3 null null", "end 1");
    CALLS.seen.clear();
    assertThatThrownBy(() -> woven.getMethod("work", long.class, int.class).invoke(null, 5L, -1))
        .isInstanceOf(InvocationTargetException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(CALLS.seen)
        .containsExactly(
            "begin " + (1L << 40),
            "enter 3 false null",
            "exit 3 null java.lang.IllegalStateException",
            "end 2");
  }

  /// Names that other languages give methods.
  @ParameterizedTest
  @ValueSource(strings = {"$plus$eq", "call it a day", "größe", "-inline", "a$default", "λ"})
  void namesOfOtherLanguages(String name) throws Exception {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
    writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "Other", null, "java/lang/Object", null);
    MethodVisitor code =
        writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, name, "(D)D", null, null);
    code.visitCode();
    code.visitVarInsn(Opcodes.DLOAD, 0);
    code.visitInsn(Opcodes.DRETURN);
    code.visitMaxs(0, 0);
    code.visitEnd();
    writer.visitEnd();
    Class<?> woven =
        weave(writer.toByteArray(), Map.of(name + "(D)D", List.of(new Form.ThreadSpan(9))));
    assertThat(woven.getMethod(name, double.class).invoke(null, 2.5)).isEqualTo(2.5);
    assertThat(CALLS.seen).containsExactly("begin 9", "end 1");
  }

  /// A method with a subroutine, as compilers made them for `finally` long ago.
  @Test
  void subroutinesOfOldCompilers() throws Exception {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(FIRST_MAJOR, Opcodes.ACC_PUBLIC, "Older", null, "java/lang/Object", null);
    MethodVisitor code =
        writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, "sub", "()I", null, null);
    code.visitCode();
    Label subroutine = new Label();
    code.visitJumpInsn(Opcodes.JSR, subroutine);
    code.visitVarInsn(Opcodes.ILOAD, 1);
    code.visitInsn(Opcodes.IRETURN);
    code.visitLabel(subroutine);
    code.visitVarInsn(Opcodes.ASTORE, 0);
    code.visitIntInsn(Opcodes.BIPUSH, 42);
    code.visitVarInsn(Opcodes.ISTORE, 1);
    code.visitVarInsn(Opcodes.RET, 0);
    code.visitMaxs(0, 0);
    code.visitEnd();
    writer.visitEnd();
    Class<?> woven = weave(writer.toByteArray(), Map.of("sub()I", List.of(new Form.ThreadSpan(7))));
    assertThat(woven.getMethod("sub").invoke(null)).isEqualTo(42);
    assertThat(CALLS.seen).containsExactly("begin 7", "end 1");
  }

  /// Shapes that javac makes.
  public static final class Shapes {
    public CompletableFuture<String> stage(double skipped, String text) {
      if (text.isEmpty()) {
        throw new IllegalArgumentException(text);
      }
      return CompletableFuture.completedFuture(text);
    }

    public String advised(long skipped, String text, int more) {
      String result = text + skipped + more;
      for (int i = 0; i < more; i++) {
        long doubled = 2L * i;
        result += doubled;
      }
      return result;
    }

    public void runs(Runnable task) {
      task.run();
    }
  }

  @Test
  void adviceIsToldArgumentsAndResults() throws Exception {
    try (var in = Shapes.class.getResourceAsStream("ClassWeaverTest$Shapes.class")) {
      Class<?> woven =
          weave(
              in.readAllBytes(),
              Map.of(
                  "stage(DLjava/lang/String;)Ljava/util/concurrent/CompletableFuture;",
                  List.of(new Form.StageSpan(4)),
                  "advised(JLjava/lang/String;I)Ljava/lang/String;",
                  List.of(new Form.Around(2, -1, 1)),
                  "runs(Ljava/lang/Runnable;)V",
                  List.of(
                      new Form.Notify("submitted", "java/lang/Object", -1),
                      new Form.Replace("inContext", "java/lang/Runnable", 0),
                      new Form.RunCalls())));
      Object shapes = woven.getConstructor().newInstance();
      Object stage =
          woven.getMethod("stage", double.class, String.class).invoke(shapes, 1.0, "text");
      assertThat(CALLS.seen).containsExactly("async 4", "end span 4 with " + stage);
      CALLS.seen.clear();
      assertThatThrownBy(
              () -> woven.getMethod("stage", double.class, String.class).invoke(shapes, 1.0, ""))
          .hasCauseInstanceOf(IllegalArgumentException.class);
      assertThat(CALLS.seen).containsExactly("async 4", "end span 4 with null");
      CALLS.seen.clear();
      assertThat(
              woven
                  .getMethod("advised", long.class, String.class, int.class)
                  .invoke(shapes, 1L, "a", 2))
          .isEqualTo("a1202");
      assertThat(CALLS.seen).containsExactly("enter 2 true a", "exit 2 a1202 null");
      CALLS.seen.clear();
      woven.getMethod("runs", Runnable.class).invoke(shapes, (Runnable) () -> {});
      assertThat(CALLS.seen).hasSize(3).startsWith("submitted " + shapes).endsWith("wrap", "run");
    }
  }

  @Test
  void constantsAreFoundWithoutReadingMore() {
    byte[] file = generate(Opcodes.V17);
    ClassConstants found =
        new Utf8Constants(List.of("(JI)I", "work", "(JI)", "nonsense", "x".repeat(300))).read(file);
    assertThat(List.of("(JI)I", "work")).allMatch(found::has);
    assertThat(List.of("(JI)", "nonsense", "x".repeat(300), "Old")).noneMatch(found::has);
    assertThat(found.declares("work", "(JI)I")).isFalse(); // it is static
    assertThat(found.declares("work", "(JI)")).isFalse();
  }

  @Test
  void declaredMethodsAreFoundWithoutReadingMore() throws Exception {
    try (var in = Shapes.class.getResourceAsStream("ClassWeaverTest$Shapes.class")) {
      ClassConstants found =
          new Utf8Constants(List.of("runs", "run", "(Ljava/lang/Runnable;)V", "()V", "<init>"))
              .read(in.readAllBytes());
      assertThat(found.declares("runs", "(Ljava/lang/Runnable;)V")).isTrue();
      assertThat(found.declares("<init>", "()V")).isTrue();
      assertThat(found.has("run")).isTrue();
      assertThat(found.declares("run", "()V")).isFalse(); // it calls that
    }
  }
}
