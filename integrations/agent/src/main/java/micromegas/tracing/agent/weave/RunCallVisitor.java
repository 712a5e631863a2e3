package micromegas.tracing.agent.weave;

import java.util.Set;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/// Sends the calls of `Runnable.run` and `TimerTask.run` in a method to a hook: the place where an
/// executor runs tasks. Tasks themselves stay what they are, so queues and their owners see
/// nothing.
final class RunCallVisitor extends MethodVisitor {
  private static final Set<String> TASKS = Set.of("java/lang/Runnable", "java/util/TimerTask");

  RunCallVisitor(MethodVisitor next) {
    super(Opcodes.ASM9, next);
  }

  /// Whether a call runs a task of which no more is known than that it is one.
  static boolean isRun(String owner, String name, String descriptor) {
    return TASKS.contains(owner) && name.equals("run") && descriptor.equals("()V");
  }

  @Override
  public void visitMethodInsn(
      int opcode, String owner, String name, String descriptor, boolean isInterface) {
    if (opcode != Opcodes.INVOKESPECIAL && isRun(owner, name, descriptor)) {
      super.visitMethodInsn(
          Opcodes.INVOKESTATIC, AroundVisitor.HOOKS, "run", "(Ljava/lang/Runnable;)V", false);
    } else {
      super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
    }
  }
}
