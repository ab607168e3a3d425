package dev.sluice.check;

import dev.sluice.check.talk.GrpcTalk;
import dev.sluice.check.talk.LdapTalk;
import dev.sluice.check.talk.MemcachedTalk;
import dev.sluice.check.talk.MysqlTalk;
import dev.sluice.check.talk.PostgresTalk;
import dev.sluice.check.talk.RedisTalk;
import dev.sluice.check.talk.SshTalk;
import dev.sluice.check.talk.Talk;
import dev.sluice.config.model.Checker;
import dev.sluice.linux.Addresses;
import dev.sluice.linux.EventLoop;
import java.net.Inet6Address;

/** Tries of {@code MYSQL_CHECK} and its kin. */
final class Greetings {
  private Greetings() {}

  static Attempt attempt(EventLoop loop, CheckTools tools, Checker.Greeting check) {
    Conversation talk = new TalkConversation(talk(check));
    if (check.tls()) {
      boolean grpc = check.application() == Checker.Application.GRPC;
      talk =
          new TlsConversation(
              talk, check.serverName(), false, grpc ? "h2" : "", tools.workers()::run);
    }
    long whole =
        Math.max(4 * check.connection().timeout().toNanos(), check.pace().delayLoop().toNanos());
    return new ConnectionAttempt(loop, tools.scratch(), check.connection(), talk, whole);
  }

  private static Talk talk(Checker.Greeting check) {
    return switch (check.application()) {
      case MYSQL -> new MysqlTalk(check.user());
      case POSTGRESQL -> new PostgresTalk(check.user(), check.name());
      case REDIS -> new RedisTalk(check.user(), check.password());
      case LDAP -> new LdapTalk();
      case MEMCACHED -> new MemcachedTalk();
      case SSH -> new SshTalk();
      case GRPC ->
          new GrpcTalk(
              check.serverName() == null ? authority(check.connection()) : check.serverName(),
              check.tls(),
              check.name() == null ? "" : check.name());
    };
  }

  private static String authority(Checker.Connection to) {
    String address = Addresses.text(to.address());
    return (to.address() instanceof Inet6Address ? "[" + address + "]" : address) + ":" + to.port();
  }
}
