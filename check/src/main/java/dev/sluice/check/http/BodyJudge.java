package dev.sluice.check.http;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Somebody who looks at a page's body. */
public interface BodyJudge {
  /** Takes a portion of the body; its position is left alone. */
  void feed(ByteBuffer part);

  /** The verdict over what came. */
  HttpVerdict verdict();

  /** All that a URL asks of the body; null: nothing. */
  static @Nullable BodyJudge of(dev.sluice.config.model.Checker.Url url) {
    var all = new ArrayList<BodyJudge>();
    if (url.regex() != null) {
      all.add(new BodyMatch(url.regex()));
    }
    var ask = url.ask();
    if (ask != null && (ask.contains() != null || ask.json() != null)) {
      all.add(new BodyText(ask.contains(), ask.json()));
    }
    return all.isEmpty() ? null : all.size() == 1 ? all.getFirst() : new Panel(all);
  }

  /** Several who must agree. */
  record Panel(List<BodyJudge> judges) implements BodyJudge {
    public Panel {
      judges = List.copyOf(judges);
    }

    @Override
    public void feed(ByteBuffer part) {
      judges.forEach(j -> j.feed(part));
    }

    @Override
    public HttpVerdict verdict() {
      var text = new StringBuilder();
      for (BodyJudge j : judges) {
        HttpVerdict verdict = j.verdict();
        if (!verdict.passed()) {
          return verdict;
        }
        text.append(text.isEmpty() ? "" : ", ").append(verdict.evidence());
      }
      return new HttpVerdict(true, text.toString());
    }
  }
}
