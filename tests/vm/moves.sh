#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: moves.sh [--jobs N] [--table FILE] [--bits | [--sources N] [CPU...]]
# Every ordered pair of CPUs (QEMU's; a default list without any): what cpucompat says of the reports of the agents in two guests,
# and what becomes of a guest that really moves, live, over a unix socket between two QEMUs, while it executes what it saw at boot
# (exercise.c). A source runs once: each destination is a new QEMU, and after it the source goes on where it was. Where the verdict
# is compatibility-mode, a third guest is booted with the baseline that cpucompat prints for both, and is moved as well.
# Beside it what others say: libvirt (the baseline of both is the source, or is not) and the level rule (x86-64-v1 to v4).
# --sources N: from the first N CPUs alone, to all. --bits: from one CPU to such as lack one feature of it.
# --table FILE: a line a pair, tab-separated: source, destination, verdict, outcome, detail, outcome with the baseline, its
# detail, libvirt, level, and where a refused guest lived the reasons.
# Fails where a guest died against same or migratable, or with its baseline; where it died of what no finding names; and where it
# lived against a refusal for no reason that unenforced.tsv has.
set -u
# Wants the builds of tests/run.sh.
CPC_SOURCE=${CPC_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
CPC_BIN=${CPC_BIN:-$CPC_SOURCE/build/sanitized}
CPC_PLAIN_BIN=${CPC_PLAIN_BIN:-$CPC_SOURCE/build/plain}
export CPC_SOURCE CPC_BIN CPC_PLAIN_BIN
. "$CPC_SOURCE/tests/vm/move.sh"
. "$CPC_SOURCE/tests/libvirt.sh"
jobs=2 table= sources=
cpus=(Nehalem SandyBridge IvyBridge Haswell Icelake-Server Opteron_G3,-svm EPYC,-svm EPYC-Milan,-svm)
# A bit each, with those that build on it; BMI2 is not without BMI1, for QEMU 7.2 asks for BMI1 at some of its instructions.
bits=(Icelake-Server)
for bit in pclmulqdq fma movbe popcnt aes,-vaes avx,-avx2,-fma,-f16c,-vaes f16c rdrand fsgsbase bmi1,-bmi2 avx2 bmi2 adx smap smep umip \
	clflushopt clwb pku vaes la57 xsaveopt xgetbv1 lahf-lm abm rdtscp pdpe1gb cx16 sse4.2 arat erms; do
	bits+=("Icelake-Server,-$bit")
done
while [ $# -gt 0 ]; do
	case $1 in
	--jobs) jobs=$2; shift 2 ;;
	--table) table=$2; shift 2 ;;
	--sources) sources=$2; shift 2 ;;
	--bits) cpus=("${bits[@]}") sources=1; shift ;;
	-*) sed -n '3,14s/^# //p' "$0" >&2; exit 64 ;;
	*) break ;;
	esac
done
[ $# = 0 ] || cpus=("$@")
sources=${sources:-${#cpus[@]}}
begin=$SECONDS
vm_image
move_root

# in_parallel FUNCTION INDEX...: so many at once, each a shell of its own, whose guests end with it
in_parallel()
{
	local function=$1 index running=0
	shift
	for index; do
		[ $running -lt "$jobs" ] || { wait -n; running=$((running - 1)); }
		(
			trap - EXIT
			$function "$index"
			vm_stop_all
		) &
		running=$((running + 1))
	done
	wait
}

# record FIELD...: a line of the file that is named first, whole
record()
{
	local file=$1 line
	shift
	line=$(printf '%s\t' "$@")
	printf '%s\n' "${line%$'\t'}" >>"$folder/$file"
}

# source_of INDEX: boot it, keep its report, move it to every CPU
source_of()
{
	local to
	move_boot "a$1" "${cpus[$1]}" 2>"$folder/error.$1" || { record broken "${cpus[$1]}" "$(tail -n 1 "$folder/error.$1")"; return; }
	cp "$folder/vm.a$1/report" "$folder/report.$1"
	[ "$1" -lt "$sources" ] || return
	for to in "${!cpus[@]}"; do
		move "a$1" "b$1" "${cpus[$to]}"
		record moved "$1" "$to" "$outcome" "$detail"
		move_back "a$1" "b$1"
	done
}

# baseline_of INDEX: of $folder/lines; boot it and move it to every destination whose pair has it
baseline_of()
{
	local line cpu from to said
	line=$(sed -n "$1p" "$folder/lines")
	cpu=${line#-cpu }
	move_boot "c$1" "$cpu" 2>"$folder/error.c$1" || { record broken "$cpu" "$(tail -n 1 "$folder/error.c$1")"; return; }
	while IFS=$'\t' read -r from to; do
		said=$(verdict "$folder/vm.c$1/report" "$folder/report.$to" "$folder/comparison.c$1")
		move "c$1" "d$1" "${cpus[$to]}" </dev/null
		record lowered "$from" "$to" "$said" "$outcome" "$detail"
		move_back "c$1" "d$1" </dev/null
	done < <(awk -F'\t' -v "line=$line" '$3 == line { print $1 "\t" $2 }' "$folder/wanted")
}

# level REPORT: 1 to 4, of the features that the psABI lists
level()
{
	jq -r '.features.cpuid as $has | [
		["cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"],
		["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"],
		["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]] |
		[.[] | . - $has == []] | . + [false] | index(false) + 1' "$1"
}

# libvirt_cpu INDEX: as libvirt is told of it
libvirt_cpu()
{
	local vendor
	vendor=$(jq -r .cpu.vendor "$folder/report.$1" | sed 's/GenuineIntel/Intel/; s/AuthenticAMD/AMD/')
	echo "<cpu><arch>x86_64</arch><model>486</model><vendor>$vendor</vendor>"
	jq -r '.features.cpuid[]' "$folder/report.$1" |
		awk 'FILENAME ~ /ours$/ { place[$1] = $2; next } FILENAME ~ /theirs$/ { name[$2] = $1; next }
			(place[$1] in name) { print "<feature name=\"" name[place[$1]] "\"/>" }' "$folder/ours" "$folder/theirs" -
	echo "</cpu>"
}

# libvirt_features INDEX...: of the baseline of them
libvirt_features()
{
	local index
	for index; do cat "$folder/libvirt.$index"; done >"$folder/libvirt.asked"
	libvirt cpu-baseline --features "$folder/libvirt.asked" 2>/dev/null |
		sed -n "s/.*policy='require' name='\(.*\)'.*/\1/p" | sort
}

# libvirt_says FROM TO: yes or no
libvirt_says()
{
	libvirt_features "$1" "$2" >"$folder/libvirt.both"
	if [ -s "$folder/libvirt.both" ] && cmp -s "$folder/libvirt.both" "$folder/libvirt.alone.$1"; then echo yes; else echo no; fi
}

# What refuses, by name.
refusals()
{
	jq -r '.a_to_b.findings[] | select(.weight == "refusal") | .name' "$1"
}

# kernel_needs DETAIL: the feature without which a kernel does not execute the instruction that stopped it, by its bytes or name
kernel_needs()
{
	case $1 in
	# XSAVE's own fault is caught there, and then warned of.
	save_fpregs_to_fpstate': 0f 0b'*) echo xsave ;;
	*': 66 '*' 0f 38 00'* | *': 66 0f 38 00'*) echo ssse3 ;;
	*' clac' | *' stac' | *': 0f 01 ca'* | *': 0f 01 cb'*) echo smap ;;
	*': 0f 01 f9'*) echo rdtscp ;;
	*': 0f 01 ee'* | *': 0f 01 ef'*) echo pku ;;
	*': f3 48 0f ae '* | *': f3 0f ae '*) echo fsgsbase ;;
	*': 0f 01 d0'* | *': 0f 01 d1'*) echo xsave ;;
	*': 48 0f ae '[37b][0-7]* | *': 0f ae '[37b][0-7]*) echo xsaveopt ;;
	*': 48 0f ae '[26a]* | *': 0f ae '[26a]*) echo xsave ;;
	*' 0f c7 '[048][89a-f]*) echo cx16 ;;
	*' 0f c7 '[26a][0-7]*) echo xsavec ;;
	*' 0f c7 '[12569a][89a-f]*) echo xsaves ;;
	*' 0f c7 f'*) echo rdrand ;;
	esac
}

# unnamed DETAIL COMPARISON: what the exercise died of and no finding names
unnamed()
{
	local row by
	for row in $(tr ';' '\n' <<<"$1" | sed 's/^ *\(sigill\|wrong\|lost\|signal [0-9]*\) //'); do
		case $row in
		state_ymm) by=avx ;;
		# Whoever cannot save them loses them.
		xmm | ymm | x87 | mxcsr) by='avx\|xsave\|xsaveopt' ;;
		state_pkru | pkru) by=pku ;;
		call32) by=vendor ;;
		# What builds on others, and BMI2, at some of whose instructions QEMU 7.2 asks for BMI1.
		vaes) by='vaes\|aes\|avx' ;;
		fma | f16c | avx2) by="$row\|avx" ;;
		bmi2) by='bmi2\|bmi1' ;;
		xsave*) by="$row\|xsave" ;;
		*) by=$row ;;
		esac
		refusals "$2" | grep -qx "$by" || echo "$row"
	done
}

# reasons COMPARISON: why a refused guest may live all the same; a refusal that has none is marked
reasons()
{
	refusals "$1" | awk -F'\t' 'FNR == NR { if (!/^#/) why[$1] = $2; next }
		{ printf "%s%s", (FNR > 1 ? "; " : ""), $1 in why ? $1 ": " why[$1] : $1 ": NO REASON" } END { print "" }' \
		"$CPC_SOURCE/tests/vm/unenforced.tsv" -
}

in_parallel source_of "${!cpus[@]}"
: >>"$folder/broken"
while IFS=$'\t' read -r cpu why; do fail "$cpu: $why"; done <"$folder/broken"
[ $failures = 0 ] || finish

# What was to be said before anything moved follows from the sources' own reports.
sort -n "$folder/moved" >"$folder/sorted"
while IFS=$'\t' read -r from to outcome detail; do
	said=$(verdict "$folder/report.$from" "$folder/report.$to" "$folder/comparison.$from.$to")
	record judged "$from" "$to" "$said" "$outcome" "$detail"
	if [ "$said" = compatibility-mode ]; then
		"${CPC_BIN:?}/cpucompat" baseline "$folder/report.$from" "$folder/report.$to" --format qemu >"$folder/line" 2>/dev/null
		record wanted "$from" "$to" "$(cat "$folder/line")"
	fi
done <"$folder/sorted"
: >>"$folder/wanted"
cut -f3 "$folder/wanted" | sort -u >"$folder/lines"
: >"$folder/lowered"
in_parallel baseline_of $(seq "$(wc -l <"$folder/lines")")
while IFS=$'\t' read -r cpu why; do fail "$cpu: $why"; done <"$folder/broken"

virsh=no
if command -v virsh >/dev/null && [ -e /usr/share/libvirt/cpu_map/x86_features.xml ]; then
	virsh=yes
	libvirt_names "$folder"
	for index in "${!cpus[@]}"; do libvirt_cpu "$index" >"$folder/libvirt.$index"; done
	for index in "${!cpus[@]}"; do libvirt_features "$index" "$index" >"$folder/libvirt.alone.$index"; done
fi

while IFS=$'\t' read -r from to said outcome detail; do
	pair="${cpus[$from]} -> ${cpus[$to]}: $said, $outcome $detail"
	comparison=$folder/comparison.$from.$to
	lowered=- lowered_detail='' why='' libvirt=-
	case $said in
	same | migratable) [ "$outcome" = lived ] || fail "$pair" ;;
	compatibility-mode)
		IFS=$'\t' read -r lowered_said lowered lowered_detail < <(awk -F'\t' -v "from=$from" -v "to=$to" \
			'$1 == from && $2 == to { print $3 "\t" $4 "\t" $5 }' "$folder/lowered")
		case $lowered_said in
		same | migratable) ;;
		*) fail "$pair; the guest with the baseline: $lowered_said" ;;
		esac
		[ "$lowered" = lived ] || fail "$pair; with the baseline: $lowered $lowered_detail"
		;;
	impossible) ;;
	*) fail "$pair" ;;
	esac
	if [ "$outcome" = lived ]; then
		case $said in
		same | migratable) ;;
		*) why=$(reasons "$comparison") ;;
		esac
	else
		case $outcome in
		died) rest=$(unnamed "$detail" "$comparison") ;;
		*)
			rest=$(kernel_needs "$detail")
			[ -z "$rest" ] || detail="$rest; $detail"
			! refusals "$comparison" | grep -qxF -e "$rest" || rest=
			;;
		esac
		# Of another vendor the processor is refused whole, and no feature of it named.
		[ -z "$rest" ] || refusals "$comparison" | grep -qx vendor || fail "$pair: no finding has" $rest
	fi
	case $why in *"NO REASON"*) fail "$pair: $why" ;; esac
	[ $virsh = no ] || libvirt=$(libvirt_says "$from" "$to")
	levels=$([ "$(level "$folder/report.$from")" -le "$(level "$folder/report.$to")" ] && echo yes || echo no)
	record table "${cpus[$from]}" "${cpus[$to]}" "$said" "$outcome" "$detail" "$lowered" "$lowered_detail" "$libvirt" "$levels" "$why"
done <"$folder/judged"

[ -z "$table" ] || cp "$folder/table" "$table"
awk -F'\t' '{ printf "%-20s -> %-20s %-18s %-7s %s\n", $1, $2, $3, $4, $5; if ($6 != "-") printf "%-64s with the baseline: %s %s\n", "", $6, $7 }
	$10 { printf "%-64s %s\n", "", $10 }' "$folder/table"
awk -F'\t' -v "virsh=$virsh" -v "seconds=$((SECONDS - begin))" -v "cpus=${#cpus[@]}" -v "lines=$(wc -l <"$folder/lines")" '
function yes(said) { return said == "same" || said == "migratable" || said == "yes" }
function count(who, says, lived) {
	if (says && !lived) wrong_yes[who]++
	if (!says && lived) wrong_no[who]++
}
{
	lived = $4 == "lived"; pairs++; said[$3]++; survived[$3] += lived; lowered += $6 == "lived"
	count("us", yes($3), lived); count("libvirt", yes($8), lived); count("level", yes($9), lived)
	if ($3 == "impossible") vendors += lived
}
END {
	printf "moves: %d pairs of %d processors moved live in %d s\n", pairs, cpus, seconds
	printf "moves: same or migratable %d, lived %d; compatibility-mode %d, died %d as they were, lived %d with one of %d baselines; impossible %d, lived %d\n",
		said["same"] + said["migratable"], survived["same"] + survived["migratable"], said["compatibility-mode"],
		said["compatibility-mode"] - survived["compatibility-mode"], lowered, lines, said["impossible"], survived["impossible"]
	printf "moves: wrong yes and wrong no: cpucompat %d and %d (%d of them between vendors)", wrong_yes["us"], wrong_no["us"], vendors
	if (virsh == "yes") printf ", libvirt %d and %d", wrong_yes["libvirt"], wrong_no["libvirt"]
	printf ", x86-64-vN %d and %d\n", wrong_yes["level"], wrong_no["level"]
}' "$folder/table"
finish
