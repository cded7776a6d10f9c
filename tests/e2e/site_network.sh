#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Network ports as the kernel itself shows them, in a network namespace of its own: what iproute2 makes there is found as
# what it is, and nothing of it is taken for a port.
set -u
if [ -z "${CPC_OWN_NETWORK:-}" ]; then
	command -v ip >/dev/null || { echo "skipped: ip is not installed"; exit 77; }
	# A namespace's ports are in a /sys that is mounted there.
	unshare --net --mount sh -c 'mount -t sysfs none /sys && ip link set lo up' 2>/dev/null ||
		{ echo "skipped: no network namespace of its own to be had"; exit 77; }
	CPC_OWN_NETWORK=yes exec unshare --net --mount bash -c 'mount -t sysfs none /sys; exec bash "$0"' "$0"
fi
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# look: $folder/facts of this namespace
look()
{
	"${CPC_BIN:?}/tests/site_facts" >"$folder/facts" || fail "site_facts: $?"
	holds "the probe's status" "probe network_ports ok" "$folder/facts"
}

# port NAME LINE: all that is found of an interface
port()
{
	equal "$1" "port $1 $2" "$(grep "^port $1 " "$folder/facts")"
}

# make TYPE COMMAND...: false, with a line, where this kernel has nothing of that sort
make()
{
	local type=$1
	shift
	"$@" 2>"$folder/refused" && return
	grep -q 'Unknown device type\|not supported' "$folder/refused" || fail "$*: $(cat "$folder/refused")"
	echo "left out: this kernel has no $type"
	return 1
}

# Nothing there but the loopback, which is down.
look
port lo "other up=no carrier=?"
equal "interfaces" 1 "$(grep -c '^port ' "$folder/facts")"

if make veth ip link add wire0 type veth peer name wire1; then
	look
	# Down, and so nobody knows whether there is a carrier, nor how fast it is.
	port wire0 "other up=no carrier=?"
	ip link set wire0 up
	look
	port wire0 "other up=yes carrier=no speed=10000"
	ip link set wire1 up
	look
	port wire0 "other up=yes carrier=yes speed=10000"
	port wire1 "other up=yes carrier=yes speed=10000"

	if make bridge ip link add lan0 type bridge; then
		ip link set wire1 master lan0
		ip link set lan0 up
		look
		holds "the bridge" "port lan0 bridge up=yes" "$folder/facts"
		port wire1 "other up=yes carrier=yes speed=10000 master='lan0'"
		port wire0 "other up=yes carrier=yes speed=10000"
		ip link set wire1 nomaster
	fi
	for mode in active-backup 802.3ad; do
		make bond ip link add bond7 type bond mode "$mode" || break
		# A port is taken in while it is down.
		ip link set wire0 down
		ip link set wire0 master bond7
		ip link set bond7 up
		look
		holds "the bond" "port bond7 bond up=yes" "$folder/facts"
		equal "its mode" 1 "$(grep -c "^port bond7 .* mode='$mode'" "$folder/facts")"
		holds "its port" "port wire0 other up=yes carrier=yes speed=10000 master='bond7'" "$folder/facts"
		# A file of the folder, and no interface.
		[ -e /sys/class/net/bonding_masters ] || fail "no bonding_masters"
		! grep -q 'bonding_masters' "$folder/facts" || fail "bonding_masters is listed"
		ip link del bond7
	done
	if make team ip link add team7 type team; then
		look
		holds "the team" "port team7 " "$folder/facts"
	fi
	if make VLAN ip link add link wire0 name wire0.7 type vlan id 7; then
		look
		holds "the VLAN" "port wire0.7 other" "$folder/facts"
	fi
fi

# Names may hold what a terminal takes for commands.
name=$(printf 'e\033[31m')
if make veth ip link add "$name" type veth peer name wire9; then
	look
	holds "a name that is cleaned" "port e?[31m other" "$folder/facts"
fi
! grep -q '^port [^ ]* physical' "$folder/facts" || fail "a physical port: $(grep physical "$folder/facts")"
equal "left out" "left_out 0 0 0" "$(tail -n 1 "$folder/facts")"
! LC_ALL=C grep -q '[^ -~]' "$folder/facts" || fail "unprintable: $(cat -v "$folder/facts")"
finish
