import dev.sluice.config.KeywordDocs;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the generated pages of docs/. Run by ./dev docs. */
class WriteDocs {
  public static void main(String[] args) throws Exception {
    Path docs = Path.of(args[0], "docs");
    Files.writeString(docs.resolve("configuration.md"), KeywordDocs.markdown());
    Files.writeString(docs.resolve("keywords.json"), KeywordDocs.completionJson() + "\n");
  }
}
