package micromegas.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.library.Architectures;
import micromegas.query.duckdb.JsonbText;

/// The arrows of ARCHITECTURE.md.
@AnalyzeClasses(packages = "micromegas", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
  @ArchTest
  static void modulesPointOneWay(JavaClasses classes) {
    Architectures.layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("common")
        .definedBy("micromegas.common..")
        .layer("transit")
        .definedBy("micromegas.transit..")
        .layer("otlp")
        .definedBy("micromegas.otlp..")
        .layer("lake")
        .definedBy("micromegas.lake..")
        .layer("ingestion")
        .definedBy("micromegas.ingestion..")
        .layer("query")
        .definedBy("micromegas.query..")
        .layer("lakehouse")
        .definedBy("micromegas.lakehouse..")
        .layer("server")
        .definedBy("micromegas.server..")
        .whereLayer("server")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("lakehouse")
        .mayOnlyBeAccessedByLayers("server")
        .whereLayer("ingestion")
        .mayOnlyBeAccessedByLayers("server")
        .whereLayer("query")
        .mayOnlyBeAccessedByLayers("lakehouse", "server")
        .whereLayer("lake")
        .mayOnlyBeAccessedByLayers("ingestion", "lakehouse", "server")
        .whereLayer("transit")
        .mayOnlyBeAccessedByLayers("lake", "ingestion", "lakehouse", "server")
        .whereLayer("otlp")
        .mayOnlyBeAccessedByLayers("ingestion", "lakehouse", "server")
        .check(classes);
  }

  @ArchTest
  static void commonTransitAndOtlpNeedNobodyElse(JavaClasses classes) {
    noClasses()
        .that()
        .resideInAnyPackage("micromegas.common..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "micromegas.transit..",
            "micromegas.lake..",
            "micromegas.query..",
            "micromegas.server..")
        .check(classes);
    noClasses()
        .that()
        .resideInAPackage("micromegas.transit..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("micromegas.common..", "org.slf4j..", "org.apache.arrow..")
        .check(classes);
    noClasses()
        .that()
        .resideInAPackage("micromegas.otlp..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("micromegas.transit..", "com.google.protobuf..", "io.opentelemetry..")
        .check(classes);
  }

  @ArchTest
  static void theClientKnowsNoServer(JavaClasses classes) {
    noClasses()
        .that()
        .resideInAnyPackage("micromegas.server.client..", "micromegas.server.demo..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "micromegas.server.flight..", "micromegas.lake..", "micromegas.query..")
                // The text of a document, which is no matter of a server.
                .and(not(type(JsonbText.class))))
        .check(classes);
  }

  @ArchTest
  static void packagesOfTheServerHaveNoCycles(JavaClasses classes) {
    slices().matching("micromegas.server.(*)..").should().beFreeOfCycles().check(classes);
  }
}
