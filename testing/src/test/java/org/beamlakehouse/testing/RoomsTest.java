package org.beamlakehouse.testing;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rooms of the house: each package with the packages that it uses, as {@code rooms.txt} lists
 * them. A new room or arrow is a decision, so it is written there; what is gone is taken out.
 */
@AnalyzeClasses(
    packages = {
      "org.beamlakehouse.transforms",
      "org.beamlakehouse.io",
      "org.beamlakehouse.pipelines",
      "org.beamlakehouse.examples"
    },
    importOptions = DoNotIncludeTests.class)
class RoomsTest {
  private static final String HOUSE = "org.beamlakehouse.";
  private static final List<String> MODULES =
      List.of("transforms", "io", "pipelines", "examples/shop");
  private static final int MOST_FILES = 25;
  private static final int MOST_PUBLIC_TYPES = 60;

  @ArchTest
  static void roomsAndTheirArrowsAreThoseThatAreListed(JavaClasses classes) throws IOException {
    Map<String, Set<String>> rooms = new TreeMap<>();
    for (JavaClass one : classes) {
      Set<String> arrows = rooms.computeIfAbsent(room(one), name -> new TreeSet<>());
      for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
        JavaClass other = dependency.getTargetClass().getBaseComponentType();
        if (other.getPackageName().startsWith(HOUSE)) {
          arrows.add(room(other));
        }
      }
    }
    rooms.forEach((room, arrows) -> arrows.remove(room));
    String found =
        rooms.entrySet().stream()
            .map(e -> (e.getKey() + ": " + String.join(" ", e.getValue())).strip() + "\n")
            .collect(Collectors.joining());
    assertThat(found, is(listed()));
  }

  @ArchTest
  static void fewTypesAreForUsers(JavaClasses classes) {
    Set<String> open = new TreeSet<>();
    for (JavaClass one : classes) {
      if (one.isTopLevelClass()
          && one.getModifiers().contains(JavaModifier.PUBLIC)
          && !one.getPackageName().contains(".internal")) {
        open.add(one.getName().substring(HOUSE.length()));
      }
    }
    assertThat(open.toString(), open.size(), lessThanOrEqualTo(MOST_PUBLIC_TYPES));
  }

  @ArchTest
  static void roomsAreSmallEnoughToKnowByName(JavaClasses classes) throws IOException {
    Map<String, Long> full = new TreeMap<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.endsWith("package-info.java"))
            .collect(Collectors.groupingBy(file -> "" + file.getParent(), Collectors.counting()))
            .forEach(full::put);
      }
    }
    full.values().removeIf(files -> files <= MOST_FILES);
    assertThat(full, is(anEmptyMap()));
  }

  private static String room(JavaClass one) {
    return one.getPackageName().substring(HOUSE.length());
  }

  private static String listed() throws IOException {
    try (InputStream rooms = RoomsTest.class.getResourceAsStream("/rooms.txt")) {
      return new String(rooms.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
