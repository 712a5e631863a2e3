package micromegas.tracing.agent.weave;

import java.util.Arrays;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/// Puts a call before the body of a method, and one behind it: at each return, and in a handler of
/// everything that is thrown, which throws it on.
///
/// What the first call returns is kept in a local variable behind all others, so nothing moves. The
/// frames of the body are told of it; the frame of the handler knows of nothing else, which holds
/// wherever the body fails.
abstract class AroundVisitor extends MethodVisitor {
  static final String HOOKS = "micromegas/tracing/agent/boot/AgentHooks";

  /// Stack that the calls need beyond the body's.
  private static final int STACK = 5;

  private final int slot;
  private final boolean isInt;
  private final boolean hasFrames;
  private final Object frameType;
  private final Label start = new Label();

  /// @param slot number of the local variable, behind those of the method
  /// @param isInt whether the first call returns an int, else an object
  /// @param hasFrames whether class files of that version have frames
  AroundVisitor(MethodVisitor next, int slot, boolean isInt, boolean hasFrames) {
    super(Opcodes.ASM9, next);
    this.slot = slot;
    this.isInt = isInt;
    this.hasFrames = hasFrames;
    this.frameType = isInt ? Opcodes.INTEGER : "java/lang/Object";
  }

  /// The first call; leaves its result on the stack.
  abstract void enter();

  /// The call before a return; leaves the stack as it is.
  ///
  /// @param returning whether a reference is on the stack
  abstract void exit(boolean returning);

  /// The call in the handler; leaves the exception on the stack.
  abstract void fail();

  final void loadToken() {
    super.visitVarInsn(isInt ? Opcodes.ILOAD : Opcodes.ALOAD, slot);
  }

  final void hook(String name, String descriptor) {
    super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOKS, name, descriptor, false);
  }

  final void push(int number) {
    super.visitLdcInsn(number);
  }

  @Override
  public void visitCode() {
    super.visitCode();
    enter();
    super.visitVarInsn(isInt ? Opcodes.ISTORE : Opcodes.ASTORE, slot);
    super.visitLabel(start);
  }

  @Override
  public void visitInsn(int opcode) {
    if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
      exit(opcode == Opcodes.ARETURN);
    }
    super.visitInsn(opcode);
  }

  @Override
  public void visitFrame(int type, int numLocal, Object[] local, int numStack, Object[] stack) {
    if (!hasFrames) {
      return;
    }
    Object[] padded = Arrays.copyOf(local, slot + 1);
    int entries = numLocal;
    for (int slots = slots(local, numLocal); slots < slot; slots++) {
      padded[entries++] = Opcodes.TOP;
    }
    padded[entries++] = frameType;
    super.visitFrame(type, entries, padded, numStack, stack);
  }

  private static int slots(Object[] local, int numLocal) {
    int slots = 0;
    for (int i = 0; i < numLocal; i++) {
      slots += local[i] == Opcodes.LONG || local[i] == Opcodes.DOUBLE ? 2 : 1;
    }
    return slots;
  }

  @Override
  public void visitMaxs(int maxStack, int maxLocals) {
    Label handler = new Label();
    super.visitLabel(handler);
    super.visitTryCatchBlock(start, handler, handler, null);
    visitFrame(Opcodes.F_NEW, 0, new Object[0], 1, new Object[] {"java/lang/Throwable"});
    fail();
    super.visitInsn(Opcodes.ATHROW);
    super.visitMaxs(maxStack + STACK, Math.max(maxLocals, slot + 1));
  }

  /// A span of the thread.
  static final class OfThread extends AroundVisitor {
    private final long site;

    OfThread(MethodVisitor next, int slot, boolean hasFrames, Form.ThreadSpan form) {
      super(next, slot, true, hasFrames);
      site = form.site();
    }

    @Override
    void enter() {
      visitLdcInsn(site);
      hook("begin", "(J)I");
    }

    @Override
    void exit(boolean returning) {
      loadToken();
      hook("end", "(I)V");
    }

    @Override
    void fail() {
      exit(false);
    }
  }

  /// A span that ends with the stage that is returned.
  static final class OfStage extends AroundVisitor {
    private final int site;

    OfStage(MethodVisitor next, int slot, boolean hasFrames, Form.StageSpan form) {
      super(next, slot, false, hasFrames);
      site = form.site();
    }

    @Override
    void enter() {
      push(site);
      hook("beginAsync", "(I)Ljava/lang/Object;");
    }

    @Override
    void exit(boolean returning) {
      visitPlain(Opcodes.DUP);
      loadToken();
      hook("endAsync", "(Ljava/lang/Object;Ljava/lang/Object;)V");
    }

    @Override
    void fail() {
      visitPlain(Opcodes.ACONST_NULL);
      loadToken();
      hook("endAsync", "(Ljava/lang/Object;Ljava/lang/Object;)V");
    }
  }

  /// Advice.
  static final class OfAdvice extends AroundVisitor {
    private final int kind;
    private final int subjectSlot;
    private final int argumentSlot;

    OfAdvice(
        MethodVisitor next,
        int slot,
        boolean hasFrames,
        Form.Around form,
        int access,
        String descriptor) {
      super(next, slot, false, hasFrames);
      kind = form.kind();
      boolean isStatic = (access & Opcodes.ACC_STATIC) != 0;
      int self = isStatic ? -1 : 0;
      subjectSlot = slot(isStatic, descriptor, form.subject(), self);
      argumentSlot = slot(isStatic, descriptor, form.argument(), -1);
    }

    private static int slot(boolean isStatic, String descriptor, int number, int otherwise) {
      return number < 0 ? otherwise : Slots.argument(isStatic, descriptor, number);
    }

    @Override
    void enter() {
      load(subjectSlot);
      load(argumentSlot);
      push(kind);
      hook("enter", "(Ljava/lang/Object;Ljava/lang/Object;I)Ljava/lang/Object;");
    }

    private void load(int from) {
      if (from < 0) {
        visitPlain(Opcodes.ACONST_NULL);
      } else {
        visitVarInsn(Opcodes.ALOAD, from);
      }
    }

    @Override
    void exit(boolean returning) {
      visitPlain(returning ? Opcodes.DUP : Opcodes.ACONST_NULL);
      loadToken();
      push(kind);
      hook("exit", "(Ljava/lang/Object;Ljava/lang/Object;I)V");
    }

    @Override
    void fail() {
      visitPlain(Opcodes.DUP);
      loadToken();
      push(kind);
      hook("fail", "(Ljava/lang/Throwable;Ljava/lang/Object;I)V");
    }
  }

  /// An instruction that is no return.
  final void visitPlain(int opcode) {
    super.visitInsn(opcode);
  }

  /// Where arguments lie.
  static final class Slots {
    private Slots() {}

    static int argument(boolean isStatic, String descriptor, int number) {
      int at = isStatic ? 0 : 1;
      Type[] types = Type.getArgumentTypes(descriptor);
      for (int i = 0; i < number; i++) {
        at += types[i].getSize();
      }
      return at;
    }
  }
}
