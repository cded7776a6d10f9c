#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Sixteen agents with real processors, each in a network namespace of its own, joined by a bridge, each asking the fifteen
# others: what they say of a host that is cut off, of one that is too slow, of one that lies and of one that has become
# another. tests/cluster/sixteen.py does these things and watches; here are the namespaces and the processors.
set -u
if [ -z "${CPC_OWN_NETWORK:-}" ]; then
	for tool in ip nsenter unshare python3; do
		command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
	done
	own=(unshare)
	[ "$(id -u)" = 0 ] || own+=(--user --map-root-user)
	# What is started in it ends with it, and so do its networks.
	own+=(--net --mount --pid --fork --kill-child --mount-proc)
	"${own[@]}" sh -c 'mount -t tmpfs none /run && ip netns add a && ip link add name a type bridge &&
		ip link add name b type veth peer name c netns a' 2>/dev/null ||
		{ echo "skipped: no network namespaces of its own with a bridge to be had"; exit 77; }
	CPC_OWN_NETWORK=yes exec "${own[@]}" bash "$0"
fi
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# A row of the catalogue for each host, and the last is what one of them becomes; a dump of the corpus that takes its place.
hosts=(
	"granite-rapids    -"
	"emerald-rapids    -"
	"sapphire-rapids   instlat/GenuineIntel00806F8_SapphireRapids_05_CPUID"
	"sapphire-rapids   instlat/GenuineIntel00806F8_SapphireRapids_06_CPUID"
	"ice-lake-sp       -"
	"ice-lake-sp       -"
	"cascade-lake-sp   libvirt/Xeon-Platinum-9242"
	"cascade-lake-sp   instlat/GenuineIntel0050657_CascadeLakeXeon_CPUID"
	"skylake-sp        instlat/GenuineIntel0050654_SkylakeXeon_CPUID5"
	"broadwell-ep      libvirt/Xeon-E5-2650-v3"
	"haswell-ep        libvirt/Xeon-E7-8890-v3"
	"genoa             instlat/AuthenticAMD0A10F11_K19_Genoa_02_CPUID"
	"milan             instlat/AuthenticAMD0A00F11_K19_Milan_CPUID1"
	"milan             instlat/AuthenticAMD0A00F11_K19_Milan_02_CPUID"
	"rome              libvirt/EPYC-7502-32-Core"
	"naples            instlat/AuthenticAMD0830F10_K17_Rome_CPUID2"
	"turin             -"
)
dumps=$CPC_SHARED/corpus/dumps
mkdir "$folder/replay"
count=0 from_dumps=0
for host in "${hosts[@]}"; do
	read -r row dump <<<"$host"
	count=$((count + 1))
	replay=$folder/replay/$(printf 'h%02d' $count)
	if [ "$dump" != - ] && [ -r "$dumps/$dump.txt" ]; then
		cat "$dumps/$dump.txt" >"$replay"
		[ ! -e "$dumps/$dump.msr" ] || cat "$dumps/$dump.msr" >>"$replay"
		from_dumps=$((from_dumps + 1))
	else
		"${CPC_BIN:?}/cpucompat" probe --from "@$row" --format fingerprint >"$replay" || exit 1
	fi
done
echo "$((count - from_dumps)) processors of the catalogue, $from_dumps dumps$([ $from_dumps != 0 ] || echo ": no corpus")"

# A bridge, which has an address too, and a wire from it to each host.
mount -t tmpfs none /run || exit 1
ip link set lo up
ip link add name lan type bridge || exit 1
ip address add 10.99.0.254/24 dev lan
ip link set lan up
for ((host = 1; host < count; host++)); do
	name=$(printf 'h%02d' $host)
	ip netns add "$name" &&
		ip link add name "$name" type veth peer name eth0 netns "$name" &&
		ip link set "$name" master lan up &&
		ip -n "$name" address add "10.99.0.$host/24" dev eth0 &&
		ip -n "$name" link set lo up &&
		ip -n "$name" link set eth0 up || { echo "FAIL: no network for $name" >&2; exit 1; }
done
# What is timed is timed without sanitizers, where there is such a build; peers.sh has the same with them.
bin=$CPC_BIN
[ ! -x "${CPC_PLAIN_BIN:-}/cpucompatd" ] || bin=$CPC_PLAIN_BIN
python3 -B "$(dirname "${BASH_SOURCE[0]}")/../cluster/sixteen.py" "$bin" "$folder" || fail "the cluster"
finish
