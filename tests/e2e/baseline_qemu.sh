#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `baseline --format qemu` against the real QEMU: every line starts a machine, which then has what the baseline has,
# feature by feature, and nothing else. TCG supports few of them: what was asked for is what it has and what it filtered.
# And qemu.def against that QEMU: its names, and where its models differ from libvirt's.
set -euo pipefail
export LC_ALL=C
for tool in qemu-system-x86_64 jq; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed (packages qemu-system-x86, jq)"; exit 77; }
done
bin=$CPC_BIN/cpucompat
map=/usr/share/libvirt/cpu_map
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
	echo "$*"
	failures=$((failures + 1))
}

# qmp ANSWERS ARGUMENT...: a machine that never runs, asked what standard input holds, one command a line.
qmp() {
	local answers=$1
	shift
	{
		echo '{"execute":"qmp_capabilities"}'
		cat
		echo '{"execute":"quit"}'
	} | timeout 120 qemu-system-x86_64 -accel tcg -machine q35 -nodefaults -display none -S -qmp stdio "$@" \
		>"$answers" 2>"$work/qemu.err"
}

awk -f "$CPC_SOURCE/tests/features.awk" "$CPC_SOURCE/include/cpucompat/words.def" \
	"$CPC_SOURCE/include/cpucompat/features.def" >"$work/features"
[ "$(wc -l <"$work/features")" -gt 500 ] || { echo "features.def is not read"; exit 1; }

# The hypervisor's own, left to it.
left='hypervisor|apic|ht|cmp-legacy'

# --- QEMU's names and models ---
echo '{"execute":"query-version"}
{"execute":"query-cpu-definitions"}' | qmp "$work/definitions"
version=$(jq -r 'select(.return.qemu?) | .return.qemu | "\(.major).\(.minor)"' "$work/definitions")
jq -r 'select(.return | type == "array") | .return[].name' "$work/definitions" | sort >"$work/qemu.models"
jq -cR '{execute: "query-cpu-model-expansion", arguments: {type: "full", model: {name: .}}, id: .}' "$work/qemu.models" |
	qmp "$work/expansions"
jq -r 'select(.id) | .id as $model | .return.model.props | to_entries[] | select(.value == true) | "\($model) \(.key)"' \
	"$work/expansions" | sort >"$work/qemu.has"
jq -r 'select(.id) | .return.model.props | keys[]' "$work/expansions" | sort -u >"$work/qemu.names"

# Which bits QEMU 7.2 names: each is a property here, and in 7.2 no other is.
while IFS='(), ' read -r _ register mask _; do
	awk -F'[(), "]+' -v r="$register" '/^CPC_FEATURE\(/ && $2 == r && $5 != "NULL" { print $3, $5 }' \
		"$CPC_SOURCE/include/cpucompat/features.def" | while read -r bit name; do
		echo "$((mask >> bit & 1)) $name"
	done
done < <(grep '^CPC_QEMU_NAMES(' "$CPC_SOURCE/include/cpucompat/qemu.def") >"$work/masks"
sed -n 's/^1 //p' "$work/masks" | sort >"$work/old"
[ "$(wc -l <"$work/old")" -gt 150 ] || fail "qemu.def names too few bits"
for name in $(comm -13 "$work/qemu.names" "$work/old"); do fail "qemu.def: QEMU $version has no $name"; done
if [ "$version" = 7.2 ]; then
	awk '$2 != "NULL" { print $2 }' "$work/features" | sort | comm -12 - "$work/qemu.names" | comm -13 "$work/old" - |
		while read -r name; do echo "qemu.def: QEMU 7.2 has $name"; done >"$work/missing"
	[ ! -s "$work/missing" ] || fail "$(cat "$work/missing")"
fi

# Where QEMU's models and those of libvirt's map differ, qemu.def says so. TCG alone takes vme from them.
if [ -e $map/index.xml ]; then
	awk -F"'" '
	/<feature name/ { name = $2 }
	/<cpuid/ {
		leaf = sub_leaf = ""
		for (i = 1; i < NF; i += 2) {
			if ($i ~ /eax_in=$/) { leaf = tolower($(i + 1)); sub(/^0x0*/, "", leaf) }
			else if ($i ~ /ecx_in=$/) { sub_leaf = $(i + 1); sub(/^0x0*/, "", sub_leaf) }
			else { reg = $i; gsub(/[ =]/, "", reg); mask = $(i + 1) }
		}
		for (bit = 0; sprintf("0x%08x", 2 ^ bit) != mask; bit++) if (bit > 31) break
		print name, leaf "." (sub_leaf == "" ? 0 : sub_leaf) "." reg "[" bit "]"
	}
	/<msr/ {
		leaf = tolower($2); sub(/^0x0*/, "", leaf)
		for (bit = 0; sprintf("0x%08x", 2 ^ bit) != $6; bit++) if (bit > 31) break
		print name, "msr." leaf "[" bit "]"
	}' $map/x86_features.xml >"$work/map.places"
	for file in $map/x86_*.xml; do
		awk -F"'" '/<model name=.*[^\/]>/ { model = $2 } /<decode/ && /guest=.off/ { model = "" }
		/<feature name/ && !/removed/ && model != "" { print model, $2 }' "$file"
	done | awk 'FILENAME ~ /features$/ { qemu[$3] = $2; next } FILENAME ~ /places$/ { place[$1] = $2; next }
		($2 in place) && (place[$2] in qemu) { print $1, qemu[place[$2]] }' "$work/features" "$work/map.places" - |
		grep -vE " ($left)\$" | sort >"$work/map.has"
	cut -d' ' -f1 "$work/map.has" | sort -u >"$work/map.models"
	comm -23 "$work/map.models" "$work/qemu.models" | awk -F'"' '
	FNR == NR { if (/^CPC_QEMU_LACKS\(/) prefix[++rows] = $2; next }
	{
		said = 0
		for (i = 1; i <= rows; i++) if (index($0, prefix[i]) == 1) said = 1
		if (!said) print "qemu.def: QEMU has no model " $0
	}' "$CPC_SOURCE/include/cpucompat/qemu.def" - >"$work/lacking"
	[ ! -s "$work/lacking" ] || fail "$(cat "$work/lacking")"
	awk 'NR == FNR { known[$2] = 1; next } ($2 in known)' "$work/features" "$work/qemu.has" | grep -vE " ($left)\$" |
		sort >"$work/qemu.known"
	comm -3 <(awk 'NR == FNR { m[$1] = 1; next } $1 in m' "$work/map.models" "$work/qemu.known") \
		<(awk 'NR == FNR { m[$1] = 1; next } $1 in m' "$work/qemu.models" "$work/map.has") |
		tr -d '\t' | grep -v ' vme$' >"$work/differences" || true
	awk 'FILENAME ~ /features$/ { qemu[$1] = $2; next }
	FILENAME ~ /qemu.def$/ {
		if (!/^CPC_QEMU_DIFFERS\(/) next
		split($0, quoted, "\""); rest = quoted[3]
		rows++; prefix[rows] = quoted[2]
		while (match(rest, /F\([a-z0-9_]+\)/)) {
			names[rows] = names[rows] " " qemu[substr(rest, RSTART + 2, RLENGTH - 3)] " "
			rest = substr(rest, RSTART + RLENGTH)
		}
		next
	}
	{
		said = 0
		for (i = 1; i <= rows; i++)
			if (index($1, prefix[i]) == 1 && index(names[i], " " $2 " ")) said = 1
		if (!said) print "qemu.def: " $1 " differs in " $2
	}' "$work/features" "$CPC_SOURCE/include/cpucompat/qemu.def" "$work/differences" >"$work/unsaid"
	[ ! -s "$work/unsaid" ] || fail "$(cat "$work/unsaid")"
	echo "models: $(wc -l <"$work/map.models") of the map beside QEMU $version, $(wc -l <"$work/differences") differences, all in qemu.def"
fi

# --- Baselines ---
# One a line: the sources.
{
	"$bin" catalogue --format json | jq -r '.processors[] | select(.alias) | "@" + .alias'
	echo "@cascade-lake-sp @ice-lake-sp"
	echo "@nehalem-ep @granite-rapids"
	echo "@skylake-sp @sapphire-rapids @broadwell-ep"
	echo "@milan @rome"
	echo "@barcelona @turin"
	echo "@naples @genoa @interlagos"
	[ ! -d "$CPC_SHARED/corpus/dumps" ] ||
		find "$CPC_SHARED/corpus/dumps" -name '*.txt' | sort | awk '/kvm/ { next } ++n % 40 == 0'
} >"$work/samples"

# What a baseline has by QEMU's name, what it has that QEMU is not asked for, and what is left out.
expected() {
	"$bin" probe --from "$1" --format json | jq -r '.features.cpuid[]' |
		awk -v partial="$2" 'BEGIN { n = split(partial, list, /, /); for (i = 1; i <= n; i++) out[list[i]] = 1 }
		FNR == NR { qemu[$1] = $2; next }
		($1 in qemu) && qemu[$1] != "NULL" && !($1 in out) { print qemu[$1] }' "$work/features" - |
		grep -vxE 'acpi|pks|waitpkg|pdcm|invtsc' | sort
}

# line N FILE OPTION...: the text, checked against the fingerprint.
line() {
	local n=$1 young partial
	shift
	"$bin" baseline "$@" --format qemu >"$work/line.$n" 2>"$work/note.$n" || return 1
	young=$(sed -n 's/.* younger one: //p' "$work/note.$n")
	partial=$(sed -n 's/.*not every host can tell a guest of: //p' "$work/note.$n")
	tr ',' '\n' <"$work/line.$n" | sed -n 's/^+//p' | sort >"$work/plus.$n"
	expected "$(cat "$work/meet")" "$partial" >"$work/expected"
	diff <(tr ',' '\n' <<<"$young" | sed -n 's/^+//p' | sort - "$work/plus.$n") "$work/expected" >"$work/diff" ||
		fail "$*: the line (<) and the baseline (>) differ:" $(grep '^[<>]' "$work/diff")
	[ "$version" != 7.2 ] || [ -z "$(tr ',' '\n' <<<"$young" | sed -n 's/^+//p' | sort | comm -12 - "$work/qemu.names")" ] ||
		fail "$*: QEMU knows some of what is left out: $young"
	[ "$(wc -l <"$work/line.$n")" = 1 ] && ! grep -q "[^-+=.,_a-zA-Z0-9 ]" "$work/line.$n" ||
		fail "$*: not one line that needs no quoting"
}

n=0
while read -r sources; do
	# Of a file, which may hold blanks, or of names.
	if [ -e "$sources" ]; then list=("$sources"); else read -ra list <<<"$sources"; fi
	"$bin" baseline "${list[@]}" --format fingerprint >"$work/meet" 2>/dev/null || continue
	for option in /usr/share/libvirt/cpu_map none; do
		[ -e "$option/index.xml" ] || [ $option = none ] || continue
		n=$((n + 1))
		line $n "${list[@]}" --cpu-map "$option" || { fail "$sources: no line"; continue; }
		cp "$work/meet" "$work/meet.$n"
		echo "$sources ($option)" >"$work/about.$n"
	done
done <"$work/samples"

# Asked at once: what would a processor of that line be, its MSR bits among it?
for i in $(seq $n); do
	tr ',' '\n' <"$work/line.$i" | jq -cRn --arg id "$i" '
	[inputs] | {execute: "query-cpu-model-expansion", id: $id, arguments: {type: "full", model: {
		name: .[0] | ltrimstr("-cpu "),
		props: [.[1:][] | if startswith("+") then {(.[1:]): true} elif startswith("-") then {(.[1:]): false}
			else split("=") | {(.[0]): (if .[0] == "vendor" then .[1] else (.[1] | tonumber) end)} end] | add}}}'
done | qmp "$work/asked"
awk '$2 != "NULL" { print $2 }' "$work/features" | sort >"$work/known"
for i in $(seq $n); do
	jq -r --arg id "$i" 'select(.id == $id) | if .error then "error " + .error.desc else
		.return.model.props | to_entries[] | select(.value == true) | .key end' "$work/asked" | sort >"$work/has"
	! grep '^error' "$work/has" || { fail "$(cat "$work/about.$i"): $(cat "$work/has")"; continue; }
	comm -12 "$work/has" "$work/known" | grep -vxE "$left" | diff - "$work/plus.$i" >"$work/diff" ||
		fail "$(cat "$work/about.$i"): QEMU's model (<) and the line (>) differ:" $(grep '^[<>]' "$work/diff")
done

# And the real thing, for each of the catalogue's and the pairs: registers of the machine that started.
started=0
for i in $(seq $n); do
	grep -q '^@.* (/' "$work/about.$i" || [ $((i % 16)) = 0 ] || continue
	started=$((started + 1))
	for property in feature-words filtered-features phys-bits; do
		echo '{"execute":"qom-get","arguments":{"path":"/machine/unattached/device[0]","property":"'$property'"},"id":"'$property'"}'
	done | qmp "$work/machine" $(cat "$work/line.$i") || { fail "$(cat "$work/about.$i"): $(cat "$work/qemu.err")"; continue; }
	! grep -v "TCG doesn't support requested feature" "$work/qemu.err" || fail "$(cat "$work/about.$i"): QEMU complains"
	jq -r 'def hex: if . < 16 then "0123456789abcdef"[.:. + 1] else (. / 16 | floor | hex) + (. % 16 | hex) end;
		select(.id | . == "feature-words" or . == "filtered-features") | .return[] | .features as $v |
		"\(."cpuid-input-eax" | hex).\(."cpuid-input-ecx" // 0).\(."cpuid-register" | ascii_downcase)" as $place |
		range(32) | select(($v / pow(2; .) | floor) % 2 == 1) | "\($place)[\(.)]"' "$work/machine" | sort -u >"$work/bits"
	# XCR0 follows from the features: never more than the baseline's.
	"$bin" probe --from "$(cat "$work/meet.$i")" --format json | jq -r '.features.cpuid[]' |
		awk 'FNR == NR { place[$1] = $3; next } $1 ~ /^(xcr0|xss)_/ { print place[$1] }' "$work/features" - | sort >"$work/xcr0"
	extra=$(awk '/^d\.(0\.e[ad]x|1\.ecx)/' "$work/bits" | comm -23 - "$work/xcr0")
	[ -z "$extra" ] || fail "$(cat "$work/about.$i"): XSAVE state beyond the baseline:" $extra
	awk 'FNR == NR { place[$2] = $3; next } { print place[$1] }' "$work/features" "$work/plus.$i" |
		grep -v '^msr' | sort >"$work/wanted"
	# AMD's copies of leaf 1 (mask 0x183f3ff) have no names; leaf 0x40000001 is KVM's.
	grep -vE '^(d\.0\.|d\.1\.e[cd]x|40000001)' "$work/bits" | grep -vxFf <(
		grep -E " ($left) " "$work/features" | cut -d' ' -f3
		for bit in {0..9} {12..17} 23 24; do echo "80000001.0.edx[$bit]"; done
	) | diff - "$work/wanted" >"$work/diff" ||
		fail "$(cat "$work/about.$i"): the machine (<) and the line (>) differ:" $(grep '^[<>]' "$work/diff")
	# The narrower of the host's physical addresses and a guest's; 40 is QEMU's own.
	bits=$(tr ':,' '\n' <"$work/meet.$i" | sed -n 's/^g\{0,1\}pa=//p' | sort -n | head -1)
	# Without long mode they follow from PSE-36.
	grep -qx lm "$work/plus.$i" || bits=$(grep -qx pse36 "$work/plus.$i" && echo 36 || echo 32)
	[ "$(jq -r 'select(.id == "phys-bits") | .return' "$work/machine")" = "${bits:-40}" ] ||
		fail "$(cat "$work/about.$i"): phys-bits is not ${bits:-40}"
done

echo "baseline_qemu: $n lines expanded by QEMU $version, $started machines started, $failures failures"
[ $n -ge 24 ] && [ $started -ge 20 ] && exit $((failures > 0))
echo "too few to say anything"
exit 1
