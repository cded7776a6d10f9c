#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The catalogue: it is what this tool makes of the dumps; its rows work as sources; it answers the buyer's question.
set -uo pipefail
bin=$CPC_BIN/cpucompat
corpus=$CPC_SHARED/corpus
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

complain() {
	echo "$@"
	failures=$((failures + 1))
}

# said A B: the verdict of a move, and what refuses it, once each: "same", "unknown", "impossible cannot-host".
said() {
	"$bin" compare "$1" "$2" --format json |
		jq -r '[.a_to_b.verdict] + ([.a_to_b.findings[] | select(.weight == "refusal") | .code] | unique) | join(" ")'
}

# Every row is listed once and is the same as itself, or cannot host, or is so but for what was not read.
names=$("$bin" catalogue | awk '/^ *@/ { print $1 }')
count=$(wc -l <<<"$names")
[ "$count" -ge 300 ] || complain "only $count rows are listed"
[ "$(sort -u <<<"$names" | wc -l)" = "$count" ] || complain "a name is listed twice"
for name in $(awk 'NR % 10 == 1' <<<"$names") @ice-lake-sp @milan; do
	answer=$(said "$name" "$name")
	[[ $answer =~ ^(same|impossible cannot-host)$ ]] || complain "$name against itself: $answer"
done

# Found by words of the name, the brand, the kind and the vendor, at any width and in any case.
for words in "xeon 9242" "9242 Xeon PLATINUM" "cascade-lake-sp" "GenuineIntel @xeon-platinum-9242" "Intel(R) 9242"; do
	# shellcheck disable=SC2086
	"$bin" catalogue $words | grep -q '@xeon-platinum-9242 ' || complain "catalogue $words: not found"
done
"$bin" catalogue xeno 2>"$work/err" >"$work/out" && got=0 || got=$?
[ $got = 66 ] && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -q "'xeon'" "$work/err" ||
	complain "catalogue xeno: exit $got, $(cat "$work/err")"
for columns in 80 200; do
	wide=$(COLUMNS=$columns "$bin" catalogue --accepts @naples --verbose | awk -v most=$columns 'length > most' | head -n 1)
	[ -z "$wide" ] || complain "wider than $columns: $wide"
done

# The buyer's question: each answer is that of a comparison, and none is dropped.
"$bin" catalogue --accepts @naples --accepted-by @rome --format json >"$work/json" || complain "catalogue: exit $?"
jq -e '.schema == "cpucompat/catalogue/1" and ([.standings[]] | add) == .count
	and (.processors | length) == .count' "$work/json" >/dev/null || complain "the counts do not add up"
while read -r name accepts accepted_by; do
	to=$("$bin" compare @naples "@$name" --format json | jq -r .a_to_b.verdict)
	from=$("$bin" compare "@$name" @rome --format json | jq -r .a_to_b.verdict)
	[ "$to $from" = "$accepts $accepted_by" ] ||
		complain "$name: $accepts and $accepted_by by the catalogue, $to and $from by compare"
done < <(jq -r '.processors | group_by([.accepts.verdict, .accepted_by.verdict])[] | .[0, -1]
	| "\(.name) \(.accepts.verdict) \(.accepted_by.verdict)"' "$work/json")
"$bin" catalogue --accepts @naples | grep -q '^    @epyc-9655 ' || complain "a newer EPYC does not take an older one's VMs"
"$bin" catalogue --accepts @naples --policy hyperv-2008r2 epyc | grep -q 'policy hyperv-2008r2' || complain "no policy"
"$bin" catalogue --accepts self >/dev/null || complain "catalogue --accepts self: exit $?"

# refuse CODE ARGUMENT...: one line on standard error, nothing on standard output, that exit code.
refuse() {
	local code=$1 got
	shift
	"$bin" catalogue "$@" </dev/null >"$work/out" 2>"$work/err" && got=0 || got=$?
	[ $got = "$code" ] && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" = 1 ] ||
		complain "catalogue $*: exit $got, not $code; $(cat "$work/err")"
}
refuse 64 --accepts
refuse 64 --format csv
refuse 64 --accepts - --accepted-by -
refuse 65 --accepts -
refuse 66 --accepts @nosuch
refuse 66 --accepted-by "$work/missing"
refuse 66 xeon epyc

if [ ! -d "$corpus/dumps" ]; then
	echo "no corpus in $CPC_SHARED: what the rows are made of was not looked at; $failures failures"
	exit $((failures > 0))
fi

# The committed rows are what the script writes, and a dump is what its row says, but for what it does not hold.
mkdir "$work/written"
plain=$CPC_BIN
[ ! -x "$CPC_PLAIN_BIN/cpucompat" ] || plain=$CPC_PLAIN_BIN
CPC_BIN=$plain bash "$CPC_SOURCE/tests/catalogue.sh" "$work/written" || complain "tests/catalogue.sh: exit $?"
diff "$work/written/rows" "$CPC_SOURCE/include/cpucompat/catalogue.def" >"$work/diff" ||
	complain "catalogue.def is not what tests/catalogue.sh prints: $(head -n 4 "$work/diff")"
[ "$(wc -l <"$work/written/dumps")" = "$count" ] || complain "$(wc -l <"$work/written/dumps") dumps for $count rows"
while IFS=$'\t' read -r name file; do
	cat "$corpus/dumps/$file" >"$work/dump"
	[ ! -e "$corpus/dumps/${file%.txt}.msr" ] || cat "$corpus/dumps/${file%.txt}.msr" >>"$work/dump"
	answer=$(said "$work/dump" "@$name")
	unread=$("$bin" probe --from "@$name" --format json | jq '.unknown | length')
	[[ $answer =~ ^(same|impossible cannot-host)$ ]] || { [ "$unread" != 0 ] && [[ $answer =~ ^(unknown|migratable)$ ]]; } ||
		complain "$file against @$name: $answer"
done < <(awk 'NR % 8 == 1' "$work/written/dumps")

# A name once given stays, whatever dumps come to it: here a second signature of a brand, which has it as well.
mkdir -p "$work/shared/corpus/dumps/x" "$work/source/tests" "$work/source/include/cpucompat"
sed '/^aliases="/,/^"/c aliases=""' "$CPC_SOURCE/tests/catalogue.sh" >"$work/source/tests/catalogue.sh"
cp "$CPC_SOURCE/tests/catalogue.jq" "$work/source/tests/"
dump() {
	printf 'CPU 0:\n'
	printf '   0x%s 0x00: eax=0x%s ebx=0x%s ecx=0x%s edx=0x%s\n' \
		00000000 00000001 756e6547 6c65746e 49656e69 00000001 "$1" 00000000 00000000 00000000 \
		80000000 80000004 00000000 00000000 00000000 80000001 00000000 00000000 00000000 00000000 \
		80000002 6e6f6558 20295228 646c6f47 00003120 80000003 00000000 00000000 00000000 00000000 \
		80000004 00000000 00000000 00000000 00000000
}
dump 000606a6 >"$work/shared/corpus/dumps/x/b.txt"
printf 'file\tsource\thybrid\nx/b.txt\tnowhere\t0\n' >"$work/shared/corpus/index.tsv"
written() {
	CPC_SHARED=$work/shared bash "$work/source/tests/catalogue.sh" | grep -o '^CPC_CATALOGUE("[^"]*"' | sed 's/.*("//; s/"//'
}
first=$(written)
CPC_SHARED=$work/shared bash "$work/source/tests/catalogue.sh" >"$work/source/include/cpucompat/catalogue.def"
dump 000606a4 >"$work/shared/corpus/dumps/x/a.txt"
printf 'x/a.txt\tnowhere\t0\n' >>"$work/shared/corpus/index.tsv"
then=$(written | sort | paste -sd' ')
[ -n "$first" ] && [ "$then" = "$first $first-6-106-4" ] || complain "after '$first' came '$then'"

left_out=$(cut -f1 "$work/written/left-out" | sort | uniq -c | sed 's/^ *//' | paste -sd, | sed 's/,/, /g')
echo "catalogue: $count rows; left out: $left_out; $failures failures"
exit $((failures > 0))
