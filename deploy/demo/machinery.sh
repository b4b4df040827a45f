# What the demonstration needs besides its story: words on the screen, checks that end it, programs that are
# started, killed and never left behind. Sourced by demo.sh, which has set $bin (the programs).

work=$(mktemp -d "${TMPDIR:-/tmp}/trellis-demo.XXXXXX")
mkdir "$work/logs"
declare -A pid_of=()
reading() { python3 deploy/demo/reading.py "$@"; }

bold='' green='' red='' dim='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' dim=$'\e[2m' plain=$'\e[0m'
fi

chapter() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }
say() { fold -s -w 98 <<<"$1" | sed 's/ *$//; s/^/  /'; }
quote() { sed "s/^/    $dim/; s/\$/$plain/"; }  # what a program printed
went_well() { printf '  %s✓%s %s\n' "$green" "$plain" "$1"; }

fail() {  # SENTENCE [WHAT WAS SEEN]
  printf '  %s✗ %s%s\n' "$red" "$1" "$plain"
  [[ -z ${2:-} ]] || sed 's/^/      /' <<<"$2" | tail -n 40
  printf '\n  Not so. What the programs logged is in %s\n' "$work/logs"
  exit 1
}

check() {  # SENTENCE COMMAND...: the command must succeed
  local sentence=$1 seen
  shift
  seen=$("$@" 2>&1) || fail "$sentence" "$seen"
  went_well "$sentence"
}

check_equal() {  # SENTENCE WANTED FOUND
  [[ $2 == "$3" ]] || fail "$1" "wanted: $2"$'\n'"found:  $3"
  went_well "$1"
}

must() {  # COMMAND...: no claim of its own, but without it nothing goes on
  local seen
  seen=$("$@" 2>&1) || fail "$*" "$seen"
}

eventually() {  # SECONDS COMMAND...
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < until)) || return 1
    sleep 0.1
  done
}

# Ports below those the system hands out to callers, so that nobody takes a server's while it is down.
free_ports() {  # COUNT
  python3 - "$1" <<'PYTHON'
import random, socket, sys
taken = []
while len(taken) < int(sys.argv[1]):
    one = socket.socket()
    try:
        one.bind(("127.0.0.1", random.randrange(20000, 32000)))
        taken.append(one)
    except OSError:
        one.close()
print(*(one.getsockname()[1] for one in taken))
PYTHON
}

start() {  # NAME COMMAND...: in the background; returns when it says it is ready
  local name=$1 begun
  shift
  : >"$work/logs/$name.out"
  "$@" >>"$work/logs/$name.out" 2>>"$work/logs/$name.log" </dev/null &
  pid_of[$name]=$!
  disown
  begun=$SECONDS
  until grep -q '^ready' "$work/logs/$name.out"; do
    kill -0 "${pid_of[$name]}" 2>/dev/null || fail "$name started" "$(tail -n 20 "$work/logs/$name.log")"
    ((SECONDS - begun < 60)) || fail "$name was ready within a minute" "$(tail -n 20 "$work/logs/$name.log")"
    sleep 0.05
  done
}

is_gone() { ! kill -0 "${pid_of[$1]}" 2>/dev/null; }

pull_the_plug() {  # NAME: kill -9
  kill -KILL "${pid_of[$1]}"
  eventually 5 is_gone "$1" || fail "$1 is dead"
}

stop_all() {
  local name
  for name in "${!pid_of[@]}"; do kill -TERM "${pid_of[$name]}" 2>/dev/null; done
  for name in "${!pid_of[@]}"; do
    eventually 5 is_gone "$name" || kill -KILL "${pid_of[$name]}" 2>/dev/null
  done
}

leave() {
  local code=$?
  trap - EXIT INT TERM
  set +e
  [[ $code == 0 && ${keep:-no} == yes ]] && exit 0
  jobs -p | xargs -r kill 2>/dev/null
  stop_all
  [[ $code == 0 || $code -gt 128 ]] && rm -rf "$work"  # after a failure the logs are wanted
  exit "$code"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
