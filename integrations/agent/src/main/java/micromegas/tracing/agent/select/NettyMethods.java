package micromegas.tracing.agent.select;

import java.util.Optional;
import micromegas.tracing.agent.weave.ClassConstants;
import micromegas.tracing.agent.weave.ClassFacts;
import micromegas.tracing.agent.weave.Form;
import micromegas.tracing.agent.weave.MethodFacts;
import org.objectweb.asm.Opcodes;

/// Where messages of Netty's HTTP/1.1 codec arrive and leave, of Netty 4.1 and 4.2: what a handler
/// context passes on, what the encoder writes, and the end of a connection. All are methods that
/// Netty's users override or call.
public final class NettyMethods implements Selector {
  private static final String CONTEXT = "io.netty.channel.AbstractChannelHandlerContext";
  private static final String ENCODER = "io.netty.handler.codec.http.HttpObjectEncoder";
  private static final String DECODER = "io.netty.handler.codec.ByteToMessageDecoder";

  @Override
  public boolean mayMatch(String className, ClassConstants constants) {
    // Applications that bundle Netty put a prefix in front.
    return className.endsWith(CONTEXT)
        || className.endsWith(ENCODER)
        || className.endsWith(DECODER);
  }

  @Override
  public Optional<Form> select(ClassFacts type, MethodFacts method) {
    if ((method.access() & (Opcodes.ACC_STATIC | Opcodes.ACC_SYNTHETIC)) != 0) {
      return Optional.empty();
    }
    String name = method.name();
    String descriptor = method.descriptor();
    if (type.name().endsWith(CONTEXT)) {
      return name.equals("fireChannelRead") && descriptor.startsWith("(Ljava/lang/Object;)")
          ? Optional.of(AdviceKind.NETTY_READ.around(0))
          : Optional.empty();
    }
    if (type.name().endsWith(ENCODER)) {
      // Older versions have the method in the superclass, which is not for HTTP alone.
      String entry = declaresWrite(type) ? "write" : "encode";
      return name.equals(entry) && descriptor.contains("ChannelHandlerContext;Ljava/lang/Object;L")
          ? Optional.of(AdviceKind.NETTY_WRITE.around(0, 1))
          : Optional.empty();
    }
    return type.name().endsWith(DECODER) && name.equals("channelInactive")
        ? Optional.of(AdviceKind.NETTY_CLOSED.around(0, -1))
        : Optional.empty();
  }

  private static boolean declaresWrite(ClassFacts type) {
    return type.methods().stream().anyMatch(method -> method.name().equals("write"));
  }
}
