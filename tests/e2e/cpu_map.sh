#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `baseline --cpu-map FOLDER`: folders that are no CPU map are refused in one line that says where, and a small one works.
set -uo pipefail
export LC_ALL=C
bin=$CPC_BIN/cpucompat
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
	echo "$*"
	failures=$((failures + 1))
}

# refuses CODE PART ARGUMENT...: exit code, nothing on standard output, one line on standard error that holds PART.
refuses() {
	local code=$1 part=$2
	shift 2
	timeout 60 "$bin" baseline @milan "$@" >"$work/out" 2>"$work/err"
	local got=$?
	[ $got = "$code" ] || fail "$*: exit $got, wanted $code: $(cat "$work/err")"
	[ ! -s "$work/out" ] || fail "$*: something on standard output"
	[ "$(wc -l <"$work/err")" = 1 ] && grep -qF -- "$part" "$work/err" || fail "$*: says: $(cat "$work/err")"
}

# map NAME: a folder for a map; the index comes from standard input.
map() {
	mkdir -p "$work/$1/cpu_map"
	cat >"$work/$1/cpu_map/index.xml"
}

refuses 64 "--cpu-map" --cpu-map none
refuses 64 "--cpu-map" --format json --cpu-map /tmp
refuses 66 "none" --format libvirt --cpu-map "$work/missing"
refuses 66 "$work/missing/index.xml" --format qemu --cpu-map "$work/missing"
refuses 66 "--cpu-map FOLDER" --format libvirt --cpu-map none
refuses 66 "index.xml" --format libvirt --cpu-map /dev/null
refuses 64 "too long" --format libvirt --cpu-map "$(printf '/%.0s' {1..5000})"

map lost <<<"<cpus><arch name='x86'><include filename='x86_lost.xml'/></arch></cpus>"
refuses 66 "lost/cpu_map/x86_lost.xml" --format libvirt --cpu-map "$work/lost/cpu_map"
map up <<<"<cpus>
<include filename='../../../etc/passwd'/></cpus>"
refuses 65 "index.xml:2: " --format qemu --cpu-map "$work/up/cpu_map"
map broken <<<"<cpus><include filename='x86.xml'/></cpus>"
printf '<cpus>\n\n<model name="a"><feature name="b"/></model></cpus>' >"$work/broken/cpu_map/x86.xml"
refuses 65 "x86.xml:3: " --format libvirt --cpu-map "$work/broken/cpu_map"
head -c 3000000 /dev/zero | tr '\0' ' ' >"$work/broken/cpu_map/x86.xml"
refuses 65 "x86.xml: is larger" --format libvirt --cpu-map "$work/broken/cpu_map"
mkfifo "$work/pipe" && ln -sf "$work/pipe" "$work/broken/cpu_map/x86.xml"
refuses 65 "x86.xml: is a named pipe" --format libvirt --cpu-map "$work/broken/cpu_map"
ln -sfn "$work" "$work/broken/cpu_map/x86.xml"
refuses 65 "x86.xml: is a directory" --format libvirt --cpu-map "$work/broken/cpu_map"
ln -sfn index.xml "$work/broken/cpu_map/x86.xml"
refuses 65 "x86.xml:1: includes a file" --format libvirt --cpu-map "$work/broken/cpu_map"
map empty <<<"<cpus/>"
refuses 65 "no model" --format libvirt --cpu-map "$work/empty/cpu_map"

# One model, found beside its index; the schema next door decides about <maxphysaddr>.
map small <<<"<cpus><arch name='x86'><include filename='x86.xml'/></arch></cpus>"
cat >"$work/small/cpu_map/x86.xml" <<'XML'
<cpus>
  <vendor name='AMD' string='AuthenticAMD'/>
  <feature name='avx2'><cpuid eax_in='0x07' ecx_in='0x00' ebx='0x00000020'/></feature>
  <feature name='svm'><cpuid eax_in='0x80000001' ecx='0x00000004'/></feature>
  <model name='Small'><vendor name='AMD'/><feature name='svm'/></model>
</cpus>
XML
xml=$("$bin" baseline @milan --format libvirt --cpu-map "$work/small/cpu_map" | grep -v '^<!--\|^ *[a-z0-9_, ]*\( -->\)\?$')
[ "$xml" = "<cpu mode='custom' match='exact'>
  <model fallback='forbid'>Small</model>
  <vendor>AMD</vendor>
  <maxphysaddr mode='emulate' bits='48'/>
  <feature policy='require' name='avx2'/>
  <feature policy='disable' name='svm'/>
</cpu>" ] || fail "a small map: $xml"
mkdir "$work/small/schemas"
echo "<define name='cpu'/>" >"$work/small/schemas/cputypes.rng"
! "$bin" baseline @milan --format libvirt --cpu-map "$work/small/cpu_map" | grep -q maxphysaddr ||
	fail "maxphysaddr for a libvirt that does not take it"
echo "<element name='maxphysaddr'/>" >"$work/small/schemas/cputypes.rng"
"$bin" baseline @milan --format libvirt --cpu-map "$work/small/cpu_map" | grep -q "maxphysaddr mode='emulate'" ||
	fail "no maxphysaddr for a libvirt that takes it"

# Without any map QEMU's line does not depend on one; notes go beside it.
"$bin" baseline @milan --format qemu --cpu-map none >"$work/out" 2>"$work/err" || fail "qemu without a map"
grep -qx -- '-cpu qemu64,vendor=AuthenticAMD,family=25,model=1,stepping=1,+pni,.*,phys-bits=48' "$work/out" ||
	fail "qemu without a map: $(cat "$work/out")"
! grep -vq '^cpucompat: ' "$work/err" || fail "notes: $(cat "$work/err")"

echo "cpu_map: $failures failures"
exit $((failures > 0))
