#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The real program on processors that are not there: qemu-x86_64 -cpu MODEL runs it with that
# model's CPUID. Neither root nor KVM nor a network is needed. Skips (77) without qemu-user or jq.
# CPC_PLAIN_BIN may name a folder with a cpucompat without sanitizers; where there is none, one is built.
set -euo pipefail
export LC_ALL=C

for program in qemu-x86_64 jq; do
	if ! command -v "$program" >/dev/null; then
		echo "skipped: $program is not installed (packages qemu-user and jq)"
		exit 77
	fi
done

version=$(qemu-x86_64 --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
if [ "$(printf '%s\n' 7.2 "$version" | sort -V | head -1)" != 7.2 ]; then
	echo "skipped: QEMU $version does not emulate AVX; 7.2 and later do"
	exit 77
fi

# AddressSanitizer maps terabytes for its shadow; under qemu-user that fills the real memory, until
# the kernel kills something. So no program is run that has it, whoever named it.
is_plain() {
	[ -x "$1" ] && ! grep -qE '__(asan|msan|tsan)_init' "$1"
}

plain_program() {
	local folder
	for folder in "${CPC_PLAIN_BIN:-$CPC_BIN}" "$CPC_BIN"; do
		if is_plain "$folder/cpucompat"; then
			echo "$folder/cpucompat"
			return
		fi
	done
	if ! { cmake -S "$CPC_SOURCE" -B "$CPC_BIN/plain" -DCMAKE_BUILD_TYPE=Release -DCPC_TESTS=OFF &&
		cmake --build "$CPC_BIN/plain" --target cpucompat-cli -j; } >"$work/build" 2>&1; then
		tail -20 "$work/build" >&2
		return 1
	fi
	is_plain "$CPC_BIN/plain/cpucompat" && echo "$CPC_BIN/plain/cpucompat"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=$(plain_program)
failures=0

fail() {
	echo "FAILED: $*" >&2
	failures=$((failures + 1))
}

# What TCG cannot emulate it says on standard error, a line a feature.
on() {
	local model=$1
	shift
	timeout 60 qemu-x86_64 -cpu "$model" "$program" "$@" 2>"$work/stderr" || {
		fail "$model: $* ended with $?"
		grep -v "TCG doesn't support" "$work/stderr" || true
	}
}

value() {
	jq -r "$1" "$work/report"
}

expect() {
	local what=$1 wanted=$2 got=$3
	[ "$got" = "$wanted" ] || fail "$model: $what is '$got', not '$wanted'"
}

has() {
	jq -e --arg name "$1" '.features.cpuid | index($name) != null' "$work/report" >/dev/null
}

# Vendor, family, model, stepping as QEMU 7.2 defines them (target/i386/cpu.c, builtin_x86_defs),
# then a few features that TCG shows of that model and, after "-", some that it must not have.
# vmx is on the right everywhere on Intel: TCG does not emulate it.
models='
core2duo       GenuineIntel  6 15 11 pni,ssse3,nx,lm                    sse4_2,avx,vmx,svm
Penryn         GenuineIntel  6 23  3 ssse3,sse4_1,nx,lm                 sse4_2,avx,vmx
Nehalem        GenuineIntel  6 26  3 sse4_2,popcnt,nx,lm                aes,avx,vmx
Westmere       GenuineIntel  6 44  1 sse4_2,aes,pclmulqdq,nx,lm         avx,fsgsbase,vmx
SandyBridge    GenuineIntel  6 42  1 avx,xsave,aes,rdtscp,nx,lm         f16c,avx2,fsgsbase,vmx
IvyBridge      GenuineIntel  6 58  9 avx,f16c,fsgsbase,smep,erms,nx,lm  avx2,bmi1,movbe,vmx
Haswell        GenuineIntel  6 60  4 avx2,bmi1,bmi2,movbe,fma,nx,lm     adx,smap,sse4a,vmx
Skylake-Client GenuineIntel  6 94  3 avx2,adx,smap,nx,lm                avx512f,svm,vmx
Denverton      GenuineIntel  6 95  1 sse4_2,movbe,smap,clflushopt,nx,lm avx,avx2,vmx
Opteron_G1     AuthenticAMD 15  6  1 pni,nx,lm                          cx16,svm,sse4a,ssse3
Opteron_G3     AuthenticAMD 16  2  3 sse4a,abm,cx16,popcnt,svm,nx,lm    ssse3,sse4_1,3dnow
phenom         AuthenticAMD 16  2  3 sse4a,3dnow,3dnowext,svm,nx,lm     ssse3,sse4_1,avx
EPYC           AuthenticAMD 23  1  2 svm,avx2,sse4a,smap,rdtscp,nx,lm   clwb,rdpid,vmx
EPYC-Rome      AuthenticAMD 23 49  0 svm,avx2,sse4a,clwb,umip,nx,lm     avx512f,vmx
Dhyana         HygonGenuine 24  0  1 svm,avx2,sse4a,nx,lm               clwb,rdpid,vmx
'

check_model() {
	local vendor=$1 family=$2 number=$3 stepping=$4 present=$5 absent=$6 name
	on "$model" probe --format json >"$work/report"
	expect vendor "$vendor" "$(value .cpu.vendor)"
	expect family "$family" "$(value .cpu.family)"
	expect model "$number" "$(value .cpu.model)"
	expect stepping "$stepping" "$(value .cpu.stepping)"
	expect hypervisor TCGTCGTCGTCG "$(value .hypervisor.signature)"
	expect "long mode" present "$(value .requirements.long_mode.status)"
	expect "execute disable" present "$(value .requirements.execute_disable.status)"
	expect "probe cpuid" ok "$(value .probes.cpuid)"
	for name in ${present//,/ }; do
		has "$name" || fail "$model: $name is missing"
	done
	for name in ${absent//,/ }; do
		! has "$name" || fail "$model: $name is there"
	done
}

# The fingerprint command, the report and a second run agree.
check_fingerprint() {
	local once twice
	once=$(on "$model" probe --format fingerprint)
	twice=$(on "$model" probe --format fingerprint)
	expect "its fingerprint, the second time," "$once" "$twice"
	expect "the fingerprint in its report" "$once" "$(value .fingerprints.cpuid.text)"
	case $once in
	cpc1:"$1":"$2.$3.$4":*) ;;
	*) fail "$model: fingerprint $once" ;;
	esac
	echo "$once" >>"$work/fingerprints"
}

count=0
while read -r model vendor family number stepping present absent; do
	[ -n "$model" ] || continue
	check_model "$vendor" "$family" "$number" "$stepping" "$present" "$absent" </dev/null
	check_fingerprint "$vendor" "$family" "$number" "$stepping" </dev/null
	count=$((count + 1))
done <<<"$models"

repeated=$(sort "$work/fingerprints" | uniq -d)
[ -z "$repeated" ] || fail "two models have one fingerprint: $repeated"

# A bit that is switched off is seen to be off; that the hypervisor did that is what a guest can say.
model=EPYC,-nx
on "$model" probe --format json >"$work/report"
expect "execute disable" hidden-by-hypervisor "$(value .requirements.execute_disable.status)"
! has nx || fail "$model: nx is there"

# Hosts of one model move both ways; a newer one's guests do not move to an older one as they are.
on EPYC probe --format fingerprint >"$work/new"
on Opteron_G3 probe --format fingerprint >"$work/old"
on EPYC compare "$work/new" "$work/new" >/dev/null
code=0
timeout 60 qemu-x86_64 -cpu EPYC "$program" compare "$work/new" "$work/old" >/dev/null 2>&1 || code=$?
case $code in
10 | 20) ;; # compatibility mode or impossible, as the default policy has it
*) fail "EPYC to Opteron_G3, which has neither avx nor ssse3: exit code $code" ;;
esac

if [ "$failures" -gt 0 ]; then
	echo "$failures checks failed"
	exit 1
fi
echo "ok: $count models of QEMU $version"
