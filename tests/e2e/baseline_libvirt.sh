#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `baseline --format libvirt` against the real libvirt (virsh, its test driver, no daemon): a domain with what we print
# is valid, and what libvirt's own map makes of it is what the baseline has, feature by feature, and nothing else.
set -euo pipefail
export LC_ALL=C
map=/usr/share/libvirt/cpu_map
for tool in virsh jq; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed (packages libvirt-clients, jq)"; exit 77; }
done
[ -e $map/index.xml ] || { echo "skipped: no $map (package libvirt0)"; exit 77; }
bin=$CPC_BIN/cpucompat
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
	echo "$*"
	failures=$((failures + 1))
}

. "$CPC_SOURCE/tests/libvirt.sh"
libvirt_names "$work"
[ "$(wc -l <"$work/ours")" -gt 500 ] && [ "$(wc -l <"$work/theirs")" -gt 150 ] || { echo "no tables"; exit 1; }

{
	"$bin" catalogue --format json | jq -r '.processors[] | select(.alias) | "@" + .alias'
	echo "@cascade-lake-sp @ice-lake-sp"
	echo "@nehalem-ep @granite-rapids"
	echo "@skylake-sp @sapphire-rapids @broadwell-ep"
	echo "@milan @rome"
	echo "@barcelona @turin"
	echo "@naples @genoa @interlagos"
	[ ! -d "$CPC_SHARED/corpus/dumps" ] ||
		find "$CPC_SHARED/corpus/dumps" -name '*.txt' | sort | awk '/kvm/ { next } /libvirt/ ? ++m % 3 == 0 : ++n % 20 == 0'
} >"$work/samples"

# What KVM or QEMU never give a guest for its name alone (policies.def, qemu.def).
never='acpi|pks|waitpkg|pdcm|invtsc'

n=0 same=0
while read -r sources; do
	if [ -e "$sources" ]; then list=("$sources"); else read -ra list <<<"$sources"; fi
	"$bin" baseline "${list[@]}" --format fingerprint >"$work/meet" 2>/dev/null || continue
	# Nobody hosts guests on anything older.
	"$bin" probe --from "$(cat "$work/meet")" --format json | jq -e '.features.cpuid | contains(["lm"])' >/dev/null || continue
	"$bin" baseline "${list[@]}" --format libvirt >"$work/cpu.xml" 2>"$work/err" || { fail "$sources: $(cat "$work/err")"; continue; }
	n=$((n + 1))
	model=$(sed -n 's/.*<model fallback=.forbid.>\(.*\)<.model>/\1/p' "$work/cpu.xml")
	vendor=$(sed -n 's/.*<vendor>\(.*\)<.vendor>/\1/p' "$work/cpu.xml")
	sed -n "s/.*policy='require' name='\(.*\)'.*/\1/p" "$work/cpu.xml" >"$work/require"
	sed -n "s/.*policy='disable' name='\(.*\)'.*/\1/p" "$work/cpu.xml" >"$work/disable"

	# A domain of it is valid, and libvirt keeps every word.
	{
		echo "<domain type='test'><name>guest$n</name><memory>8192</memory><os><type arch='x86_64'>hvm</type></os>"
		cat "$work/cpu.xml"
		echo "</domain>"
	} >"$work/domain.xml"
	libvirt "define --validate $work/domain.xml; dumpxml guest$n" >"$work/dumped" 2>"$work/err" ||
		fail "$sources: libvirt refuses it: $(cat "$work/err")"
	diff <(grep -E '<(model|vendor|maxphysaddr|feature) ?' "$work/cpu.xml" | tr -d ' ') \
		<(grep -E '<(model fall|vendor|maxphysaddr|feature pol) ?' "$work/dumped" | tr -d ' ') >"$work/diff" ||
		fail "$sources: libvirt understood something else:" $(grep '^[<>]' "$work/diff")

	# Its own arithmetic: the model and what is required, less what is disabled, which it knows only as the meet
	# with a processor that has everything else.
	{
		echo "<cpu><arch>x86_64</arch><model>$model</model>${vendor:+<vendor>$vendor</vendor>}"
		sed "s/.*/<feature name='&'\/>/" "$work/require"
		echo "</cpu><cpu><arch>x86_64</arch><model>486</model>${vendor:+<vendor>$vendor</vendor>}"
		cut -d' ' -f1 "$work/theirs" | sort | comm -23 - <(sort "$work/disable") | sed "s/.*/<feature name='&'\/>/"
		echo "</cpu>"
	} >"$work/cpus.xml"
	libvirt cpu-baseline --features "$work/cpus.xml" >"$work/whole" 2>"$work/err" ||
		fail "$sources: cpu-baseline refuses it: $(cat "$work/err")"
	! grep -q "policy='disable'" "$work/whole" || fail "$sources: libvirt disables something of its own"
	sed -n "s/.*policy='require' name='\(.*\)'.*/\1/p" "$work/whole" | sort >"$work/has"

	# What the baseline has, as the other format tells.
	partial=$(tr '\n' ' ' <"$work/cpu.xml" | sed -n 's/.*every host can tell a guest of: \([^>]*\) -->.*/\1/p' | tr -s ' ' | sed 's/ -->.*//')
	"$bin" probe --from "$(cat "$work/meet")" --format json | jq -r '.features.cpuid[]' |
		awk -v partial="$partial" 'BEGIN { m = split(partial, out, /, */); for (i = 1; i <= m; i++) left[out[i]] = 1 }
		!($1 in left)' | grep -vxE "$never" >"$work/names"
	awk 'FILENAME ~ /ours$/ { place[$1] = $2; next } FILENAME ~ /theirs$/ { name[$2] = $1; next }
		{ at = ($1 in place) ? place[$1] : $1 }
		at in name { print name[at] }' "$work/ours" "$work/theirs" "$work/names" | sort >"$work/expected"
	diff <(grep -vxE 'apic|hypervisor|ht|cmp_legacy|vmx-.*' "$work/has") "$work/expected" >"$work/diff" ||
		fail "$sources ($model): libvirt (<) and the baseline (>) differ:" $(grep '^[<>]' "$work/diff")

	# What libvirt has no name for is mentioned, but for what follows from other bits.
	awk 'FILENAME ~ /ours$/ { place[$1] = $2; next } FILENAME ~ /theirs$/ { name[$2] = $1; next }
		{ at = ($1 in place) ? place[$1] : $1 }
		!(at in name) && !/^(xcr0|xss|e)_/ { print $1 }' "$work/ours" "$work/theirs" "$work/names" | sort >"$work/nameless"
	tr '\n' ' ' <"$work/cpu.xml" | sed -n 's/.*libvirt has no name for: \(.*\)/\1/p' | sed 's/ -->.*//' | tr -s ' ' |
		tr ',' '\n' | sed 's/ //' | sed '/^$/d' | sort | diff - "$work/nameless" >"$work/diff" ||
		fail "$sources: mentioned (<) and nameless (>) differ:" $(grep '^[<>]' "$work/diff")

	# The model that libvirt itself would take for a host with that, which cannot do without a feature of its model:
	# it forgets the one that it was given where two differ.
	hosts='apic'
	[ "$vendor" != AMD ] || hosts='apic|monitor|svm|npt|nrip-save|svme-addr-chk'
	for small in 486 pentium; do
		echo "<cpu><arch>x86_64</arch><model>$small</model>${vendor:+<vendor>$vendor</vendor>}"
		tr '|' '\n' <<<"$hosts" | sort -u - "$work/expected" | sed "s/.*/<feature name='&'\/>/"
		echo "</cpu>"
	done >"$work/plain.xml"
	theirs=$(libvirt cpu-baseline "$work/plain.xml" 2>/dev/null | sed -n 's/.*<model[^>]*>\(.*\)<.model>/\1/p')
	[ "$theirs" != "$model" ] || same=$((same + 1))
	[ "$theirs" = "$model" ] || [ -z "${VERBOSE-}" ] || echo "$sources: $model, and libvirt takes $theirs"
done <"$work/samples"

echo "baseline_libvirt: $n baselines valid and expanded by libvirt $(virsh --version), $same with the model that it takes, $failures failures"
[ $n -ge 24 ] && exit $((failures > 0))
echo "too few to say anything"
exit 1
