# How sluice's JVM is started; shared by ./sluice and the packed archive. Sourced, never run.

# Whether these words start a daemon: it wants short pauses and its signals, a command a short start.
starts_daemon() {
  local word daemon=1 skip=
  # Called as ipvsadm, whose options are commands.
  case ${0##*/} in ipvsadm*) return 1 ;; esac
  for word in "$@"; do
    [ -n "$skip" ] && { skip=; continue; }
    case $word in
      run) return 0 ;;
      --runtime-dir) skip=1 ;;
      --runtime-dir=*) ;;
      -t* | --config-test* | -v | --version | -h | --help | --signum*) return 1 ;;
      -*) daemon=0 ;;
      # A verb, or the value of the option before it.
      *) [ $daemon = 0 ] || return 1 ;;
    esac
  done
  return $daemon
}

# Where a checkout keeps what the JVM loads for a command; tools/train makes it.
start_cache() { printf '%s' "${root:-/nonexistent}/.build/commands.aot"; }

# Whether that was made from the jars that are there now; the JVM itself does not look.
start_cache_is_fresh() {
  local cache jar
  cache=$(start_cache)
  [ -r "$cache" ] || return 1
  for jar in "$root"/cli/target/modules/*.jar "$root/cli/target/sluice-cli.jar"; do
    [ "$cache" -nt "$jar" ] || return 1
  done
}

# start_sluice JAVA MODULE-WORD... -- WORD...: becomes the JVM.
start_sluice() {
  local java=$1 modules=() flags shield=()
  shift
  while [ "$1" != -- ]; do
    modules+=("$1")
    shift
  done
  shift
  if starts_daemon "$@"; then
    # The mail library is for daemons only: it brings java.desktop, which a command need not resolve.
    flags=(-XX:+UseZGC -Xms64m -Xmx512m -XX:-UsePerfData --add-modules org.eclipse.angus.mail)
    # keepalived's signals are read by signalfd, so no thread of the JVM may take them: blocked here,
    # and the three that HotSpot would handle ignored, which it respects. SIGUSR2 is the signal with
    # which HotSpot suspends its own threads, unless another is named (16, which nothing uses).
    shield=(env --ignore-signal=HUP,INT,TERM --block-signal=HUP,INT,TERM,USR1,USR2,RTMIN+2,RTMAX-1)
    if "${shield[@]}" true 2>/dev/null; then
      shield+=(_JAVA_SR_SIGNUM=16)
    else
      shield=()
    fi
  else
    # The JVM's own remarks belong on stderr: stdout is the answer.
    flags=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xlog:disable -Xlog:all=error:stderr)
    if start_cache_is_fresh; then
      flags+=(-XX:AOTCache="$(start_cache)")
    fi
  fi
  exec "${shield[@]}" "$java" "${flags[@]}" ${SLUICE_JAVA_OPTS:-} \
    --enable-native-access=dev.sluice.linux "${modules[@]}" --module dev.sluice.cli/dev.sluice.cli.Main "$@"
}
