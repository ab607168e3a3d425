package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigLoaderTest {
  @TempDir Path directory;

  private Path write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static LoadResult load(Path file) {
    return ConfigLoader.load(file, new FakeEnvironment());
  }

  @Test
  void aMissingFileIsADiagnosticAndNoConfiguration() {
    LoadResult result = load(directory.resolve("none.conf"));
    assertThat(result.verdict()).isEqualTo(new Verdict(6, false));
    assertThat(result.diagnostics())
        .singleElement()
        .extracting(Diagnostic::code)
        .isEqualTo("unreadable-file");
  }

  @Test
  void aDirectoryIsNoConfiguration() {
    assertThat(load(directory).verdict()).isEqualTo(new Verdict(6, false));
  }

  @Test
  void includesAreReadInOrderRelativeToTheirFile() throws IOException {
    write("d/b.conf", "vrrp_script b {\n script /usr/bin/true\n}\n");
    write("d/a.conf", "vrrp_script a {\n script /usr/bin/true\n}\ninclude deeper/*.inc\n");
    write("d/deeper/x.inc", "frobnicate\n");
    Path main = write("main.conf", "include d/{a,b}.conf\ninclude none*.conf\n");
    LoadResult result = load(main);
    Diagnostic unknown =
        result.diagnostics().stream()
            .filter(d -> d.code().equals("unknown-keyword"))
            .findFirst()
            .orElseThrow();
    assertThat(String.valueOf(unknown.position())).endsWith("deeper/x.inc:1:1");
    assertThat(unknown.notes())
        .extracting(Diagnostic.Note::text)
        .containsOnly("included from here")
        .hasSize(2);
    assertThat(result.positions().all()).containsOnlyKeys("vrrp_script a", "vrrp_script b");
    assertThat(result.verdict().exitStatus()).isEqualTo(5);
  }

  @Test
  void aFileThatIncludesItselfIsReadOnce() throws IOException {
    Path main = write("main.conf", "include main.conf\nfrobnicate\n");
    assertThat(load(main).diagnostics())
        .extracting(Diagnostic::code)
        .containsExactly("include", "unknown-keyword");
  }

  @Test
  void strictIncludesRefuse() throws IOException {
    assertThat(load(write("m.conf", "includem none.conf\n")).verdict())
        .isEqualTo(new Verdict(6, false));
    assertThat(load(write("m.conf", "includem none*.conf\n")).verdict()).isEqualTo(Verdict.CLEAN);
    assertThat(load(write("w.conf", "includew none*.conf\n")).verdict())
        .isEqualTo(new Verdict(6, false));
    write("a.inc", "");
    assertThat(load(write("b.conf", "includeb {a,b}.inc\n")).verdict())
        .isEqualTo(new Verdict(6, false));
    assertThat(load(write("r.conf", "includer .\n")).verdict()).isEqualTo(new Verdict(6, false));
    assertThat(load(write("p.conf", "include none.conf\n")).verdict()).isEqualTo(Verdict.CLEAN);
  }

  @Test
  void bytesOfAnotherEncodingPass() throws IOException {
    Path file = directory.resolve("latin.conf");
    Files.write(file, new byte[] {'#', ' ', (byte) 0xe9, '\n', 'x', (byte) 0xff, '\n'});
    assertThat(load(file).diagnostics())
        .singleElement()
        .extracting(Diagnostic::code)
        .isEqualTo("unknown-keyword");
  }

  @Test
  void thisMachineAnswers() {
    ConfigEnvironment machine = ConfigEnvironment.ofThisMachine("id");
    assertThat(machine.interfaceExists("lo")).isTrue();
    assertThat(machine.interfaceExists("no-such-if")).isFalse();
    assertThat(machine.userExists("root")).isTrue();
    assertThat(machine.groupExists("root")).isTrue();
    assertThat(machine.configId()).isEqualTo("id");
    assertThat(machine.file(Path.of("/")).directory()).isTrue();
    assertThat(machine.file(Path.of("/no/such")).exists()).isFalse();
  }

  @Test
  void keywordDataAreComplete() {
    assertThat(KeywordDocs.all())
        .hasSizeGreaterThan(360)
        .allSatisfy(e -> {
          assertThat(e.meaning()).as(e.keyword()).isNotEmpty();
        });
    assertThat(KeywordDocs.find("advert_int")).hasSize(1);
    assertThat(KeywordDocs.nearest("advert_itn")).contains("advert_int");
    assertThat(KeywordDocs.markdown()).contains("`virtual_router_id`");
    assertThat(KeywordDocs.completionJson()).contains("\"keyword\": \"unicast_peer\"");
  }
}
