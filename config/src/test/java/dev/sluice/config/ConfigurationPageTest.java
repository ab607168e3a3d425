package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The manual's page on the configuration is what the tables say; a flag writes it anew. */
final class ConfigurationPageTest {
  @Test
  void thePageIsCurrent() throws IOException {
    String root = System.getProperty("sluice.root");
    Assumptions.assumeTrue(root != null, "sluice.root is not set");
    Path page = Path.of(root, "docs/configuration.md");
    if (Boolean.getBoolean("sluice.golden.update")) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, KeywordDocs.markdown(), StandardCharsets.UTF_8);
    }
    assertThat(Files.readString(page, StandardCharsets.UTF_8))
        .as("run the test with -Dsluice.golden.update=true")
        .isEqualTo(KeywordDocs.markdown());
  }
}
