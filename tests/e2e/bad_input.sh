#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Bad input gets one clear line on standard error, the documented exit code, and nothing on standard output.
set -uo pipefail
bin=$CPC_BIN/cpucompat
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
good=$("$bin" probe --from @milan --format fingerprint)

# refuse CODE PATTERN ARGUMENT...: the program says one line that matches, and ends with that code.
refuse() {
	local code=$1 pattern=$2 got
	shift 2
	timeout 60 "$bin" "$@" >"$work/out" 2>"$work/err" </dev/null && got=0 || got=$?
	if [ "$got" != "$code" ] || [ -s "$work/out" ] || [ "$(wc -l <"$work/err")" != 1 ] || ! grep -qiE -- "$pattern" "$work/err"; then
		echo "cpucompat $(printf '%.60s ' "$@")"
		echo "  wanted exit $code, one line matching /$pattern/; got exit $got, $(wc -c <"$work/out") bytes of output, and:"
		head -c 600 "$work/err" | sed 's/^/  /'
		failures=$((failures + 1))
	fi
}

: >"$work/empty"
head -c 4096 /dev/urandom >"$work/binary"
head -c 100000000 /dev/zero | tr '\0' 'a' >"$work/long-line"
head -c 40000000 /dev/zero | tr '\0' '7' >"$work/long-digits"
printf 'hello\nworld\n' >"$work/prose"
printf 'CPU 0:\n   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65' >"$work/truncated"
printf '{"schema": "cpucompat/report/1", "leaves": ' >"$work/truncated.json"
printf '{"schema": "cpucompat/report/9"}' >"$work/foreign.json"
printf '{"schema": "cpucompat/report/1", "leaves": 7, "cpu": "x"}' >"$work/wrong.json"
printf 'cpc9:GenuineIntel:6.1.1:1:pa=46\n' >"$work/foreign-version"
printf '%s\n%s\n' "$good" "${good%?????}_" >"$work/second-line"
printf '%s\n%s\n' "$good" "$good" >"$work/two"
printf '<!DOCTYPE cpudata [<!ENTITY a "ha">]><cpudata arch="x86">&a;</cpudata>' >"$work/doctype.xml"
{
	printf "<cpudata arch='x86'>"
	head -c 3000000 /dev/zero | tr '\0' 'a' | sed 's/aaa/<a>/g'
} >"$work/nested.xml"
printf 'basic_cpuid[0]=0000000d 756e6547 6c65746e 49656e69\nbasic_cpuid[99999]=0 0 0 0\n' >"$work/libcpuid"
printf 'processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\n' >"$work/arm-cpuinfo"
mkdir "$work/folder"
mkfifo "$work/pipe"

for command in "probe --from" "baseline"; do
	for file in empty binary long-line long-digits prose truncated truncated.json foreign.json wrong.json foreign-version second-line \
		doctype.xml nested.xml libcpuid arm-cpuinfo; do
		refuse 65 "$file" $command "$work/$file"
	done
	refuse 66 "missing" $command "$work/missing"
	refuse 65 "folder|directory" $command "$work/folder"
	refuse 69 "127.0.0.1:9" $command "http://127.0.0.1:9"
	refuse 66 "nosuch" $command "@nosuch"
	refuse 65 "cpc2" $command "cpc2:GenuineIntel:6.1.1:1:pa=46"
	refuse 65 "fingerprint" $command "cpc1:GenuineIntel:6.1.1"
done
refuse 65 ":2:|line 2" probe --from "$work/second-line"
refuse 65 "two|2" compare "$work/two" @milan
refuse 64 "" compare @milan
refuse 64 "" compare @milan @rome @genoa
refuse 64 "nopolicy" compare @milan @rome --policy nopolicy
refuse 64 "noformat" compare @milan @rome --format noformat
refuse 64 "noformat" probe --format noformat
refuse 64 "nooption" probe --nooption
refuse 64 "nocommand" nocommand
refuse 64 "" baseline
refuse 64 "" list
refuse 64 "nothings" list nothings
refuse 66 "nosuch" compare @milan @nosuch
refuse 65 "" probe --from @milan --format raw
refuse 65 "empty" probe --from -

# A dump that was cut between two lines is not taken for a smaller processor.
"$bin" probe --format raw >"$work/whole"
for lines in 2 9 20 40; do
	head -n $lines "$work/whole" >"$work/cut"
	"$bin" compare "$work/cut" "$work/whole" >/dev/null 2>&1 && got=0 || got=$?
	[ "$got" != 0 ] || { echo "a dump of $lines lines moves to the whole one"; failures=$((failures + 1)); }
done
# Two hosts may have written one fingerprint: what it does not hold may differ between them.
unread=${good/-45:/-x:}
[ "$unread" != "$good" ] || { echo "the fingerprint of @milan has changed"; failures=$((failures + 1)); }
"$bin" compare "$unread" "$unread" >/dev/null && got=0 || got=$?
[ "$got" = 30 ] || { echo "an unread word equals itself: exit $got"; failures=$((failures + 1)); }
# Hosts of one name are told apart.
"$bin" probe --format json >"$work/self.json"
"$bin" compare self "$work/self.json" >"$work/out"; head -n 1 "$work/out" | grep -qF "self -> $work/self.json" ||
	{ echo "two hosts of one name are not told apart"; failures=$((failures + 1)); }

# A dump without its extended leaves is not a processor without XD.
grep -v " 0x8000" "$work/whole" >"$work/cut"
"$bin" compare "$work/whole" "$work/cut" >"$work/out" 2>&1 && got=0 || got=$?
[ "$got" = 30 ] && ! grep -qi "absent" "$work/out" || { echo "unread leaves read as absent: exit $got"; failures=$((failures + 1)); }
# A level that one of the hosts lacks has no baseline.
refuse 20 "demands of every host" baseline --policy x86-64-v3 @skylake-sp @nehalem-ep

# A dump is not written through a full disk without a word.
if [ -e /dev/full ]; then
	"$bin" probe --from @milan >/dev/full 2>"$work/err" && got=0 || got=$?
	[ "$got" = 70 ] && [ "$(wc -l <"$work/err")" = 1 ] || { echo "full disk: exit $got"; failures=$((failures + 1)); }
fi
# Nobody reading is no error worth a word.
"$bin" list features 2>"$work/err" | head -n 1 >/dev/null
[ ! -s "$work/err" ] || { echo "closed pipe: $(cat "$work/err")"; failures=$((failures + 1)); }

echo "bad_input: $failures failures"
exit $((failures > 0))
