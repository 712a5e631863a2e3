package micromegas.tracing.agent.select;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import micromegas.tracing.agent.weave.ClassConstants;
import micromegas.tracing.agent.weave.ClassFacts;
import micromegas.tracing.agent.weave.ClassWeaver;
import micromegas.tracing.agent.weave.Form;
import micromegas.tracing.agent.weave.MethodFacts;
import org.objectweb.asm.Opcodes;

/// The methods of JDBC drivers that execute and prepare statements. A class that declares
/// `executeQuery` with a result set is taken for a statement; the advice looks again at run time.
public final class JdbcMethods implements Selector {
  private static final String QUERY = "executeQuery(Ljava/lang/String;)Ljava/sql/ResultSet;";
  private static final String PREPARED_QUERY = "executeQuery()Ljava/sql/ResultSet;";
  private static final Set<String> WITH_TEXT =
      Set.of(
          QUERY,
          "execute(Ljava/lang/String;)Z",
          "execute(Ljava/lang/String;I)Z",
          "execute(Ljava/lang/String;[I)Z",
          "execute(Ljava/lang/String;[Ljava/lang/String;)Z",
          "executeUpdate(Ljava/lang/String;)I",
          "executeUpdate(Ljava/lang/String;I)I",
          "executeUpdate(Ljava/lang/String;[I)I",
          "executeUpdate(Ljava/lang/String;[Ljava/lang/String;)I",
          "executeLargeUpdate(Ljava/lang/String;)J");
  private static final Set<String> WITHOUT_TEXT =
      Set.of(
          PREPARED_QUERY,
          "execute()Z",
          "executeUpdate()I",
          "executeLargeUpdate()J",
          "executeBatch()[I",
          "executeLargeBatch()[J");
  private static final Set<String> PREPARED =
      Set.of("Ljava/sql/PreparedStatement;", "Ljava/sql/CallableStatement;");

  private static final List<String> TEXTS =
      List.of(
          "(Ljava/lang/String;)Ljava/sql/ResultSet;",
          "()Ljava/sql/ResultSet;",
          "(Ljava/lang/String;)Ljava/sql/PreparedStatement;",
          "(Ljava/lang/String;)Ljava/sql/CallableStatement;");

  @Override
  public List<String> texts() {
    return TEXTS;
  }

  @Override
  public boolean mayMatch(String className, ClassConstants constants) {
    return TEXTS.stream().anyMatch(constants::has);
  }

  @Override
  public Optional<Form> select(ClassFacts type, MethodFacts method) {
    if ((method.access() & (Opcodes.ACC_STATIC | Opcodes.ACC_SYNTHETIC)) != 0) {
      return Optional.empty();
    }
    String key = ClassWeaver.key(method.name(), method.descriptor());
    if (WITH_TEXT.contains(key) && isStatement(type)) {
      return Optional.of(AdviceKind.JDBC_EXECUTE.around(0));
    }
    if (WITHOUT_TEXT.contains(key) && isStatement(type)) {
      return Optional.of(AdviceKind.JDBC_EXECUTE.around(-1));
    }
    return isPreparing(method) ? Optional.of(AdviceKind.JDBC_PREPARE.around(0)) : Optional.empty();
  }

  private static boolean isStatement(ClassFacts type) {
    for (MethodFacts method : type.methods()) {
      String key = ClassWeaver.key(method.name(), method.descriptor());
      if (key.equals(QUERY) || key.equals(PREPARED_QUERY)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPreparing(MethodFacts method) {
    String descriptor = method.descriptor();
    return (method.name().equals("prepareStatement") || method.name().equals("prepareCall"))
        && descriptor.startsWith("(Ljava/lang/String;")
        && PREPARED.contains(descriptor.substring(descriptor.indexOf(')') + 1));
  }
}
