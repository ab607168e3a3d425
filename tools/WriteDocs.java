import dev.sluice.config.KeywordDocs;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the generated pages of docs/. Run by ./dev docs. */
class WriteDocs {
  public static void main(String[] args) throws Exception {
    Files.writeString(Path.of(args[0], "docs", "configuration.md"), KeywordDocs.markdown());
  }
}
