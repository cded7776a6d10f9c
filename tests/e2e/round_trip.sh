#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What we print, we read back to the same: a dump, its JSON report, its raw text and its fingerprint name one fingerprint.
# Every hybrid of the corpus, and every twelfth of the others.
set -uo pipefail
dumps=$CPC_SHARED/corpus/dumps
[ -d "$dumps" ] || { echo "skipped: no corpus in $CPC_SHARED"; exit 77; }
bin=$CPC_BIN/cpucompat
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0 count=0

fingerprint() {
	"$bin" probe --from "$1" --format fingerprint
}

while read -r file; do
	count=$((count + 1))
	expected=$(fingerprint "$dumps/$file")
	[[ $expected == cpc1:* ]] || { echo "$file: no fingerprint"; failures=$((failures + 1)); }
	"$bin" probe --from "$dumps/$file" --format json >"$work/report.json"
	"$bin" probe --from "$dumps/$file" --format raw >"$work/raw.txt"
	echo "$expected" >"$work/fingerprint.txt"
	for form in report.json raw.txt fingerprint.txt; do
		# Raw text cannot say that a layout is unknown, nor hold an MSR: `x` there and here is as far as it goes.
		[ "$(fingerprint "$work/$form")" = "$expected" ] && continue
		[ $form = raw.txt ] && [[ $expected == *xs=x* ]] && continue
		echo "$file: its $form has another fingerprint"
		failures=$((failures + 1))
	done
done < <(awk -F '\t' '$1 == "file" { next } $3 == 1 || ++n % 12 == 0 { print $1 }' "$CPC_SHARED/corpus/index.tsv")

# With --verbose raw text holds MSRs as well, in a form of our own: every tenth dump that has any (of other CPUs than
# the first of a kind those alone that msrs.def names).
msrs=0 held=0
while read -r msr; do
	msrs=$((msrs + 1))
	cat "${msr%.msr}.txt" "$msr" >"$work/whole.txt"
	whole=$(fingerprint "$work/whole.txt")
	"$bin" probe --from "$work/whole.txt" --format raw --verbose >"$work/raw.txt"
	grep -q '^   0x[0-9a-f]*: ' "$work/raw.txt" && held=$((held + 1))
	[[ $whole == cpc1:* ]] && [ "$(fingerprint "$work/raw.txt")" = "$whole" ] && continue
	echo "${msr#"$dumps/"}: its raw text with MSRs has another fingerprint"
	failures=$((failures + 1))
done < <(find "$dumps" -name '*.msr' ! -path '*/kvm/*' | sort | awk 'NR % 10 == 0')
echo "round_trip: $count dumps, $msrs with MSRs, $held texts that hold some, $failures failures"
[ $held -gt 20 ] || failures=$((failures + 1))
[ $count -gt 50 ] && exit $((failures > 0))
