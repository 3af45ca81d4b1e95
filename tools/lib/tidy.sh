#!/usr/bin/env bash
# clang-tidy over the .cc files of daemon/ and tools/, two at a time, as far as the time goes:
#   tools/lib/tidy.sh BUILD_FOLDER SECONDS_MAX
# Order: files changed since the commit before, then all others in an order that the commit's id
# shuffles, so that over a few commits each has its turn. Says how many were checked of how many.
# A file that takes longer than file_seconds is given up and named: the analyzer can lose itself in a
# large header of others.
# Exit 0: nothing found. 1: something. 2: it could not run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$1
deadline_s=$((SECONDS + $2))
file_seconds=150
cd "$root"
[[ -f $build/compile_commands.json ]] || { echo "no $build/compile_commands.json" >&2; exit 2; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Headers that GCC has precompiled are not for clang.
sed 's/ -Winvalid-pch//; s/ -include [^ ]*cmake_pch[^ ]*//' "$build/compile_commands.json" >"$out/compile_commands.json"

git_here() { git -c "safe.directory=*" "$@"; }

# Ours, and compiled in that build.
compiled() {
  python3 - "$build/compile_commands.json" "$root" <<'PY'
import json, os, sys
for entry in json.load(open(sys.argv[1])):
    path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), sys.argv[2])
    if path.startswith(("daemon/", "tools/")):
        print(path)
PY
}

changed() {
  { git_here diff --name-only HEAD~1 2>/dev/null || true; git_here diff --name-only HEAD; } |
    grep '\.cc$' || true
}

compiled | sort -u >"$out/all"
changed | sort -u | comm -12 - "$out/all" >"$out/first"
seed=$(git_here rev-parse HEAD)
comm -23 "$out/all" "$out/first" |
  while read -r file; do printf '%s %s\n' "$(md5sum <<<"$seed $file" | cut -c1-8)" "$file"; done |
  sort | cut -d' ' -f2 >"$out/rest"
mapfile -t files < <(cat "$out/first" "$out/rest")

check_one() {
  local log=$out/log.$1 code=0
  timeout "$file_seconds" clang-tidy --quiet -p "$out" "${files[$1]}" >"$log" 2>/dev/null || code=$?
  case $code in
    0) rm -f "$log" ;;
    124) rm -f "$log"; echo "${files[$1]}" >>"$out/slow" ;;
    *) echo "${files[$1]}" >>"$out/bad" ;;
  esac
}

next=0
while ((next < ${#files[@]} && SECONDS < deadline_s)); do
  while (($(jobs -rp | wc -l) >= 2)); do wait -n || true; done
  check_one "$next" &
  next=$((next + 1))
done
wait

cat "$out"/log.* 2>/dev/null || true
echo "clang-tidy: $next of ${#files[@]} files checked, $(wc -l <"$out/first") of them changed," \
  "$((${#files[@]} - next)) left for another commit"
[[ ! -f $out/slow ]] || { echo "clang-tidy: given up after $file_seconds s:" $(cat "$out/slow"); }
[[ ! -f $out/bad ]] || { echo "findings in:"; cat "$out/bad"; exit 1; }
