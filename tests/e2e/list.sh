#!/bin/bash
# SPDX-License-Identifier: MIT
# What `list policies` says: a row each where it is piped, and nothing wider than a terminal of 80 columns.
set -u
bin=$CPC_BIN/cpucompat
failures=0

fail() {
	echo "$*"
	failures=$((failures + 1))
}

names=$(sed -n 's/^CPC_\(POLICY\|LEVEL\)([A-Z0-9_]*, "\([^"]*\)".*/\2/p' "$CPC_SOURCE/include/cpucompat/policies.def")
listed=$("$bin" list policies)
[ "$(wc -l <<<"$names")" -ge 14 ] || fail "fewer than 14 rows were found in policies.def"
[ "$(cut -d' ' -f1 <<<"$listed")" = "$names" ] || fail "the rows are not those of policies.def"

# Name, how sure, title; how sure, and from where.
while read -r line; do
	[[ $line =~ ^[^\ ]+\ +(documented|header|inferred|memory)\ +[^\;]+\;\ (documented|header|inferred|memory):\ .{8} ]] ||
		fail "no sureness or no source in: $line"
done <<<"$listed"
# A row is as sure as its weakest part.
grep -q '^hyperv-2025-minimum  *inferred .*; header: .*; standard processor compatibility mode, inferred: ' <<<"$listed" ||
	fail "hyperv-2025-minimum does not tell of its mode"

verbose=$("$bin" list policies --verbose)
[ "$(grep -c '^      compares ' <<<"$verbose")" = "$(wc -l <<<"$names")" ] || fail "not every row says what it compares"
grep -A30 '^hyperv-2016 ' <<<"$verbose" | grep -q '^        hides on AMD .* avx2 .* amd_ibrs amd_stibp$' ||
	fail "what the mode hides on AMD is not listed"
grep -A30 '^hyperv-2016 ' <<<"$verbose" | grep -q '^        shows on Intel .* spec_ctrl$' ||
	fail "what the mode shows on Intel is not listed"
grep -A12 '^kvm-host-model ' <<<"$verbose" | grep -q 'guests get 40 at most' || fail "the 40 bits are not told of"

formats=$("$bin" list formats)
for command in probe compare baseline fleet catalogue; do
	grep -q "^  $command  *text json" <<<"$formats" || fail "the formats of $command are not listed"
done

if command -v script >/dev/null; then
	for options in "" --verbose; do
		script -qec "stty cols 80; '$bin' list policies $options" /dev/null |
			sed 's/\x1b\[[0-9;]*m//g; s/\r$//' |
			awk -v options="$options" 'length > 80 { print "wider than 80 columns " options ": " $0; bad = 1 }
			     END { if (NR < 28) { print "too short"; bad = 1 } exit bad }' || failures=$((failures + 1))
	done
else
	echo "script is not installed: the width of a terminal was not tried"
fi

[ "$failures" = 0 ] && echo "$(wc -l <<<"$names") policies, each with its sources"
exit $((failures > 0))
