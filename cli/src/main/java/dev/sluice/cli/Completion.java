package dev.sluice.cli;

import dev.sluice.cli.ipvsadm.IpvsadmCommand;

/** What a shell completes. */
final class Completion {
  private Completion() {}

  /** For bash: verbs, the objects of {@code get}, the kinds of {@code why}, else files. */
  static String bash() {
    return """
    _sluice() {
      local word=${COMP_WORDS[COMP_CWORD]} words=
      if [ "$COMP_CWORD" = 1 ]; then
        words="%s"
      else
        case ${COMP_WORDS[1]} in
          get) words="%s" ;;
          why) [ "$COMP_CWORD" = 2 ] && words="instance vip" ;;
          help) words="%s" ;;
          ipvsadm) words="%s" ;;
        esac
      fi
      COMPREPLY=($(compgen -W "$words" -- "$word"))
    }
    complete -o default -F _sluice sluice
    """
        .formatted(
            String.join(" ", Verbs.names()),
            String.join(" ", GetVerb.OBJECTS),
            String.join(" ", Verbs.names()),
            String.join(" ", IpvsadmCommand.longOptions()));
  }
}
