package micromegas.tracing.spring.boot4;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/// What the module may know.
class ArrowsTest {
  @Test
  void onlyHealthDiffersBetweenGenerations() {
    // The names of packages are enough; reading the JDK takes seconds.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "org.springframework.boot..",
            "org.springframework.context.annotation",
            "micromegas.tracing",
            "micromegas.tracing.spring",
            "micromegas.tracing.spring.boot4",
            "org.jspecify..")
        .check(
            new ClassFileImporter()
                .importUrl(
                    HealthAutoConfiguration.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()));
  }
}
