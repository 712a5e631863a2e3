package micromegas.tracing.agent.weave;

import java.util.Map;

/// What is known of a method before it is woven.
///
/// @param annotations names by descriptor: what the annotation says in `name` or `value`, or
///   nothing
/// @param instructions number of instructions; 0 for a method without a body
/// @param line of its first instruction, 0 when unknown
/// @param maxLocals slots of local variables
/// @param runsTasks whether it calls `Runnable.run`
public record MethodFacts(
    int access,
    String name,
    String descriptor,
    Map<String, String> annotations,
    int instructions,
    int line,
    int maxLocals,
    boolean runsTasks) {}
