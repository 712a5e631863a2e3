package micromegas.tracing.agent.weave;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/// What is known of a class before it is woven.
///
/// @param name with dots
/// @param file name of the source file, empty when unknown
/// @param methods in the order of the class file
public record ClassFacts(String name, String file, List<MethodFacts> methods) {

  /// Reads a class file.
  public static ClassFacts read(ClassReader reader) {
    Collector collector = new Collector();
    reader.accept(collector, ClassReader.SKIP_FRAMES);
    return new ClassFacts(
        reader.getClassName().replace('/', '.'), collector.file, List.copyOf(collector.methods));
  }

  private static final class Collector extends ClassVisitor {
    private final List<MethodFacts> methods = new ArrayList<>();
    private String file = "";

    Collector() {
      super(Opcodes.ASM9);
    }

    @Override
    public void visitSource(@Nullable String source, @Nullable String debug) {
      file = source == null ? "" : source;
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      return new MethodCollector(access, name, descriptor, methods);
    }
  }

  private static final class MethodCollector extends InstructionCounter {
    private final int access;
    private final String name;
    private final String descriptor;
    private final List<MethodFacts> to;
    private final Map<String, String> annotations = new LinkedHashMap<>();
    private int line;
    private int maxLocals;
    private boolean runsTasks;

    MethodCollector(int access, String name, String descriptor, List<MethodFacts> to) {
      this.access = access;
      this.name = name;
      this.descriptor = descriptor;
      this.to = to;
    }

    @Override
    public AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
      annotations.put(annotation, "");
      return new AnnotationVisitor(Opcodes.ASM9) {
        @Override
        public void visit(String key, Object value) {
          if (value instanceof String text && (key.equals("name") || key.equals("value"))) {
            annotations.put(annotation, text);
          }
        }
      };
    }

    @Override
    public void visitLineNumber(int number, Label start) {
      line = line == 0 ? number : line;
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String called, String signature, boolean isInterface) {
      super.visitMethodInsn(opcode, owner, called, signature, isInterface);
      runsTasks |= RunCallVisitor.isRun(owner, called, signature);
    }

    @Override
    public void visitMaxs(int maxStack, int locals) {
      maxLocals = locals;
    }

    @Override
    public void visitEnd() {
      to.add(
          new MethodFacts(
              access,
              name,
              descriptor,
              Map.copyOf(annotations),
              count,
              line,
              maxLocals,
              runsTasks));
    }
  }

  /// Counts instructions.
  private abstract static class InstructionCounter extends MethodVisitor {
    int count;

    InstructionCounter() {
      super(Opcodes.ASM9);
    }

    @Override
    public void visitInsn(int opcode) {
      count++;
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
      count++;
    }

    @Override
    public void visitVarInsn(int opcode, int index) {
      count++;
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
      count++;
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
      count++;
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      count++;
    }

    @Override
    public void visitInvokeDynamicInsn(
        String name, String descriptor, Handle bootstrap, Object... arguments) {
      count++;
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
      count++;
    }

    @Override
    public void visitLdcInsn(Object value) {
      count++;
    }

    @Override
    public void visitIincInsn(int index, int increment) {
      count++;
    }

    @Override
    public void visitTableSwitchInsn(int min, int max, Label otherwise, Label... labels) {
      count++;
    }

    @Override
    public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] labels) {
      count++;
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
      count++;
    }
  }
}
