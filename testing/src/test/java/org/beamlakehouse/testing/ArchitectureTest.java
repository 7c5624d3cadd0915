package org.beamlakehouse.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Modules and packages depend on each other one way only. */
@AnalyzeClasses(packages = "org.beamlakehouse", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule MODULES_ARE_LAYERS =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("org.beamlakehouse..")
          .layer("transforms")
          .definedBy("org.beamlakehouse.transforms..")
          .layer("io")
          .definedBy("org.beamlakehouse.io..")
          .layer("pipelines")
          .definedBy("org.beamlakehouse.pipelines..")
          .layer("examples")
          .definedBy("org.beamlakehouse.examples..")
          .layer("runners")
          .definedBy("org.beamlakehouse.runners..")
          .layer("testing")
          .definedBy("org.beamlakehouse.testing..")
          .whereLayer("testing")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("runners")
          .mayOnlyBeAccessedByLayers("testing")
          .whereLayer("examples")
          .mayOnlyBeAccessedByLayers("runners", "testing")
          .whereLayer("pipelines")
          .mayOnlyBeAccessedByLayers("examples", "runners", "testing")
          .whereLayer("io")
          .mayOnlyBeAccessedByLayers("pipelines", "runners", "testing")
          .whereLayer("transforms")
          .mayOnlyBeAccessedByLayers("io", "pipelines", "runners", "testing");

  @ArchTest
  static final ArchRule TRANSFORMS_KNOW_NO_STORAGE =
      noClasses()
          .that()
          .resideInAPackage("org.beamlakehouse.transforms..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.iceberg..", "org.apache.hadoop..", "org.apache.parquet..");

  @ArchTest
  static final ArchRule MERGE_RULES_KNOW_NO_ENGINE_AND_NO_CLOCK =
      noClasses()
          .that()
          .resideInAPackage("org.beamlakehouse.transforms.internal.merge..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.beam..", "java.io.File", "java.nio.file..", "java.time.Clock");

  @ArchTest
  static final ArchRule RUNNERS_ARE_CHOSEN_BY_CONFIGURATION =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.beamlakehouse.transforms..",
              "org.beamlakehouse.io..",
              "org.beamlakehouse.pipelines..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.beam.runners..");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("org.beamlakehouse.(**)").should().beFreeOfCycles();
}
