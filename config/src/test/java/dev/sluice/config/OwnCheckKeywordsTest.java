package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.PoolPolicy;
import dev.sluice.config.model.RealServer;
import dev.sluice.config.model.VirtualServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What checks and services can be told beyond keepalived. */
final class OwnCheckKeywordsTest {
  private static LoadResult load(String service, String real) {
    String text =
        """
        virtual_server 192.0.2.1 80 {
          protocol TCP
          lb_algo wrr
          lb_kind DR
          %s
          real_server 192.0.2.2 80 {
            %s
          }
        }
        """
            .formatted(service, real);
    return ConfigLoader.parse("x", text, new FakeEnvironment());
  }

  private static VirtualServer service(String service, String real) {
    LoadResult result = load(service, real);
    assertThat(result.diagnostics().stream().filter(Diagnostic::counted)).isEmpty();
    return result.configuration().virtualServers().getFirst();
  }

  private static Checker checker(String service, String real) {
    RealServer server = service(service, real).realServers().getFirst();
    assertThat(server.checkers()).hasSize(1);
    return server.checkers().getFirst();
  }

  @Test
  void aPlainCheckHasNothingOfIt() {
    Checker plain = checker("", "HTTP_GET {\nurl {\npath /\n}\n}");
    assertThat(plain.pace().rhythm()).isNull();
    assertThat(plain)
        .isInstanceOfSatisfying(
            Checker.Http.class, http -> assertThat(http.urls().getFirst().ask()).isNull());
    assertThat(service("", "").options().pool()).isNull();
  }

  @Test
  void requestsAndExpectations() {
    Checker checker =
        checker(
            "",
            """
            SSL_GET {
              http_protocol 2
              url {
                path /q
                method POST
                header "X-Check: 1"
                header "Accept: text/plain"
                body "a b"
                contains "all is well"
                json_match $.status UP
                redirects 3
              }
            }
            """);
    assertThat(checker)
        .isInstanceOfSatisfying(
            Checker.Http.class,
            http -> {
              assertThat(http.version()).isEqualTo(Checker.HttpVersion.HTTP_2);
              assertThat(http.urls().getFirst().ask())
                  .isEqualTo(
                      new Checker.Ask(
                          "POST",
                          List.of("X-Check: 1", "Accept: text/plain"),
                          "a b",
                          "all is well",
                          new Checker.JsonMatch("$.status", "UP"),
                          3));
            });
  }

  @Test
  void greetings() {
    Checker checker =
        checker("", "REDIS_CHECK {\nconnect_port 6379\npassword geheim\ntls\nretry 2\n}");
    assertThat(checker)
        .isInstanceOfSatisfying(
            Checker.Greeting.class,
            g -> {
              assertThat(g.application()).isEqualTo(Checker.Application.REDIS);
              assertThat(g.connection().port()).isEqualTo(6379);
              assertThat(g.password()).isEqualTo("geheim");
              assertThat(g.tls()).isTrue();
            });
    assertThat(ModelJson.of(checker)).doesNotContain("geheim");
    for (String kind : List.of("MYSQL", "POSTGRESQL", "LDAP", "MEMCACHED", "SSH", "GRPC")) {
      assertThat(checker("", kind + "_CHECK {\n}")).isInstanceOf(Checker.Greeting.class);
    }
  }

  @Test
  void riseAndFallAreInherited() {
    Checker checker =
        checker("rise 3\nfall 2\ndelay_down 10", "delay_rising 0.5\nTCP_CHECK {\nrise 4\n}");
    assertThat(checker.pace().retry()).isEqualTo(1);
    assertThat(checker.pace().rhythm())
        .isEqualTo(new Checker.Rhythm(4, Duration.ofMillis(500), Duration.ofSeconds(10)));
  }

  @Test
  void policies() {
    assertThat(service("slow_start 30\nfail_open 2 50%", "").options().pool())
        .isEqualTo(
            new PoolPolicy(
                Duration.ofSeconds(30),
                new PoolPolicy.FailOpen(
                    new PoolPolicy.Share(2, false), new PoolPolicy.Share(50, true))));
    assertThat(new PoolPolicy.Share(50, true).of(5)).isEqualTo(3);
    assertThat(new PoolPolicy.Share(9, false).of(5)).isEqualTo(5);
    assertThat(load("fail_open 2\nsorry_server 192.0.2.9", "").diagnostics())
        .extracting(Diagnostic::code)
        .contains("fail-open-and-sorry");
  }

  /** keepalived, whose id is another one, reads only what it knows. */
  @Test
  void oneFileServesBoth() {
    String text =
        """
        virtual_server 192.0.2.1 80 {
          protocol TCP
          lb_algo wrr
          lb_kind DR
          @sluice slow_start 30
          @^sluice frobnicate
          real_server 192.0.2.2 80 {
          }
        }
        """;
    LoadResult result = ConfigLoader.parse("x", text, new FakeEnvironment());
    assertThat(result.diagnostics().stream().filter(Diagnostic::counted)).isEmpty();
    PoolPolicy policy = result.configuration().virtualServers().getFirst().options().pool();
    assertThat(policy).isNotNull();
  }
}
