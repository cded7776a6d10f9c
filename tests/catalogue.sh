#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Print include/cpucompat/catalogue.def: this tool's own fingerprints of published dumps.
# usage: tests/catalogue.sh > include/cpucompat/catalogue.def     CPC_BIN: a build; CPC_SHARED: the folder with corpus/
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bin=${CPC_BIN:-$source_dir/build/release}
corpus=${CPC_SHARED:-$source_dir/../shared}/corpus

# name, dump
rows="
nehalem-ep libcpuid/intel-nehalem-intel-xeon-cpu-e5520
westmere-ep libcpuid/intel-nehalem-intel-xeon-cpu-x5650
sandy-bridge-ep instlat/GenuineIntel00206D7_SandyBridgeE_00_CPUID
ivy-bridge libvirt/Core-i7-3770
haswell-ep libvirt/Xeon-E5-2650-v3
broadwell-ep instlat/GenuineIntel00406F1_BroadwellE_CPUID4
skylake-sp instlat/GenuineIntel0050654_SkylakeXeon_CPUID6
cascade-lake-sp libvirt/Xeon-Platinum-9242
ice-lake-sp instlat/GenuineIntel00606A6_ICX_CPUID3
sapphire-rapids instlat/GenuineIntel00806F8_SapphireRapids_06_CPUID
granite-rapids instlat/GenuineIntel00A06D1_GraniteRapids_03_CPUID
barcelona libvirt/Opteron-2350
interlagos libvirt/Opteron-6282
naples libvirt/EPYC-7601-32-Core
rome libvirt/EPYC-7502-32-Core
milan instlat/AuthenticAMD0A00F11_K19_Milan_CPUID1
genoa libvirt-newer/EPYC-9334-32-Core
turin instlat/AuthenticAMD0B00F21_K20_Turin_01_CPUID
"

cat <<'HEAD'
/* SPDX-License-Identifier: MIT */
/*
 * Real processors: this tool's own fingerprints of published dumps.
 *
 *   CPC_CATALOGUE(name, brand, fingerprint, source)
 *
 * Written by tests/catalogue.sh and held against it by a test; no row is edited by hand.
 */
HEAD
dump=$(mktemp)
trap 'rm -f "$dump"' EXIT
while read -r name file; do
	[ -n "$name" ] || continue
	cat "$corpus/dumps/$file.txt" >"$dump"
	[ ! -e "$corpus/dumps/$file.msr" ] || cat "$corpus/dumps/$file.msr" >>"$dump"
	brand=$("$bin/cpucompat" probe --from "$dump" --format json | jq -r .cpu.brand)
	fingerprint=$("$bin/cpucompat" probe --from "$dump" --format fingerprint)
	origin=$(awk -F '\t' -v f="$file.txt" '$1 == f { print $2 }' "$corpus/index.tsv")
	printf 'CPC_CATALOGUE("%s", "%s",\n\t"%s",\n\t"%s")\n' "$name" "$brand" "$fingerprint" "$origin"
done <<<"$rows"
