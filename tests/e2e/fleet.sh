#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A fleet as its operator sees it: classes, matrix, pools, costs, and what could not be read.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need jq python3
bin=${CPC_BIN:?}/cpucompat

mkdir "$folder/hosts" "$folder/empty" "$folder/hosts/inner"
for host in web01 web02 web03; do "$bin" probe --from @ice-lake-sp --format fingerprint >"$folder/hosts/$host.txt"; done
"$bin" probe --from @cascade-lake-sp --format fingerprint >"$folder/hosts/db01.txt"
"$bin" probe --from @milan --format json >"$folder/hosts/lab01.json"
echo nonsense >"$folder/hosts/notes.txt"

run 0 fleet "$folder/hosts" http://127.0.0.1:1
shows "5 hosts, 3 classes, 2 vendors, 2 unreadable; policy kvm"
shows "web01-web03"
shows "  A       =  x  c"
shows "without A it gains 15: avx512ifma"
shows "http://127.0.0.1:1: connection refused"
[ "$(awk 'length > 80' "$folder/out" | wc -l)" = 0 ] || fail "lines are longer than 80 columns"
run 0 fleet "$folder/hosts" --verbose
grep -q "and [0-9]* more" "$folder/out" && fail "--verbose leaves something out"

run 0 fleet "$folder/hosts" --format json --policy xen
shows '"schema": "cpucompat/fleet/1"'
shows '"policy": "xen"'
[ "$(jq -c '[.hosts, [.classes[].count], .pools, (.matrix | map(join(""))), .baseline]' "$folder/out")" = \
	'[5,[1,1,3],[[0],[1],[2]],["=x>","x=x","cx="],null]' ] || fail "the document: $(jq -c '[.hosts, .pools, .matrix]' "$folder/out")"
[ "$(jq -r '.unreadable[0].source' "$folder/out")" = "$folder/hosts/notes.txt" ] || fail "the unreadable file is not named"

# On a terminal the matrix has colours, beside its letters, and none where nobody wants any.
on_terminal() {
	TERM=xterm script -qec "$*" /dev/null </dev/null >"$folder/out" 2>&1
}
on_terminal "$bin fleet $folder/hosts"
shows $'A       \033[32m=  \033[0m\033[31mx  \033[0m\033[33mc\033[0m'
on_terminal "NO_COLOR=1 $bin fleet $folder/hosts"
shows "  A       =  x  c"
run 0 fleet "$folder/hosts"
shows "  A       =  x  c"

# More classes than fit beside each other: the matrix is folded, and no line is longer for it.
for family in nehalem-ep westmere-ep sandy-bridge-ep ivy-bridge-ep haswell-ep broadwell-ep skylake-sp cascade-lake-sp \
	ice-lake-sp sapphire-rapids emerald-rapids granite-rapids; do
	"$bin" probe --from "@$family" --format fingerprint
done >"$folder/many"
COLUMNS=40 "$bin" fleet "$folder/many" >"$folder/out" || fail "a fleet of many classes"
# Identifiers and names of CPUs are longer than 40 columns and are not cut; the matrix is.
[ "$(grep -cE '^  A +[=>cx?]' "$folder/out")" -ge 2 ] || fail "the matrix is not folded"

# A matrix that nobody would read is not there unless it is asked for.
milan=$("$bin" probe --from @milan --format fingerprint)
for ((i = 1; i <= 65; i++)); do sed "s/:pa=[0-9]*/:pa=$i/" <<<"$milan"; done >"$folder/wide"
head -n 64 "$folder/wide" >"$folder/wide64"
run 0 fleet "$folder/wide64"
grep -q '^  BL  .*[=>cx?]$' "$folder/out" || fail "the matrix of 64 classes is not shown"
run 0 fleet "$folder/wide"
shows "The matrix of 65 classes is left out: --verbose shows it, --format json"
grep -q '^  BL  .*[=>cx?]$' "$folder/out" && fail "the matrix of 65 classes is shown all the same"
run 0 fleet "$folder/wide" --verbose
grep -q '^  BM  .*[=>cx?]$' "$folder/out" || fail "--verbose shows no matrix of 65 classes"

# The table: what another reader makes of it, and that the manual names its columns.
run 0 fleet "$folder/hosts" @milan "$folder/wide" "$folder/many" --format csv
columns=$(head -n 1 "$folder/out" | tr -d '\r')
equal "the columns of the manual" "$columns" "$(sed -n '/^\.Ss Tables/,/^\.El/s/^\.It Li //p' "$CPC_SOURCE/packaging/man/cpucompat.1" |
	sed 's/ , /\n/g' | paste -sd,)"
python3 - "$folder/out" >"$folder/table" <<-'END' || fail "the table: $(cat "$folder/table")"
	import csv, sys
	with open(sys.argv[1], newline="", encoding="utf-8") as file:
	    rows = list(csv.DictReader(file, strict=True))
	assert all(None not in row and None not in row.values() for row in rows), "fields and columns"
	assert sum(int(row["hosts"]) for row in rows) == 83, "hosts"
	web = [row for row in rows if row["host"].startswith("web")]
	assert [row["host"] for row in web] == ["web01", "web02", "web03"], "names"
	assert len({(row["class"], row["pool"], row["id"], row["fingerprint"]) for row in web}) == 1, "a class"
	assert all(int(row["moves_to"]) >= 2 for row in web), "moves"
	assert [row["error"] != "" for row in rows if row["host"].endswith("notes.txt")] == [True], "an error"
	assert any(row["host"] == "'@milan" for row in rows), "a formula"
	assert not any(field[:1] in "=+-@" for row in rows for field in row.values() if field), "formulas"
END

# Chains of those that move right and not back: what each pair of neighbours says of itself when compared.
COLUMNS=120 "$bin" fleet "$folder/many" >"$folder/out"
shows "Chains: VMs move right as they are, and not back"
run 0 fleet "$folder/many" --format json
jq -e '.pools as $pools | .matrix as $matrix | (.chains | length) > 0 and all(.chains[]; . as $chain |
	length > 1 and all(range(length - 1); [$pools[$chain[.]][], $pools[$chain[. + 1]][]] as [$a, $b] |
		$matrix[$a][$b] == ">" and $matrix[$b][$a] != ">"))' "$folder/out" >/dev/null ||
	fail "a chain that moves back: $(jq -c .chains "$folder/out")"

run 64 fleet
run 64 fleet - -
run 64 fleet "$folder/hosts" --format yaml
run 66 fleet "$folder/empty"
shows "a folder without files"
run 66 fleet "$folder/nothing"
shows "0 hosts"
run 65 fleet "$folder/hosts/notes.txt"
run 0 fleet @milan
shows "1 host, 1 class, 1 vendor"
grep -q Pools "$folder/out" && fail "one class has no pools to speak of"
run 0 fleet - <"$folder/hosts/db01.txt"
shows "1 host, 1 class"

# Lists: names before fingerprints, comments, a line that is none; what is alike is one class whatever it came from.
{
	echo "# a list"
	echo "alpha $(cat "$folder/hosts/db01.txt")"
	echo
	echo "	beta	$(cat "$folder/hosts/web01.txt")  "
	echo "gamma nonsense"
	cat "$folder/hosts/db01.txt"
} >"$folder/list"
run 0 fleet "$folder/list" "$(cat "$folder/hosts/db01.txt")" --format json
[ "$(jq -c '[.hosts, .unreadable_count, [.classes[].hosts[:2]]]' "$folder/out")" = \
	'[4,1,[["alpha","list#6"],["beta"]]]' ] || fail "the list: $(jq -c '[.hosts, .unreadable_count, [.classes[].hosts]]' "$folder/out")"
jq -r '.unreadable[0].error' "$folder/out" | grep -q '^line 5: not a fingerprint' || fail "the bad line is not named"
run 0 probe --from "$folder/hosts/db01.txt" --format fingerprint

# A long list keeps no names of its own, and what is wrong in it is counted.
awk -v text="$(cat "$folder/hosts/db01.txt")" 'BEGIN { for (i = 0; i < 20000; i++) print text; for (i = 0; i < 1500; i++) print "cpc1:x" }' >"$folder/long"
run 0 fleet - --format json <"$folder/long"
[ "$(jq -c '[.hosts, .unreadable_count, (.unreadable | length), (.classes[0].hosts | length)]' "$folder/out")" = \
	'[20000,1500,1000,0]' ] || fail "the long list: $(jq -c '[.hosts, .unreadable_count]' "$folder/out")"
run 0 fleet - <"$folder/long"
shows "20000 hosts, 1 class, 1 vendor, 1500 unreadable"
shows "    and 1488 more"
run 0 fleet - --verbose <"$folder/long"
shows "line 21000:"
shows "    and 500 more"
# What is written as it grows is all there, in its order; and a full disk is told of once.
awk -v text="$(cat "$folder/hosts/db01.txt")" 'BEGIN { for (i = 0; i < 6000; i++) printf "host%05d %s\n", i, text }' >"$folder/named"
run 0 fleet - --format csv <"$folder/named"
awk -F, 'NR > 1 && $1 != sprintf("host%05d", NR - 2) { exit 1 } END { exit NR != 6001 }' "$folder/out" ||
	fail "6000 hosts are not 6000 records"
run 0 fleet - --format json <"$folder/named"
equal "hosts by name" 6000 "$(jq '.classes[0].hosts | unique | length' "$folder/out")"
"$bin" fleet "$folder/named" --format csv >/dev/full 2>"$folder/err"
equal "exit code of a full disk" 70 $?
equal "lines about a full disk" "cpucompat: standard output: No space left on device; make room or write elsewhere" "$(cat "$folder/err")"

head -c 3000000 /dev/zero | tr '\0' 'a' | sed '1s/^/cpc1:/' >"$folder/endless"
run 65 fleet "$folder/endless"
shows "line is longer than"
# What is behind it is not counted, and not passed over in silence.
{
	cat "$folder/hosts/db01.txt"
	head -c 100000 /dev/zero | tr '\0' 'a'
	echo
	cat "$folder/hosts/db01.txt"
} >"$folder/interrupted"
COLUMNS=200 "$bin" fleet "$folder/interrupted" >"$folder/out"
shows "1 host, 1 class, 1 vendor, 1 unreadable"
shows "line 2: line is longer than 65536 bytes; nothing after it was read"

# Of /proc/cpuinfo a flag that is not shown is not known: hosts of the same id that show different ones are not alike.
for flags in "avx2 avx512f" avx2 avx512f; do
	printf 'processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nstepping\t: 7\nflags\t\t: fpu lm nx sse2 %s\n\n' \
		"$flags" >"$folder/${flags/ /-}.cpuinfo"
done
run 0 fleet "$folder"/*.cpuinfo
shows "3 hosts, 3 classes"

finish
