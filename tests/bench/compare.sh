#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How fast core is: nanoseconds for a comparison of two fingerprints, microseconds from a snapshot to its fingerprint,
# the instructions of both, and CPUs a second into a baseline beside `virsh cpu-baseline` over the same CPUs.
# usage: tests/bench/compare.sh [ROUNDS [COUNT...]]      builds into build/bench, or CPC_BENCH_BIN names a build with
#        -DCPC_TESTS=ON; CPC_SHARED is where the corpus lies. COUNTs are numbers of CPUs of a baseline.
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${CPC_BENCH_BIN:-$source_dir/build/bench}
shared=${CPC_SHARED:-$source_dir/../shared}
rounds=${1:-51}
shift $(($# > 0))
counts=("$@")
[ $# -gt 0 ] || counts=(2 20 200 2000)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "${CPC_BENCH_BIN-}" ]; then
	cmake -S "$source_dir" -B "$bin" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCPC_TESTS=ON >"$work/log" &&
		cmake --build "$bin" --target bench_compare cpucompat-cli >"$work/log" || { cat "$work/log" >&2; exit 70; }
fi
bench=$bin/tests/bench_compare

# Every dump, or this machine's own where there is no corpus. Lists of what KVM gave guests are no dumps.
dumps=()
if [ -d "$shared/corpus/dumps" ]; then
	mapfile -t dumps < <(find "$shared/corpus/dumps" -name '*.txt' ! -path '*/kvm/*' | sort)
else
	"$bin/cpucompat" probe --format raw >"$work/self.txt" 2>/dev/null && dumps=("$work/self.txt")
fi
"$bench" compare "$rounds" "${dumps[@]}"

# instructions WHAT CALL: of one call, by callgrind, which collects in the function that makes all of them.
instructions() {
	local calls total
	calls=$(valgrind --quiet --tool=callgrind --callgrind-out-file="$work/callgrind" --toggle-collect="all_$1" \
		"$bench" "$1" "${dumps[@]:0:100}")
	total=$(awk '$1 == "totals:" || $1 == "summary:" { print $2; exit }' "$work/callgrind")
	printf '  %-20s %8d calls %10d instructions each\n' "$2" "$calls" $((total / calls))
}
if ! command -v valgrind >/dev/null; then
	echo "compare.sh: valgrind is not installed, instructions are not counted" >&2
elif nm "$bench" | grep __asan_init >"$work/log"; then
	echo "compare.sh: $bench is built with AddressSanitizer, instructions are not counted" >&2
else
	echo "one call, by callgrind over ${#dumps[@]} dumps, the first 100 of them at most"
	instructions pairs cpc_verdict_of
	instructions snapshots cpc_fingerprint_of
fi

if ! command -v virsh >/dev/null; then
	echo "compare.sh: virsh is not installed, nothing to compare baselines with" >&2
	exit 0
fi

# seconds COMMAND...: the median of some runs.
seconds() {
	local start end
	for ((run = 0; run < 5; run++)); do
		start=$EPOCHREALTIME
		"$@" >"$work/out"
		end=$EPOCHREALTIME
		echo $((${end/./} - ${start/./}))
	done | sort -n | awk '{ v[NR] = $1 } END { printf "%.6f\n", v[int((NR + 1) / 2)] / 1e6 }'
}
echo "CPUs a second into a baseline, medians of 5 runs of each program"
printf '  %8s %12s %12s %7s %12s %9s\n' CPUs virsh cpucompat times library times
for count in "${counts[@]}"; do
	"$bench" write "$count" "$work"
	theirs=$(seconds virsh -q -c test:///default cpu-baseline "$work/cpus.xml")
	ours=$(seconds "$bin/cpucompat" baseline "$work/cpus.cpc" --format fingerprint)
	library=$("$bench" meet "$rounds" "$count")
	awk -v n="$count" -v a="$theirs" -v b="$ours" -v c="$library" 'BEGIN {
		printf "  %8d %12.0f %12.0f %7.1f %12.0f %9.0f\n", n, n / a, n / b, a / b, c, c * a / n }'
done
