package micromegas.tracing.logback;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/// What the module may know.
class ArrowsTest {
  @Test
  void nothingButLogbackAndWhatIsExportedIsNeeded() {
    // The names of packages are enough; reading the JDK takes seconds.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "ch.qos.logback..",
            "org.slf4j..",
            "micromegas.tracing",
            "micromegas.tracing.adapter",
            "micromegas.tracing.logback..",
            "org.jspecify..")
        .check(
            new ClassFileImporter()
                .importUrl(
                    MicromegasAppender.class.getProtectionDomain().getCodeSource().getLocation()));
  }
}
