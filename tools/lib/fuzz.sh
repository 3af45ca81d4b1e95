#!/usr/bin/env bash
# Runs one fuzz target for some minutes, built with preset fuzz, from its corpus and what earlier runs
# added under build/fuzz/corpus. Says executions and coverage. Inputs that it failed on are kept in
# build/fuzz/findings. Exit 1: there are new ones.
#   tools/lib/fuzz.sh TARGET MINUTES
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
target=$1
seconds=$(($2 * 60))
grown=build/fuzz/corpus/$target
findings=build/fuzz/findings
log=build/fuzz/$target.log
# A hang, and what no input may take.
input_seconds=20
memory_mb=2000

cmake --preset fuzz -DSHELFD_PCH=ON
ninja -C build/fuzz "${target}_fuzz"
mkdir -p "$grown" "$findings"
code=0
"build/fuzz/bin/${target}_fuzz" -max_total_time="$seconds" -timeout="$input_seconds" \
  -rss_limit_mb="$memory_mb" -print_final_stats=1 -artifact_prefix="$findings/$target-" \
  "$grown" "tests/fuzz/corpus/$target" >"$log" 2>&1 || code=$?
executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
coverage=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 || true)
found=$(sed -n 's/.*Test unit written to //p' "$log")
echo "fuzz: $target: ${executed:-0} executions, ${coverage:-no coverage}, ${found:-no findings}"
if ((code != 0)); then tail -n 60 "$log"; fi
exit "$code"
