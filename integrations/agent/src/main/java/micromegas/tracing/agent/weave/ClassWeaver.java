package micromegas.tracing.agent.weave;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/// Writes a class file with forms put into its methods. Stateless.
public final class ClassWeaver {
  private ClassWeaver() {}

  /// @param plan forms by method, see [#key]; the first is the outermost
  /// @param maxLocals by method
  public static byte[] weave(
      ClassReader reader, Map<String, List<Form>> plan, Map<String, Integer> maxLocals) {
    // Nothing is computed: that would have to load classes.
    ClassWriter writer = new ClassWriter(reader, 0);
    reader.accept(new Weaving(writer, plan, maxLocals), ClassReader.EXPAND_FRAMES);
    return writer.toByteArray();
  }

  /// What names a method in a plan.
  public static String key(String name, String descriptor) {
    return name + descriptor;
  }

  private static final class Weaving extends ClassVisitor {
    private final Map<String, List<Form>> plan;
    private final Map<String, Integer> maxLocals;
    private boolean hasFrames;

    Weaving(ClassWriter writer, Map<String, List<Form>> plan, Map<String, Integer> maxLocals) {
      super(Opcodes.ASM9, writer);
      this.plan = plan;
      this.maxLocals = maxLocals;
    }

    @Override
    public void visit(
        int version,
        int access,
        String name,
        @Nullable String signature,
        @Nullable String superName,
        String @Nullable [] interfaces) {
      hasFrames = (version & 0xffff) >= Opcodes.V1_6;
      super.visit(version, access, name, signature, superName, interfaces);
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      MethodVisitor visitor = super.visitMethod(access, name, descriptor, signature, exceptions);
      List<Form> forms = plan.get(key(name, descriptor));
      if (forms == null) {
        return visitor;
      }
      // The visitor that is made last sees the method first, and has the first slot.
      int locals = maxLocals.getOrDefault(key(name, descriptor), 0);
      for (int i = 0; i < forms.size(); i++) {
        int slot = locals + forms.size() - 1 - i;
        visitor = visitor(forms.get(i), visitor, slot, access, descriptor);
      }
      return visitor;
    }

    private MethodVisitor visitor(
        Form form, MethodVisitor next, int slot, int access, String descriptor) {
      if (form instanceof Form.ThreadSpan span) {
        return new AroundVisitor.OfThread(next, slot, hasFrames, span);
      } else if (form instanceof Form.StageSpan span) {
        return new AroundVisitor.OfStage(next, slot, hasFrames, span);
      } else if (form instanceof Form.Around around) {
        return new AroundVisitor.OfAdvice(next, slot, hasFrames, around, access, descriptor);
      } else if (form instanceof Form.Notify notify) {
        return new EntryVisitor(next, notify, access, descriptor);
      } else if (form instanceof Form.Replace replace) {
        return new EntryVisitor(next, replace, access, descriptor);
      }
      return new RunCallVisitor(next);
    }
  }
}
