#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How fleets grow: lists of a thousand to a million fingerprints with and without names, the matrix of 250 to 2,000
# classes, reports in a folder (a hundredth of the lines), and baselines beside `virsh cpu-baseline` over the same CPUs, in one run. The hosts are
# the catalogue's, varied as vary.awk says.
# usage: tests/bench/fleet.sh [RUNS [CLASSES [LINES...]]]      builds into build/bench, or CPC_BENCH_BIN names a build with
#        -DCPC_TESTS=ON; figures are medians of RUNS
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${CPC_BENCH_BIN:-$source_dir/build/bench}
runs=${1:-5}
classes=${2:-2000}
shift $(($# > 2 ? 2 : $#))
lines=("$@")
[ $# -gt 0 ] || lines=(1000 10000 100000 1000000)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "${CPC_BENCH_BIN-}" ]; then
	cmake -S "$source_dir" -B "$bin" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCPC_TESTS=ON >"$work/log" &&
		cmake --build "$bin" --target bench_fleet bench_compare cpucompat-cli >"$work/log" || { cat "$work/log" >&2; exit 70; }
fi
bench=$bin/tests/bench_fleet
cpucompat=$bin/cpucompat

# measure COMMAND...: medians of its seconds, its seconds on a core and its mebibytes
measure() {
	for ((run = 0; run < runs; run++)); do
		"$bench" run "$@" 2>&1 >"$work/out"
	done | tee "$work/runs" | awk '{ print $1 }' | sort -n | awk '{ v[NR] = $1 } END { printf "%s ", v[int((NR + 1) / 2)] }'
	awk '{ print $2 }' "$work/runs" | sort -n | awk '{ v[NR] = $1 } END { printf "%s ", v[int((NR + 1) / 2)] }'
	awk '$3 > most { most = $3 } END { print most }' "$work/runs"
}

# row LINES WHAT: of what measure() printed
row() {
	awk -v lines="$1" -v what="$2" '{ printf "  %9d %-16s %9.3f %9.3f %11.0f %8.1f\n", lines, what, $1, $2, lines / $1, $3 }'
}

"$cpucompat" catalogue --format json | grep -o '"cpc1:[^"]*"' | tr -d '"' >"$work/catalogue"
awk -v count="$classes" -f "$source_dir/tests/bench/vary.awk" "$work/catalogue" >"$work/hosts"
# list COUNT [NAMED]: so many lines, with what there is by turns
list() {
	awk -v count="$1" -v named="${2-}" '{ hosts[NR - 1] = $0 } END {
		for (i = 0; i < count; i++) {
			if (named) printf "host%07d.rack%03d.example.net ", i, i / 1000
			print hosts[i % NR]
		} }' "$work/hosts"
}

echo "lists of $classes different fingerprints, medians of $runs runs"
printf '  %9s %-16s %9s %9s %11s %8s\n' lines format seconds "on a core" "lines/s" "most MB"
for count in "${lines[@]}"; do
	list "$count" >"$work/list"
	for format in text json csv; do
		measure "$cpucompat" fleet "$work/list" --format "$format" | row "$count" "$format"
	done
done
list "$count" named >"$work/list"
for format in text json csv; do
	measure "$cpucompat" fleet "$work/list" --format "$format" | row "$count" "$format, named"
done

mkdir "$work/reports"
"$cpucompat" probe --format json >"$work/report"
count=$((count / 100))
for ((i = 0; i < count; i++)); do ln "$work/report" "$work/reports/$i.json"; done
measure "$cpucompat" fleet "$work/reports" | row "$count" "reports"

echo "parts, milliseconds on a core, the quickest of $runs"
printf '  %9s %9s %9s %9s %9s\n' classes matrix "ns a pair" pools baselines
for count in $((classes / 8)) $((classes / 4)) $((classes / 2)) "$classes"; do
	"$bench" parts "$runs" "$count" <"$work/hosts"
done | awk '{ printf "  %9d %9.2f %9.1f %9.2f %9.2f\n", $1, $2, $2 * 1e6 / $1 / $1, $3, $4 }'

if ! command -v virsh >/dev/null; then
	echo "fleet.sh: virsh is not installed, nothing to compare baselines with" >&2
	exit 0
fi
echo "a baseline of so many hosts, seconds, medians of $runs runs; fleet tells classes, matrix, pools and costs besides"
printf '  %9s %9s %9s %7s %9s %9s\n' hosts virsh baseline times fleet classes
for count in 20 "$classes" $((classes * 2)) $((classes * 4)) $((classes * 8)); do
	"$bin/tests/bench_compare" write "$count" "$work"
	fleet=$(measure "$cpucompat" fleet "$work/cpus.cpc" --format csv)
	kinds=$(awk -F, 'NR > 1 { kinds[$3] } END { print length(kinds) }' "$work/out")
	ours=$(measure "$cpucompat" baseline "$work/cpus.cpc" --format fingerprint)
	theirs=-
	if "$bench" run virsh -q -c test:///default cpu-baseline "$work/cpus.xml" >"$work/out" 2>"$work/log"; then
		theirs=$(measure virsh -q -c test:///default cpu-baseline "$work/cpus.xml")
	fi
	awk -v n="$count" -v a="${theirs%% *}" -v b="${ours%% *}" -v c="${fleet%% *}" -v k="$kinds" 'BEGIN {
		printf "  %9d %9s %9.3f %7s %9.3f %9d\n", n, a, b, a == "-" ? a : sprintf("%.1f", a / b), c, k }'
	[ "$theirs" != - ] || sed "s|$work/||; s|^|  virsh: |; q" "$work/log"
done
