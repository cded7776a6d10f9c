#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Todd Allen's cpuid(1) and we read this machine's CPUID alike; it reads our raw text, and decodes what we print
# of a dump to the same as the dump itself.
#
#	cpuid_r.sh [all]    all: of every dump of the corpus, not of every thirtieth and the hybrids
#
# Needs CPC_BIN (binaries) and CPC_SOURCE (noise.def); skips (77) without the program cpuid.
set -euo pipefail
export LC_ALL=C

if ! command -v cpuid >/dev/null; then
	echo "skipped: the program cpuid is not installed (package cpuid)"
	exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One line a leaf: "CPU leaf subleaf eax ebx ecx edx", without what two honest readers may differ in:
#  - the bits of noise.def: APIC ids, mirrors of CR4 and XCR0 and the like. We print the snapshot of
#    the first CPU of a kind for each of its CPUs, cpuid(1) prints each CPU's own;
#  - subleaves of zeros: whether the end of a list is printed is a matter of taste;
#  - the first leaf of a group that its own eax says is not there (cpuid(1) prints it all the same);
#  - subleaves of leaves that are younger than cpuid(1) may be;
#  - CPUs that are not in the third file (a cpuset may hide some from either).
normalise() {
	awk -v only="${3:-}" '
	function digit(text, i) { return index("0123456789abcdef", substr(text, i, 1)) - 1 }
	function without(value, mask,    i, v, m, bit, left, out) {
		for (i = 3; i <= 10; i++) {
			v = digit(value, i); m = digit(mask, i); left = 0
			for (bit = 8; bit >= 1; bit /= 2) {
				if (v >= bit && m < bit)
					left += bit
				v %= bit; m %= bit
			}
			out = out substr("0123456789abcdef", left + 1, 1)
		}
		return "0x" out
	}
	function number(text,    i, n) {
		if (text !~ /^0x/)
			return text + 0
		for (i = 3; i <= length(text); i++)
			n = n * 16 + digit(text, i)
		return n
	}
	BEGIN {
		split("0x0000001e 0x00000020 0x00000023 0x00000024 0x00000027 0x00000028 0x00000029 " \
			"0x80000020 0x80000026", names, " ")
		for (i in names)
			young[names[i]] = 1
		if (only != "")
			while ((getline line < only) > 0)
				listed[line] = 1
	}
	FNR == NR {
		if ($0 !~ /^CPC_NOISE\(/)
			next
		gsub(/^CPC_NOISE\(|,/, " ")
		rows++
		leaf[rows] = $1; lo[rows] = number($2); hi[rows] = number($3)
		for (i = 0; i < 4; i++)
			mask[rows, i] = $(4 + i)
		next
	}
	/^CPU/ { cpu = $2; sub(/:$/, "", cpu); next }
	!/^ +0x[0-9a-f]+ 0x[0-9a-f]+: eax=/ { print "not a leaf: " $0; next }
	{
		sub(/:$/, "", $2)
		for (i = 0; i < 4; i++)
			reg[i] = substr($(3 + i), 5)
		if (only != "" && !(cpu in listed))
			next
		if ($1 ~ /0000$|0x4000..00$/ && $1 != "0x00000000" &&
			(reg[0] < $1 || substr(reg[0], 1, 6) != substr($1, 1, 6)))
			next
		if (number($2) > 0 && ($1 in young))
			next
		for (row = 1; row <= rows; row++)
			if (leaf[row] == $1 && number($2) >= lo[row] && number($2) <= hi[row])
				for (i = 0; i < 4; i++)
					reg[i] = without(reg[i], mask[row, i])
		if (number($2) > 0 && reg[0] reg[1] reg[2] reg[3] ~ /^[0x]+$/)
			next
		print cpu, $1, $2, reg[0], reg[1], reg[2], reg[3]
	}' "$CPC_SOURCE/include/cpucompat/noise.def" "$1" | sort >"$2"
}

cpus_of() {
	sed -n 's/^CPU \([0-9]*\):$/\1/p' "$1" | sort
}

"$CPC_BIN/cpucompat" probe --format raw >"$work/ours"
cpuid -r >"$work/theirs"
comm -12 <(cpus_of "$work/ours") <(cpus_of "$work/theirs") >"$work/cpus"
if ! [ -s "$work/cpus" ]; then
	echo "FAILED: no CPU is in both outputs"
	head -3 "$work/ours" "$work/theirs"
	exit 1
fi
normalise "$work/ours" "$work/ours.normal" "$work/cpus"
normalise "$work/theirs" "$work/theirs.normal" "$work/cpus"
if [ "$(wc -l <"$work/ours.normal")" -lt 3 ]; then
	echo "FAILED: next to nothing is left to compare"
	exit 1
fi
if ! diff -u "$work/theirs.normal" "$work/ours.normal"; then
	echo "FAILED: cpuid -r (-) and probe --format raw (+) differ in more than noise"
	exit 1
fi

if ! cpuid -r -f "$work/ours" >"$work/back" || ! diff -u "$work/ours" "$work/back"; then
	echo "FAILED: cpuid -r -f does not give our raw text (-) back (+)"
	exit 1
fi
echo "ok: $(wc -l <"$work/ours.normal") leaves of $(wc -l <"$work/cpus") CPUs agree with $(cpuid -v)"

# What cpuid(1) decodes of one CPU.
decoded() {
	awk -v cpu="CPU $2:" '/^CPU/ { on = $0 == cpu } on' "$1"
}

# Of each kind of CPU the first is compared: we print the others as it answered. One dump of an emulator makes cpuid(1)
# divide by zero; there the raw texts are compared.
dumps=$CPC_SHARED/corpus/dumps
if ! [ -d "$dumps" ]; then
	echo "no corpus in $CPC_SHARED: nothing is decoded"
	exit 0
fi
files=0 cpus=0
while read -r file; do
	files=$((files + 1))
	"$CPC_BIN/cpucompat" probe --from "$dumps/$file" --format raw >"$work/raw"
	kinds=$("$CPC_BIN/cpucompat" probe --from "$dumps/$file" --format json |
		jq -r '.cpu.kinds[].cpus | split("[,-]"; null)[0]')
	if ! { cpuid -f "$dumps/$file" >"$work/original.decoded" 2>&1; } 2>/dev/null; then
		cpuid -r -f "$dumps/$file" >"$work/original.decoded"
		cpuid -r -f "$work/raw" >"$work/raw.decoded"
	else
		cpuid -f "$work/raw" >"$work/raw.decoded" 2>&1
	fi
	for cpu in $kinds; do
		cpus=$((cpus + 1))
		decoded "$work/original.decoded" "$cpu" >"$work/original.cpu"
		decoded "$work/raw.decoded" "$cpu" >"$work/raw.cpu"
		if [ "$(wc -l <"$work/original.cpu")" -lt 3 ] || ! diff -u "$work/original.cpu" "$work/raw.cpu"; then
			echo "FAILED: $file: CPU $cpu of the dump (-) and of our raw text (+) decode differently"
			exit 1
		fi
	done
done < <(awk -F '\t' -v step="$([ "${1:-}" = all ] && echo 1 || echo 30)" \
	'$1 == "file" { next } $3 == 1 || ++n % step == 0 { print $1 }' "$CPC_SHARED/corpus/index.tsv")
echo "ok: of $files dumps, $cpus kinds of CPU, cpuid(1) decodes the same from our raw text"
[ $files -gt 30 ]
