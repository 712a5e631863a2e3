package micromegas.tracing.agent.weave;

import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/// Puts a call before the body of a method that is told, or replaces, one of its arguments.
final class EntryVisitor extends MethodVisitor {
  private final String hook;
  private final String type;
  private final int slot;
  private final boolean replaces;

  EntryVisitor(MethodVisitor next, Form.Notify form, int access, String descriptor) {
    this(next, form.hook(), form.type(), slot(access, descriptor, form.argument()), false);
  }

  EntryVisitor(MethodVisitor next, Form.Replace form, int access, String descriptor) {
    this(next, form.hook(), form.type(), slot(access, descriptor, form.argument()), true);
  }

  private EntryVisitor(MethodVisitor next, String hook, String type, int slot, boolean replaces) {
    super(Opcodes.ASM9, next);
    this.hook = hook;
    this.type = type;
    this.slot = slot;
    this.replaces = replaces;
  }

  private static int slot(int access, String descriptor, int argument) {
    boolean isStatic = (access & Opcodes.ACC_STATIC) != 0;
    return argument < 0 ? 0 : AroundVisitor.Slots.argument(isStatic, descriptor, argument);
  }

  @Override
  public void visitCode() {
    super.visitCode();
    super.visitVarInsn(Opcodes.ALOAD, slot);
    String parameter = "(L" + type + ";)";
    super.visitMethodInsn(
        Opcodes.INVOKESTATIC,
        AroundVisitor.HOOKS,
        hook,
        parameter + (replaces ? "L" + type + ";" : "V"),
        false);
    if (replaces) {
      super.visitVarInsn(Opcodes.ASTORE, slot);
    }
  }

  @Override
  public void visitMaxs(int maxStack, int maxLocals) {
    super.visitMaxs(Math.max(maxStack, 1), maxLocals);
  }
}
