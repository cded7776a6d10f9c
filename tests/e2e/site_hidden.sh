#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What is hidden from the agent, as units of systemd hide it, is not missing: another user, its real filter, folders that
# cannot be entered, other users' processes, a network of its own.
set -u
if [ -z "${CPC_OWN_NAMESPACES:-}" ]; then
	for tool in unshare setpriv jq curl; do
		command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
	done
	unshare --net --mount --propagation private sh -c 'mount -t sysfs none /sys && mount -t proc -o hidepid=2 none /proc' 2>/dev/null ||
		{ echo "skipped: no namespaces of one's own to be had"; exit 77; }
	CPC_OWN_NAMESPACES=yes exec unshare --mount --propagation private bash "$0"
fi
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
daemon=${CPC_PLAIN_BIN:?}/cpucompatd
if nm "$daemon" 2>/dev/null | grep -q __asan_init; then
	echo "skipped: $daemon is built with AddressSanitizer, which has no real filter"
	exit 77
fi
chmod 755 "$folder"
install -m 755 "$daemon" "$folder/cpucompatd"
daemon=$folder/cpucompatd
export CPC_WRAP=
policy=hyperv-2008r2

# look PREFIX...: what the agent, as nobody, sees
look()
{
	cat >"$folder/run" <<-RUN
		#!/bin/sh
		exec $* setpriv --reuid 65534 --regid 65534 --clear-groups $folder/cpucompatd "\$@"
	RUN
	chmod 755 "$folder/run"
	daemon=$folder/run
	start --listen "unix:$folder/run.d/socket" --policy $policy
	curl -sS --unix-socket "$folder/run.d/socket" http://localhost/v1/ready >"$folder/table"
	stop
	! grep -n refused "$folder/log" || fail "a system call was refused"
}
mkdir -m 777 "$folder/run.d"

# probe NAME: its status and what it needs
probe()
{
	jq -r --arg name "$1" '.facts[0].site.probes[$name] | .status + " " + .needs' "$folder/table"
}

# verdict ROW: the minimum's, and whether it is asked
verdict()
{
	jq -r --arg row "$1" '.rows[] | select(.row == $row) | .minimum' "$folder/table"
}

# As it is, another user sees the same as root by files that all may read.
look env
for name in memory network_ports storage_ports volumes host_system; do
	equal "$name" ok "$(probe $name | cut -d' ' -f1)"
done
own=$(jq '.facts[0].site | [.ports.items[].name]' "$folder/table")

# InaccessiblePaths=: a folder that nobody may enter.
mkdir -m 000 "$folder/nothing"
closed=(/sys/class /sys/block /sys/bus)
for path in "${closed[@]}"; do mount --bind "$folder/nothing" "$path" || fail "mount on $path"; done
look env
equal "network ports" "denied /sys/class/net" "$(probe network_ports)"
equal "storage ports" "denied /sys/class/fc_host" "$(probe storage_ports)"
equal "volumes" "denied /sys/block" "$(probe volumes)"
for row in network_ports storage_ports shared_storage; do
	equal "$row" cannot-see "$(verdict $row)"
done
# Without /sys/class/misc there is no word of a hypervisor, unless a module tells.
case $(probe host_system) in
"denied /sys/class/misc") equal "a hypervisor" '""' "$(jq -c '.facts[0].site.host.hypervisor' "$folder/table")" ;;
ok*) [ "$(jq -r '.facts[0].site.host.hypervisor' "$folder/table")" != "" ] || fail "no hypervisor, though none could be seen" ;;
*) fail "the host's system is $(probe host_system)" ;;
esac
for path in "${closed[@]}"; do umount "$path"; done

# A whole /sys that is closed.
mount --bind "$folder/nothing" /sys
look env
equal "storage ports" "denied /sys/class" "$(probe storage_ports)"
equal "network ports" "denied /sys/class/net" "$(probe network_ports)"
umount /sys

# ProcSubset=pid: nothing of /proc but processes.
mount -t tmpfs -o mode=755 none /proc && mkdir -m 755 /proc/self && look env
umount /proc
equal "memory" "absent /proc/meminfo" "$(probe memory)"
[ "$(jq -r '.facts[0].site.memory.total' "$folder/table")" = null ] || fail "memory without /proc/meminfo"

# ProtectProc=invisible: whose processes are hidden may run anything.
mount -t proc -o hidepid=2 none /proc
look env
umount /proc
equal "a guest's agent" null "$(jq -c '.facts[0].site.guest.guest_agent' "$folder/table")"
[ "$(jq -c '.facts[0].site.host.container' "$folder/table")" != false ] || fail "no container, though no process is seen"

# PrivateNetwork=, with a /sys that goes with it or the old one: no port is missing for it.
cat >"$folder/private" <<-PRIVATE
	#!/bin/sh
	mount -t sysfs none /sys
	exec "\$@"
PRIVATE
chmod 755 "$folder/private"
look unshare --net --mount "$folder/private"
equal "interfaces" '["lo"]' "$(jq -c '.facts[0].site | [.ports.items[].name]' "$folder/table")"
equal "it is known" true "$(jq -c '.facts[0].site.host.private_network' "$folder/table")"
equal "network ports" cannot-see "$(verdict network_ports)"
look unshare --net
[ "$(jq '.facts[0].site | [.ports.items[].name]' "$folder/table")" = "$own" ] || fail "another /sys"
[ "$(verdict network_ports)" != not-met ] || fail "ports are missing in a network of its own"

# A folder of the directory's that only root may enter.
if [ -d /etc ]; then
	mkdir "$folder/etc"
	cp /etc/os-release /etc/passwd /etc/group "$folder/etc/" 2>/dev/null
	[ -e /etc/resolv.conf ] && cp -L /etc/resolv.conf "$folder/etc/"
	mkdir -m 700 "$folder/etc/sssd"
	touch "$folder/etc/sssd/sssd.conf"
	cp /etc/ld.so.cache "$folder/etc/" 2>/dev/null
	chmod 755 "$folder/etc"
	mount --bind "$folder/etc" /etc
	look env
	umount /etc
	equal "the directory" "denied /etc/sssd/sssd.conf" "$(probe directory)"
	equal "sssd" null "$(jq -c '.facts[0].site.directory.sssd' "$folder/table")"
	equal "the directory's row" cannot-see "$(verdict directory)"
fi
finish
