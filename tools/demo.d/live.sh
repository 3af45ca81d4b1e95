# The live part of tools/demo: the tills' feeds, and the scenes. Sourced by it.
#
# Two agents feed: the head office's for all stores but one, and that one store's own. Each sends what
# happened in the second that is over, and claims all through it; when the receipts are used up, only
# the claim goes. A feed that is cut keeps what happens until it is joined again.

lone_store=367               # has an agent of its own, whose line can be cut
live_receipts=850            # more with --kafka, whose restart takes longer
receipts_a_second=15
live_base='2020-01-01'       # live.sql: the file's time of second 0
feed_seconds_max=1800        # then everything ends by itself

base_s() { date -u -d "$live_base" +%s; }

# feed_once NAME FROM_SECOND TO_SECOND FILTER...: one run of that agent; repeated as it is until it
# succeeds, since an interrupted run blocks every other.
feed_once() {
  local name=$1 from=$2 to=$3 first last through
  shift 3
  first=$(awk -v a="$from" -v b="$to" '$1 >= a && $1 <= b { print $2; exit }' "$work/live-seconds")
  last=$(awk -v a="$from" -v b="$to" '$1 >= a && $1 <= b { n = $3 } END { print n }' "$work/live-seconds")
  through=$(date -u -d "@$(($(base_s) + to))" '+%F %T')
  local common=(--state "$work/agent-$name" --brokers "$broker" --complete-through "$through"
    --time-shift "$((live_started_s - $(base_s)))")
  if [[ -n $first ]]; then
    "$bin/shelf-agent" send movements "${common[@]}" "$@" "${movement_words[@]}" --all-stores \
      --rows-from "$first" --rows-to "$last" "$work/live.csv" >>"$work/agent-movements.log"
  else
    "$bin/shelf-agent" send heartbeats "${common[@]}" >/dev/null
  fi 2>>"$work/agent.log"
}

# The feeds of this run go on while the file says so; those of a run before end.
feeding() { [[ $(cat "$work/feeding" 2>/dev/null) == "$live_started_s" ]]; }

# feed NAME FILTER...: not while $work/cut-NAME exists.
feed() {
  local name=$1 sent=-1 over
  shift
  while feeding; do
    sleep 0.1
    over=$(($(date +%s) - live_started_s - 1))
    if ((over <= sent)) || [[ -e $work/cut-$name ]]; then continue; fi
    until feed_once "$name" $((sent + 1)) "$over" "$@"; do
      feeding || return 0
      sleep 1
    done
    sent=$over
    echo "$sent" >"$work/fed-$name"
  done
}

# Ends all that still runs, when nobody has for half an hour.
end_some_day() {
  local deadline_s=$(($(date +%s) + feed_seconds_max))
  while feeding && (($(date +%s) < deadline_s)); do sleep 2; done
  if feeding; then end_all; fi
}

start_feeds() {
  live_started_s=$(date +%s)
  echo "$live_started_s" >"$work/feeding"
  (feed office --skip-stores "$lone_store") </dev/null >>"$work/feed.log" 2>&1 &
  (feed "$lone_store" --only-stores "$lone_store") </dev/null >>"$work/feed.log" 2>&1 &
  (end_some_day) </dev/null >/dev/null 2>&1 &
}

# tell WORDS...: in lines that any terminal holds, and an empty one.
tell() {
  fold -s -w 78 <<<"$*" | sed 's/ *$//'
  say ""
}

# watch SECONDS: a picture a second where it can be drawn over the one before, else the last one only.
# That nobody answers is part of the story.
watch() {
  if [[ -t 1 && ${TERM:-dumb} != dumb ]]; then
    "$bin/shelfctl" --admin "$admin" top --for "$1" 2>>"$work/ctl.log" || true
  else
    note "(for $1 s)"
    { "$bin/shelfctl" --admin "$admin" top --blocks --for "$1" --every 2 2>>"$work/ctl.log" || true; } |
      awk -v RS= '{ last = $0 } END { gsub(/(^|\n)/, "&    ", last); print last }'
  fi
}

# Records of market, which tells its stages, after line $1 of the topic that hold something back for
# lag: how many of the lone store, of others.
held_back_for_lag() {
  tail -n "+$(($1 + 1))" "$work/topic.tsv" |
    awk -F'\t' -v lone="market/$lone_store/" '
      $3 ~ /^market\// && /"stage":"sync_lag"/ { if (index($3, lone) == 1) own++; else others++ }
      END { print own + 0, others + 0 }'
}
topic_lines() { wc -l <"$work/topic.tsv"; }

explain() { "$bin/shelfctl" --admin "$admin" explain --channel "$1" --store "$2" --sku "$3"; }

scene_live() {
  say ""
  tell "The weeks before are in. Their last promise is seconds old by now, and that is too old for" \
    "these channels (in the rules of this demo, seconds stand for hours): nothing is offered. Now" \
    "the tills begin to report live, $receipts_a_second receipts a second, and every store says each" \
    "second: all is sent up to here. Numbers come up as stores are known again, and follow the sales."
  start_feeds
  watch 6
}

scene_silence() {
  local from own others
  from=$(topic_lines)
  say ""
  tell "The line to store $lone_store is cut; its tills sell on, and nobody hears of it. All others go" \
    "on. After 10 s without a promise its numbers on own-site are halved, after 20 s they are zero" \
    "everywhere: by time alone."
  : >"$work/cut-$lone_store"
  watch 22
  read -r own others <<<"$(held_back_for_lag "$from")"
  note "fallen for lag since, on market: $own numbers of store $lone_store, $others of other stores"
  say ""
  say "Why one of them is zero:"
  explain own-site "$lone_store" 1082185
  rm "$work/cut-$lone_store"
  say ""
  tell "The line is back. What the tills kept is sent in order, and the numbers return."
  watch 3
}

scene_broker() {
  local from own others
  from=$(topic_lines)
  say ""
  tell "The broker goes away for 14 s, longer than a store may be silent. But now it is we who hear" \
    "nothing: no time passes in the log, so nobody is late. Deaf is not silent."
  stop_broker
  watch 14
  continue_broker
  say "The broker is back."
  watch 3
  read -r own others <<<"$(held_back_for_lag "$from")"
  note "fallen for lag since, on market: $((own + others)) numbers"
}

scene_kill() {
  say ""
  tell "The daemon is killed (SIGKILL) while receipts arrive, and is started again three seconds" \
    "later. It restores its checkpoint, reads the log from there, and corrects what its output lacks."
  if all_is_fed; then
    note "(this machine was slow: the receipts are used up already, only claims arrive)"
  fi
  kill_daemon
  watch 3
  start_demo_daemon 60
  watch 3
}

# The newest record of each key after line $1 of the topic: how many.
keys_told_since() { tail -n "+$(($1 + 1))" "$work/topic.tsv" | cut -f3 | sort -u | wc -l; }

scene_rules() {
  local from
  say ""
  tell "Other rules shall hold: half of the bananas and less fresh food held back online, more of all" \
    "else on market, larger vans in the north, smaller ones in the east. They are tried first, over a" \
    "copy of the state:"
  (cd "$work" && "$bin/shelfctl" --admin "$admin" rules diff rules-next.yaml --top 4 \
    --file changes.csv 2>>"$work/ctl.log") || fail "shelfctl rules diff: $(tail -n 3 "$work/ctl.log")"
  say ""
  say "They come into force, at a tick of each partition:"
  from=$(topic_lines)
  (cd "$work" && "$bin/shelfctl" --admin "$admin" rules apply rules-next.yaml 2>>"$work/ctl.log") ||
    fail "shelfctl rules apply: $(tail -n 3 "$work/ctl.log")"
  until_true 60 all_is_published || fail "after 60 s not all is published; see $work/status.json"
  note "keys of which kcat saw a record since: $(keys_told_since "$from")"
  note "lines of changes.csv: $(($(wc -l <"$work/changes.csv") - 1))"
}

scene_explain() {
  local channel store sku why
  database ".read $sql/explained.sql" >"$work/explained"
  while read -r channel store sku why; do
    say ""
    say "Every number can be explained. $why"
    explain "$channel" "$store" "$sku"
  done <"$work/explained"
  say ""
}

# All receipts are sent, by both.
all_is_fed() {
  local last
  last=$(tail -n 1 "$work/live-seconds" | cut -d' ' -f1)
  [[ $(<"$work/fed-office") -ge $last && $(<"$work/fed-$lone_store") -ge $last ]]
}
