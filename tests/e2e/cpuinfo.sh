#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# /proc/cpuinfo as a source: what it proves of this machine is true of it, it says that it is a partial view, and its
# answers are honest: unknown, or certain with the features named.
set -uo pipefail
export LC_ALL=C
bin=$CPC_BIN/cpucompat
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

# answer CODE WORDS SOURCE SOURCE [OPTION...]: the exit code, and words that the answer holds.
answer() {
	local code=$1 words=$2 got
	shift 2
	"$bin" compare --verbose "$@" >"$work/answer" 2>&1 && got=0 || got=$?
	[ "$got" = "$code" ] && grep -qE -- "$words" "$work/answer" || {
		fail "compare $*: exit $got, wanted $code and /$words/"
		head -20 "$work/answer"
	}
}

# A host with AVX and long mode, of which little else is known.
sample=$CPC_SOURCE/tests/fuzz/seeds/cpuinfo.txt
COLUMNS=80 "$bin" probe --from "$sample" >"$work/text"
grep -q "partial view" "$work/text" || fail "the report does not say that it is a partial view"
grep -v '^cpc1:' "$work/text" | awk 'length > 80 { print; bad = 1 } END { exit bad }' || fail "lines above 80 columns"
answer 20 "vendor" "$sample" @milan
answer 30 "avx +1.0.ecx\[28\]" "$sample" @nehalem-ep
answer 20 "avx +1.0.ecx\[28\]" "$sample" @nehalem-ep --policy x86-64-v3
answer 30 "sse4_1 +1.0.ecx\[19\]" "$sample" @ice-lake-sp
answer 30 "cpuinfo" @ice-lake-sp "$sample"

# Its JSON is the same partial view.
"$bin" probe --from "$sample" --format json >"$work/report.json"
for other in @nehalem-ep @ice-lake-sp; do
	for file in "$sample" "$work/report.json"; do
		"$bin" compare "$file" $other --format json | jq -S 'del(.a.name)' >"$work/$(basename "$file").answer"
	done
	cmp -s "$work/cpuinfo.txt.answer" "$work/report.json.answer" || fail "the JSON report answers otherwise about $other"
done
[ "$(jq -r '.cpu.logical_cpus' "$work/report.json")" = 2 ] || fail "the number of processors is lost"

# This machine's own: whatever is known of it is so.
if grep -qs '^vendor_id' /proc/cpuinfo; then
	"$bin" probe --from /proc/cpuinfo --format json >"$work/shown.json"
	"$bin" probe --format json >"$work/probed.json"
	wrong=$(jq -rn --slurpfile shown "$work/shown.json" --slurpfile probed "$work/probed.json" '
		$shown[0] as $a | $probed[0] as $b
		| ($a.features.cpuid - $b.features.cpuid)[],
		  ($a.cpu | {vendor, family, model, stepping} | tojson | select(. != ($b.cpu | {vendor, family, model, stepping} | tojson))),
		  ($a.scalars | to_entries[] | select(.value != null and .key != "xs" and .value != $b.scalars[.key]) | .key)')
	[ -z "$wrong" ] || fail "/proc/cpuinfo claims what CPUID denies: $wrong"
	known=$(jq -r '.features.cpuid | length' "$work/shown.json")
	[ "$known" -gt 20 ] || fail "only $known features are known"
	answer 30 "" /proc/cpuinfo self
	echo "cpuinfo: $known features of this machine known of $(jq -r '.features.cpuid | length' "$work/probed.json"), each true"
else
	echo "cpuinfo: no x86 /proc/cpuinfo here, the sample alone was read"
fi
exit $((failures > 0))
