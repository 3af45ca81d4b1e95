# Starts, kills and stops the daemon of a work folder, and its broker: the embedded one, or one node
# of Apache Kafka. Sourced after say.sh; needs $bin (the programs), $root (the checkout) and $work (a
# folder of our own).

daemon_pid=""
admin=""
broker=""       # host:port
kafka=false     # true: real Kafka

# free_port: a loopback port that nobody listens on right now, below those of outgoing connections.
free_port() {
  local port
  while true; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# alive PID: and no zombie, which a container without an init keeps.
alive() { [[ -r /proc/$1/status ]] && ! grep -qs '^State:[[:space:]]*Z' "/proc/$1/status"; }

# json_field FILE FIELD
json_field() { sqlite3 :memory: "select json_extract(readfile('$1'), '\$.$2')" 2>/dev/null; }

daemon_ready_or_dead() { grep -q '^ready' "$work/shelfd.out" || ! alive "$daemon_pid"; }

# What the programs are told of the broker: words. One node holds one replica.
kafka_words() {
  echo --set "brokers=$broker" --set topics.replication_factor=1 --set topics.min_insync_replicas=1
}
broker_words() {
  if $kafka; then kafka_words; else echo --embedded; fi
}

# start_kafka: again with the same data when it was stopped.
start_kafka() {
  "$root/tools/local-kafka" start "$work/kafka" >"$work/kafka.out" 2>>"$work/kafka.log" ||
    fail "$(tail -n 2 "$work/kafka.log")"
  broker=$(sed -n 's/^bootstrap //p' "$work/kafka.out")
}

# start_daemon SECONDS_MAX ARGUMENTS...: returns when it says that it is ready.
start_daemon() {
  local seconds_max=$1
  shift
  [[ -n $admin ]] || admin="127.0.0.1:$(free_port)"
  : >"$work/shelfd.out"
  # A session of its own: it lives on when the terminal is closed.
  # shellcheck disable=SC2046
  setsid "$bin/shelfd" run $(broker_words) --state "$work/state" --set "admin.listen=$admin" "$@" \
    </dev/null >"$work/shelfd.out" 2>>"$work/shelfd.log" &
  daemon_pid=$!
  echo "$daemon_pid" >"$work/shelfd.pid"
  until_true "$seconds_max" daemon_ready_or_dead ||
    fail "shelfd was not ready after $seconds_max s; see $work/shelfd.log"
  alive "$daemon_pid" || fail "shelfd ended: $(tail -n 3 "$work/shelfd.log")"
  $kafka || broker=$(json_field "$work/state/broker/broker.json" bootstrap)
  [[ -n $broker ]] || fail "$work/state/broker/broker.json names no broker"
}

# The broker stops answering. The embedded one, which keeps its log in memory, is frozen; Kafka is
# shut down.
stop_broker() {
  if $kafka; then
    "$root/tools/local-kafka" stop "$work/kafka" >>"$work/kafka.log" 2>&1
  else
    kill -STOP "$(json_field "$work/state/broker/broker.json" pid)"
  fi
}

continue_broker() {
  if $kafka; then
    start_kafka
  else
    kill -CONT "$(json_field "$work/state/broker/broker.json" pid)"
  fi
}

# SIGKILL: nothing is written any more, nothing is closed.
kill_daemon() {
  kill -KILL "$daemon_pid"
  { wait "$daemon_pid" || true; } 2>/dev/null
  daemon_pid=""
}

# end_process PID: SIGTERM, and SIGKILL after five seconds.
end_process() {
  kill -TERM "$1" 2>/dev/null || return 0
  until_true 5 eval "! alive $1" || kill -KILL "$1" 2>/dev/null || true
}

# is_ours PROGRAM PID: such a process that works in our folder; the pid of a file may have gone to
# somebody else.
is_ours() {
  [[ -n $2 ]] && grep -qsx "$1" "/proc/$2/comm" &&
    tr '\0' '\n' <"/proc/$2/cmdline" 2>/dev/null | grep -qF -- "$work/"
}
end_ours() {
  if is_ours shelfd "$1"; then end_process "$1"; fi
}

# Ends the daemon and the broker of the work folder, those of an earlier run too; for traps.
end_daemon_and_broker() {
  local pid=""
  [[ -f $work/shelfd.pid ]] && pid=$(<"$work/shelfd.pid")
  end_ours "$pid"
  if [[ -n $daemon_pid ]]; then
    { wait "$daemon_pid" || true; } 2>/dev/null
    daemon_pid=""
  fi
  pid=""
  [[ -f $work/state/broker/broker.json ]] && pid=$(json_field "$work/state/broker/broker.json" pid)
  if is_ours shelfd "$pid"; then kill -CONT "$pid"; fi
  end_ours "$pid"
  if [[ -d $work/kafka ]]; then
    "$root/tools/local-kafka" stop "$work/kafka" >/dev/null 2>&1 || true
  fi
}
