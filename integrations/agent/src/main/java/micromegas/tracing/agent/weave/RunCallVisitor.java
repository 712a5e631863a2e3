package micromegas.tracing.agent.weave;

import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/// Sends the calls of `Runnable.run` in a method to a hook: the place where an executor runs tasks.
/// Tasks themselves stay what they are, so queues and their owners see nothing.
final class RunCallVisitor extends MethodVisitor {
  private static final String RUNNABLE = "java/lang/Runnable";

  RunCallVisitor(MethodVisitor next) {
    super(Opcodes.ASM9, next);
  }

  @Override
  public void visitMethodInsn(
      int opcode, String owner, String name, String descriptor, boolean isInterface) {
    if (opcode == Opcodes.INVOKEINTERFACE
        && owner.equals(RUNNABLE)
        && name.equals("run")
        && descriptor.equals("()V")) {
      super.visitMethodInsn(
          Opcodes.INVOKESTATIC, AroundVisitor.HOOKS, "run", "(Ljava/lang/Runnable;)V", false);
    } else {
      super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
    }
  }
}
