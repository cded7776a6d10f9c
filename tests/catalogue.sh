#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Print include/cpucompat/catalogue.def: this tool's own fingerprints of published dumps, a row for each real processor.
# usage: tests/catalogue.sh [FOLDER] > include/cpucompat/catalogue.def     CPC_BIN: a build; CPC_SHARED: the folder with corpus/
# With a FOLDER it writes there instead: `rows`, the file itself; `dumps`, each row's name and the dump that it was made of;
# and `left-out`, every dump that is no real processor, with the reason.
# What is chosen and how it is named stands in catalogue.jq. A name once given stays: the file as it was is read first.
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bin=${CPC_BIN:-$source_dir/build/release}
corpus=${CPC_SHARED:-$source_dir/../shared}/corpus
given=$source_dir/include/cpucompat/catalogue.def
folder=${1-}

# The names of generations, each for a part that stands for it.
aliases="
nehalem-ep xeon-e5520
nehalem-ex xeon-e7540
westmere-ep xeon-x5650
westmere-ex xeon-e7-4870
sandy-bridge-ep core-i7-3930k
ivy-bridge core-i7-3770
ivy-bridge-ep xeon-e5-2697-v2
haswell-ep xeon-e5-2650-v3
haswell-ex xeon-e7-8890-v3
broadwell-ep xeon-e5-2697-v4
skylake-sp xeon-platinum-8180
cascade-lake-sp xeon-platinum-9242
ice-lake-sp xeon-platinum-8351n
sapphire-rapids xeon-w9-3475x
emerald-rapids xeon-platinum-8570
granite-rapids xeon-6788p
sierra-forest xeon-6731e
barcelona opteron-2350
shanghai opteron-2378
istanbul opteron-4176-he
magny-cours opteron-6168
interlagos opteron-6282-se
abu-dhabi opteron-6376
naples epyc-7601
rome epyc-7502
milan epyc-7713
genoa epyc-9334
turin epyc-9655
turin-dense epyc-9965
"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Microcode as MSR 0x8b tells it, of the first CPU that was asked.
microcode() {
	[ ! -e "$1" ] || awk 'tolower($1) ~ /^0x0*8b:?$/ && $2 ~ /^0x/ { print $2; exit }' "$1"
}

# A report of every dump, with its MSRs where there are any; and beside them, line by line, what the dump is called.
while IFS=$'\t' read -r file origin _; do
	dump=$corpus/dumps/$file
	msrs=${dump%.txt}.msr
	[ -e "$msrs" ] || msrs=
	cat "$dump" ${msrs:+"$msrs"} | "$bin/cpucompat" probe --from - --format json >>"$work/reports" ||
		{ echo "${0##*/}: $dump: not read" >&2; exit 1; }
	printf '%s\t%s\t%s\n' "$file" "$origin" "$(microcode "$msrs")" >>"$work/dumps"
done < <(tail -n +2 "$corpus/index.tsv")

[ -e "$given" ] && cp "$given" "$work/given" || : >"$work/given"
print() {
	jq -nr --arg want "$1" --arg aliases "$aliases" --rawfile dumps "$work/dumps" --rawfile given "$work/given" \
		-f "$source_dir/tests/catalogue.jq" "$work/reports"
}
if [ -z "$folder" ]; then
	print rows
else
	for want in rows dumps left-out; do print $want >"$folder/$want"; done
fi
