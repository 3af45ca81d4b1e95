# How our scripts speak: plain sentences with the time they took. Sourced, not run.

# A phase is announced when it begins and timed when it ends.
phase_name=""
phase_started_ms=0

now_ms() { date +%s%3N; }

# seconds_since MS: "12.3"
seconds_since() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d' $((ms / 1000)) $((ms % 1000 / 100))
}

say() { printf '%s\n' "$*"; }
note() { printf '  %s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }

begin() {
  phase_name=$1
  phase_started_ms=$(now_ms)
  say "$phase_name …"
}

finish() {
  note "${1:-done} ($(seconds_since "$phase_started_ms") s)"
  phase_name=""
}

# fail REASON [CODE]: one sentence, and what the script was doing.
fail() {
  warn ""
  warn "Failed${phase_name:+ while: $phase_name}"
  warn "  $1"
  exit "${2:-1}"
}

# until_true SECONDS COMMAND...: true as soon as the command is, false when the time is over.
until_true() {
  local deadline_ms=$(($(now_ms) + $1 * 1000))
  shift
  until "$@"; do
    (($(now_ms) < deadline_ms)) || return 1
    sleep 0.1
  done
}
