# What ./sluice and ./dev share. Sourced, never run. Needs $root: the checkout.

say() { printf 'sluice: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Sets JAVA_HOME to a JDK 25 or later: JAVA_HOME, then java on PATH, then the usual folders.
find_jdk() {
  local home java
  for home in "${JAVA_HOME:-}" "$(java_on_path)" /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/*jdk*25* /opt/java/* \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/25*; do
    java=$home/bin/java
    [ -n "$home" ] && [ -x "$java" ] && is_jdk25 "$home" && { export JAVA_HOME=$home; return; }
  done
  die "no JDK 25 found: install one (Eclipse Temurin 25, for example) and set JAVA_HOME to it"
}

java_on_path() {
  local java
  java=$(command -v java) || return 0
  java=$(readlink -f "$java")
  printf '%s' "${java%/bin/java}"
}

is_jdk25() {
  local line
  [ -r "$1/release" ] && [ -x "$1/bin/javac" ] || return 1
  while IFS= read -r line; do
    case $line in JAVA_VERSION=\"2[5-9]* | JAVA_VERSION=\"[3-9][0-9]*) return 0 ;; esac
  done <"$1/release"
  return 1
}

# Who should own what a build leaves: the owner of the checkout, when root works in another's tree.
checkout_owner() { stat -c %U "$root"; }

# Runs a command as the owner of the checkout.
as_owner() {
  local owner
  owner=$(checkout_owner)
  if [ "$(id -u)" = 0 ] && [ "$owner" != root ] && [ "$owner" != UNKNOWN ]; then
    runuser -u "$owner" -- env HOME="$(getent passwd "$owner" | cut -d: -f6)" JAVA_HOME="$JAVA_HOME" PATH="$PATH" "$@"
  else
    "$@"
  fi
}

# Gives back to the checkout's owner what root left in it.
restore_ownership() {
  local owner
  owner=$(checkout_owner)
  if [ "$(id -u)" = 0 ] && [ "$owner" != root ] && [ "$owner" != UNKNOWN ]; then
    find "$root" -xdev -user root -exec chown -h "$owner:" {} +
  fi
}

# What the build depends on: tracked sources of the daemon, a path a line.
tracked_sources() {
  if [ -e "$root/.git" ] && command -v git >/dev/null; then
    git -c safe.directory='*' -C "$root" ls-files -- pom.xml '*/pom.xml' '*/src/main/*' .mvn
  else
    (cd "$root" && find pom.xml .mvn ./*/pom.xml ./*/src/main -type f | sort)
  fi
}

stamp() { printf '%s' "$root/.build/stamp"; }

build_is_fresh() {
  [ -e "$(stamp)" ] && [ -d "$root/cli/target/modules" ] || return 1
  tracked_sources | cmp -s - "$(stamp)" || return 1
  [ -z "$(cd "$root" && tr '\n' '\0' <"$(stamp)" | xargs -0 sh -c 'find "$@" -newer .build/stamp -print -quit' _ 2>&1)" ]
}

# Builds what ./sluice runs, unless it is up to date. One build at a time.
build_if_stale() {
  build_is_fresh && return
  as_owner mkdir -p "$root/.build"
  exec 8>"$root/.build/lock"
  flock 8
  if ! build_is_fresh; then
    build
  fi
  exec 8>&-
}

build() {
  local log=$root/.build/build.log
  require_build_tools
  say "building (the first time takes a minute or two, and fetches libraries) ..."
  # The list is taken before the build: an edit during it makes the build stale.
  tracked_sources >"$root/.build/sources"
  if ! (cd "$root" && as_owner mvn -B -q -ntp package -Dmaven.test.skip=true -Dspotless.check.skip=true -pl cli -am) >"$log" 2>&1 8>&-; then
    grep -E '^\[ERROR\]|error:|dev setup' "$log" | head -30 >&2
    die "the build failed; the whole log is in $log"
  fi
  as_owner "$root/tools/train" >/dev/null 2>&1 8>&- || true
  cp -p "$root/.build/sources" "$(stamp)"
  restore_ownership
  say "built"
}

# Debian packages that a build needs, that the daemon needs, and that the tests use as peers.
build_packages="clang llvm libbpf-dev linux-libc-dev libc6-dev maven util-linux"
run_packages="libbpf1 iproute2 procps util-linux"
test_packages="keepalived frr nginx-light tcpdump ethtool gcc iputils-ping haproxy openssl curl
  redis-server memcached openssh-server slapd dnsmasq-base postgresql"

missing_packages() {
  local p
  command -v dpkg-query >/dev/null || return 0
  for p in "$@"; do
    case $p in
      maven) command -v mvn >/dev/null && continue ;;
      gcc) command -v gcc >/dev/null && continue ;;
    esac
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null | cut -c1-2)" = ii ] || printf '%s ' "$p"
  done
}

require_build_tools() {
  local missing
  missing=$(missing_packages $build_packages $run_packages)
  if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      install_packages $missing
    else
      die "the build needs: $missing- run 'sudo ./dev setup'"
    fi
  fi
  for tool in mvn clang llvm-strip; do
    command -v $tool >/dev/null || die "the build needs $tool: run 'sudo ./dev setup'"
  done
}

# Installs Debian packages; no service of theirs is started or enabled.
install_packages() {
  [ "$(id -u)" = 0 ] || die "installing packages needs root: run 'sudo ./dev setup'"
  command -v apt-get >/dev/null || die "no apt-get here: install by hand: $*"
  say "installing Debian packages: $*"
  (
    policy=/usr/sbin/policy-rc.d
    [ -e $policy ] && mv $policy $policy.before-sluice
    trap 'rm -f $policy; [ -e $policy.before-sluice ] && mv $policy.before-sluice $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=300 update >/dev/null || say "apt-get update failed; trying with the lists at hand"
    apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" >/dev/null
  ) 8>&- || die "apt-get could not install: $*"
  for service in "$@"; do
    service=${service%-light}
    if [ -e "/etc/init.d/$service" ] || [ -e "/lib/systemd/system/$service.service" ]; then
      update-rc.d "$service" disable >/dev/null 2>&1 || true
      say "the service $service stays stopped and disabled on this machine"
    fi
  done
}
