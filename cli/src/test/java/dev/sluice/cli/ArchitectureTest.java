package dev.sluice.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall.Predicates;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The plan of the house (docs/architecture.md): who may know whom. */
class ArchitectureTest {
  /** An arrow = may import; nothing else may. */
  private static final Map<String, Set<String>> ARROWS =
      new TreeMap<>(
          Map.of(
              "linux", Set.of(),
              "config", Set.of(),
              "vrrp", Set.of("config", "linux"),
              "check", Set.of("config", "linux"),
              "lvs", Set.of("config", "linux"),
              "plane-xdp", Set.of("lvs", "config", "linux"),
              "core", Set.of("vrrp", "check", "lvs", "plane-xdp", "config", "linux"),
              "lab", Set.of("linux"),
              "cli", Set.of("core", "check", "lab", "vrrp", "lvs", "config", "linux"),
              "bench",
                  Set.of("core", "lab", "vrrp", "check", "lvs", "plane-xdp", "config", "linux")));

  private static final Pattern OWN_DEPENDENCY =
      Pattern.compile(
          "<groupId>dev\\.sluice</groupId>\\s*<artifactId>sluice-([a-z-]+)</artifactId>"
              + "(?!\\s*<(?:type|scope)>)");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.sluice");

  private static String packageOf(String room) {
    return "dev.sluice." + room.replace('-', '.') + "..";
  }

  @Test
  void everyRoomIsLookedAt() {
    for (String room : ARROWS.keySet()) {
      if (!room.equals("bench")) {
        assertThat(CLASSES)
            .as(room)
            .anyMatch(c -> c.getPackageName().startsWith("dev.sluice." + room.replace('-', '.')));
      }
    }
  }

  @Test
  void thePomsDrawTheArrows() throws IOException {
    Path root = root();
    for (var arrows : ARROWS.entrySet()) {
      Path pom = root.resolve(arrows.getKey()).resolve("pom.xml");
      String text = Files.readString(pom);
      int from = text.indexOf("<dependencies>");
      String dependencies = from < 0 ? "" : text.substring(from);
      var found = new TreeSet<String>();
      var matcher = OWN_DEPENDENCY.matcher(dependencies);
      while (matcher.find()) {
        found.add(matcher.group(1));
      }
      assertThat(found).as(pom.toString()).isEqualTo(new TreeSet<>(arrows.getValue()));
    }
  }

  @Test
  void theClassesKeepToThem() {
    for (var arrows : ARROWS.entrySet()) {
      List<String> allowed = new ArrayList<>(List.of(packageOf(arrows.getKey())));
      arrows.getValue().forEach(room -> allowed.add(packageOf(room)));
      DescribedPredicate<JavaClass> ours = JavaClass.Predicates.resideInAPackage("dev.sluice..");
      DescribedPredicate<JavaClass> permitted =
          JavaClass.Predicates.resideInAnyPackage(allowed.toArray(String[]::new));
      noClasses()
          .that()
          .resideInAPackage(packageOf(arrows.getKey()))
          .should()
          .dependOnClassesThat(ours.and(DescribedPredicate.not(permitted)))
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void onlyLinuxNamesTheLinker() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.sluice.linux..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.Linker")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
        .check(CLASSES);
  }

  @Test
  void noCycles() {
    slices().matching("dev.sluice.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void nobodySleeps() {
    noClasses()
        .should()
        .callMethodWhere(
            Predicates.target(With.owner(JavaClass.Predicates.type(Thread.class)))
                .and(Predicates.target(HasName.Predicates.name("sleep"))))
        .check(CLASSES);
  }

  @Test
  void everyPackageIsNullMarked() {
    classes()
        .that()
        .haveSimpleName("package-info")
        .should()
        .beAnnotatedWith("org.jspecify.annotations.NullMarked")
        .check(CLASSES);
  }

  /** The checkout: what the build says, else upwards from here to the folder with .mvn. */
  private static Path root() {
    String given = System.getProperty("sluice.root");
    Path at = Path.of(given == null ? System.getProperty("user.dir") : given).toAbsolutePath();
    while (at != null && !Files.isDirectory(at.resolve(".mvn"))) {
      at = at.getParent();
    }
    Assumptions.assumeTrue(at != null, "the poms are not here: not a checkout");
    return at;
  }
}
