#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Whole-process wall time of `cpucompat probe` beside `lscpu -J` and `cpuid -r`, in one run: the commands take turns, so
# that a machine that is busy for a moment is busy for all of them. Prints medians and the ratio to each peer.
# usage: tests/bench/run.sh [RUNS]      CPC_PLAIN_BIN names a folder with an optimised build
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${CPC_PLAIN_BIN:-$source_dir/build/release}
runs=${1:-101}
[ -x "$bin/cpucompat" ] || { echo "run.sh: no $bin/cpucompat; run packaging/run.sh --once first" >&2; exit 69; }

commands=("$bin/cpucompat probe --format json" "$bin/cpucompat probe --format fingerprint")
for peer in "lscpu -J" "cpuid -r"; do
	command -v "${peer%% *}" >/dev/null && commands+=("$peer") || echo "run.sh: ${peer%% *} is not installed, not compared" >&2
done
results=$(mktemp)
trap 'rm -f "$results"' EXIT

for ((run = -3; run < runs; run++)); do
	for i in "${!commands[@]}"; do
		start=$EPOCHREALTIME
		${commands[i]} >/dev/null
		end=$EPOCHREALTIME
		[ "$run" -lt 0 ] || echo "$i $((${end/./} - ${start/./}))" >>"$results"
	done
done

median() {
	awk -v i="$1" '$1 == i { print $2 }' "$results" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
ours=$(median 0)
printf '%-34s %10s %28s\n' "command ($runs runs each, in turn)" "median us" "probe --format json / command"
for i in "${!commands[@]}"; do
	m=$(median "$i")
	printf '%-34s %10d %28s\n' "${commands[i]##*/}" "$m" "$(awk -v a="$ours" -v b="$m" 'BEGIN { printf "%.2f", a / b }')"
done
