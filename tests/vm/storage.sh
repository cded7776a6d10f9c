#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Shared storage as the kernel really has it: guest a exports a disk by iSCSI (LIO) and another by NVMe/TCP (nvmet), and both a
# and b log in to them, b over a bond and over a port beside it. What `ready` finds in each is held against the kernel's own
# files, and the two saved answers are judged together: as it should be, without reservations, as a multipath, with one path
# cut and with all lost.
set -u
. "${CPC_SOURCE:?}/tests/vm/lib.sh"
vm_image
target=iqn.2026-11.test:disk
serial=0123456789abcdef
subsystem=nqn.2026-11.test:disk
uuid=6f1d2b3c-0001-4002-8003-00000000000a
# LIO's own prefix, and the serial number in what room is left.
naa=naa.6001405${serial}000000000
policy=hyperv-2008r2

# guest_start NAME OTHER NUMBER: with three wires to the other. It is shown no hypervisor, for what a guest does not find is
# said to be outside of it.
guest_start()
{
	local wires=() n
	for n in 1 2 3; do
		wires+=(-netdev "dgram,id=wire$n,local.type=unix,local.path=$folder/$1$n,remote.type=unix,remote.path=$folder/$2$n")
		wires+=(-device "virtio-net-pci,netdev=wire$n,romfile=,mac=52:54:00:00:0$3:0$n")
	done
	VM_ROOT=$vm_cache/storage vm_start "$1" max,hypervisor=off,tcg-cpuid=off,kvm=off "${wires[@]}" || exit 1
}

# prepare NAME NUMBER: its name, modules, and addresses: 10.9.0.NUMBER on a bond of two wires, 10.9.1.NUMBER on the third
prepare()
{
	vm_do "$1" "hostname $1; storage; mount -t configfs none /sys/kernel/config
		cd /sys/class/net/bond0/bonding && echo active-backup >mode && echo 100 >miimon && echo +eth1 >slaves &&
		echo +eth2 >slaves && ip address add 10.9.0.$2/24 dev bond0 && ip link set bond0 up &&
		ip address add 10.9.1.$2/24 dev eth3 && ip link set eth3 up" || fail "$1 cannot be prepared"
}

# export_disk: of 16 MiB, by a
export_disk()
{
	vm_do a "target=/sys/kernel/config/target; disk=\$target/core/fileio_0/disk; group=\$target/iscsi/$target/tpgt_1
		mkdir -p /var/target/pr \$disk && echo fd_dev_name=/run/disk,fd_dev_size=16777216 >\$disk/control &&
		echo $serial >\$disk/wwn/vpd_unit_serial && echo 1 >\$disk/enable &&
		mkdir -p \$group/lun/lun_0 \$group/np/10.9.0.1:3260 \$group/np/10.9.1.1:3260 &&
		ln -s \$disk \$group/lun/lun_0/disk && echo 0 >\$group/attrib/authentication &&
		echo 1 >\$group/attrib/generate_node_acls && echo 0 >\$group/attrib/demo_mode_write_protect &&
		echo 1 >\$group/enable" || fail "a has no target"
}

# login NAME PORTAL PING [PARAMETER...]: a session that asks the target every so many seconds whether it is there (0: never),
# and that is not given up while the script lasts; then its disk is there
login()
{
	local name=$1 portal=$2 ping=$3 words='' word
	shift 3
	for word in node.session.timeo.replacement_timeout=600 "node.conn[0].timeo.noop_out_interval=$ping" \
		"node.conn[0].timeo.noop_out_timeout=$((ping * 2))" "$@"; do
		words+=" -P '$word'"
	done
	vm_do "$name" "before=\$(ls /sys/block | wc -l)
		iscsistart -i iqn.2026-11.test:$name -t $target -g 1 -a $portal -p 3260 $words &&
		(for i in \$(seq 100); do [ \$(ls /sys/block | wc -l) = \$before ] || exit 0; sleep 0.1; done; exit 1)" \
		>"$folder/login" || fail "$name cannot log in: $(cat "$folder/login")"
}

# export_namespace: of 8 MiB, by a over NVMe/TCP
export_namespace()
{
	vm_do a "target=/sys/kernel/config/nvmet; subsystem=\$target/subsystems/$subsystem; port=\$target/ports
		truncate -s 8M /run/namespace && mkdir -p \$subsystem/namespaces/1 && echo 1 >\$subsystem/attr_allow_any_host &&
		cd \$subsystem/namespaces/1 && echo /run/namespace >device_path && echo 1 >buffered_io &&
		echo $uuid >device_uuid && echo 1 >enable && for n in 0 1; do
			mkdir \$port/\$n && cd \$port/\$n && echo tcp >addr_trtype && echo ipv4 >addr_adrfam &&
			echo 10.9.\$n.1 >addr_traddr && echo 4420 >addr_trsvcid && ln -s \$subsystem subsystems/ || exit
		done" || fail "a has no namespace"
}

# connect NAME PORTAL [OPTION]: a controller, and its namespace
connect()
{
	vm_do "$1" "echo transport=tcp,traddr=$2,trsvcid=4420,nqn=$subsystem,hostnqn=nqn.2026-11.test:$1${3:+,$3} >/dev/nvme-fabrics" ||
		fail "$1 cannot connect"
	until_true "$1" '[ -e /sys/block/nvme0n1 ]'
}

# look NAME [ARGUMENT...]: what ready says there, in $folder/NAME.json
look()
{
	local name=$1
	shift
	vm_do "$name" "cpucompat ready --active --policy $policy --format json $*; test \$? -le 30" >"$folder/$name.json" ||
		fail "ready in $name: $(head -c 600 "$folder/$name.json")"
}

# found NAME JQ-FILTER: of its site
found()
{
	jq -c ".facts[0].site | $2" "$folder/$1.json"
}

# volume NAME DISK: all that is found of it
volume()
{
	found "$1" ".volumes.items[] | select(.name == \"$2\") |
		[.identity, .transport, .bytes, .spc, .paths, .paths_usable, .reservations]"
}

# session NAME SESSION
session()
{
	found "$1" ".storage_ports.items[] | select(.name == \"$2\") |
		[.identity, .transport, .through, .portal, .state, .usable]"
}

# judged ROW FILTER: of both saved answers together
judged()
{
	"${CPC_BIN:?}/cpucompat" ready "$folder/a.json" "$folder/b.json" --policy $policy --format json >"$folder/both"
	jq -c ".rows[] | select(.row == \"$1\") | $2" "$folder/both"
}

verdicts='[.minimum, .realistic]'
remedies='[.reasons[] | "\(.host): \(.column): \(.verdict): \(.remedy): \(.subject)"] | unique | .[]'

# link on|off WIRE...: of both ends
link()
{
	local state=$1 name wire
	shift
	for wire; do for name in a b; do vm_qmp "$name" "set_link wire$wire $state" >/dev/null || fail "set_link in $name"; done; done
}

# until_true NAME COMMAND
until_true()
{
	vm_do "$1" "(for i in \$(seq 300); do $2 && exit 0; sleep 0.1; done; exit 1)" >/dev/null || fail "$1: never: $2"
}

guest_start a b 1
guest_start b a 2
vm_wait a && vm_wait b || exit 1
prepare a 1
prepare b 2
export_disk
login a 10.9.0.1 0
login b 10.9.0.1 0 iface.net_ifacename=bond0
login b 10.9.1.1 2
export_namespace
connect a 10.9.0.1
connect b 10.9.0.1 host_iface=bond0
connect b 10.9.1.1
ready_at=$SECONDS

# Each by itself, beside what its kernel says.
for name in a b; do
	look $name
	read -r wwid size level < <(vm_do $name 'cd /sys/block/sda; echo $(cat device/wwid size device/scsi_level)')
	equal "$name: the kernel's own name" $naa "$wwid"
	# The kernel's level is INQUIRY's version plus one.
	spc=$((level - 1))
	equal "$name: sda" "[\"$naa\",\"iscsi\",$((size * 512)),$spc,1,1,true]" "$(volume $name sda)"
	equal "$name: the bond" '["bond","active-backup",true]' \
		"$(found $name '.ports.items[] | select(.name == "bond0") | [.kind, .mode, .carrier]')"
	equal "$name: its members" '["eth1","eth2"]' "$(found $name '[.ports.items[] | select(.master == "bond0").name]')"
done
equal "b: sdb" "$(volume b sda)" "$(volume b sdb)"
equal "a: session" "[\"$target\",\"iscsi\",\"10.9.0.1\",\"10.9.0.1:3260\",\"LOGGED_IN\",true]" "$(session a session1)"
equal "b: session over the bond" "[\"$target\",\"iscsi\",\"bond0\",\"10.9.0.1:3260\",\"LOGGED_IN\",true]" "$(session b session1)"
equal "b: session beside it" "[\"$target\",\"iscsi\",\"eth3\",\"10.9.1.1:3260\",\"LOGGED_IN\",true]" "$(session b session2)"
equal "a: controller" "[\"$subsystem\",\"nvme-fabrics\",\"10.9.0.1\",\"10.9.0.1:4420\",\"live\",true]" "$(session a nvme0)"
equal "b: controller over the bond" "[\"$subsystem\",\"nvme-fabrics\",\"bond0\",\"10.9.0.1:4420\",\"live\",true]" \
	"$(session b nvme0)"
equal "b: controller beside it" "[\"$subsystem\",\"nvme-fabrics\",\"eth3\",\"10.9.1.1:4420\",\"live\",true]" \
	"$(session b nvme1)"
equal "a: namespace" "[\"uuid.$uuid\",\"nvme-fabrics\",8388608,null,1,1,null]" "$(volume a nvme0n1)"
equal "b: namespace" "[\"uuid.$uuid\",\"nvme-fabrics\",8388608,null,2,2,null]" "$(volume b nvme0n1)"
equal "b: ways, of which two protocols share each" 2 \
	"$(jq '.rows[] | select(.row == "storage_ports").found[] | select(.name == "ways_usable").value' "$folder/b.json")"

# Whoever leaves is no longer there.
vm_do b 'echo 1 >/sys/class/nvme/nvme1/delete_controller' || fail "b cannot leave"
look b
equal "b has left: namespace" "[\"uuid.$uuid\",\"nvme-fabrics\",8388608,null,1,1,null]" "$(volume b nvme0n1)"
equal "b has left: controller" "" "$(session b nvme1)"
for name in a b; do
	vm_do $name 'echo 1 >/sys/class/nvme/nvme0/delete_controller' || fail "$name cannot leave"
	look $name
	equal "$name has left" "" "$(volume $name nvme0n1)"
done

# Together: one volume. Two disks of one name are no redundancy.
equal "together: shared storage" '["met","met"]' "$(judged shared_storage "$verdicts")"
equal "together: volumes that all share" 1 "$(judged shared_storage '.found[] | select(.name == "volumes_shared_by_all").value')"
equal "together: storage ports" '["met","not-met"]' "$(judged storage_ports "$verdicts")"
judged storage_ports "$remedies" >"$folder/remedies"
holds "one path" 'a: realistic: not-met: add-a-path: sda' "$folder/remedies"
holds "two disks" 'b: realistic: not-met: set-up-multipath: sdb' "$folder/remedies"

# A target that does no reservations, and does them again.
reservations=/sys/kernel/config/target/core/fileio_0/disk/attrib/emulate_pr
vm_do a "echo 0 >$reservations" || fail "a's target cannot be without reservations"
for name in a b; do look $name; done
equal "without reservations: sda" false "$(volume b sda | jq '.[-1]')"
equal "without reservations: shared storage" '["not-met","not-met"]' "$(judged shared_storage "$verdicts")"
judged shared_storage "$remedies" >"$folder/remedies"
holds "without reservations" 'b: minimum: not-met: replace-the-storage' "$folder/remedies"
vm_do a "echo 1 >$reservations" || fail "a's target cannot be with reservations"
look a

# One multipath of the two, made as multipathd makes it.
vm_do b "dmsetup create shared --noudevsync --uuid mpath-3${naa#naa.} --table \
	'0 32768 multipath 0 0 1 1 round-robin 0 2 1 8:0 1000 8:16 1000' && dd if=/dev/dm-0 of=/dev/null bs=1M" >"$folder/dm" 2>&1 ||
	fail "b has no multipath: $(cat "$folder/dm")"
look b
equal "multipath" "[\"$naa\",\"iscsi\",16777216,$spc,2,2,true]" "$(volume b dm-0)"
equal "volumes beside it" 1 "$(found b '.volumes.items | length')"
equal "multipath: storage ports of b" '["met","met"]' \
	"$(jq -c ".rows[] | select(.row == \"storage_ports\") | $verdicts" "$folder/b.json")"
equal "multipath: shared storage" '["met","met"]' "$(judged shared_storage "$verdicts")"

# A bond's wire is cut: nothing is lost. Then the third: the kernel keeps what is sent to its disk until the
# session is back, and so nothing is sent.
link off 1
until_true b '[ "$(cat /sys/class/net/bond0/bonding/active_slave)" = eth2 ]'
link off 3
until_true b 'grep -q FAILED /sys/class/iscsi_session/session2/state'
look b
equal "eth1 is cut" false "$(found b '.ports.items[] | select(.name == "eth1").carrier')"
equal "the bond stays" true "$(found b '.ports.items[] | select(.name == "bond0").carrier')"
equal "the session over the bond stays" '"LOGGED_IN"' "$(session b session1 | jq '.[4]')"
equal "the session beside it" '["FAILED",false]' "$(session b session2 | jq -c '.[4:]')"
equal "one path is lost" "[\"$naa\",\"iscsi\",16777216,$spc,2,1,true]" "$(volume b dm-0)"
equal "one path is lost: shared storage" '["met","met"]' "$(judged shared_storage "$verdicts")"
judged storage_ports "$remedies" >"$folder/remedies"
holds "one path is lost" 'b: realistic: not-met: mend-the-path: dm-0' "$folder/remedies"

# And the target ends its sessions: nobody sees the volume, whatever files the kernels keep of it.
vm_do a "echo 0 >/sys/kernel/config/target/iscsi/$target/tpgt_1/enable" || fail "a's target cannot be ended"
for name in a b; do
	until_true $name '! grep -q LOGGED_IN /sys/class/iscsi_session/*/state'
	look $name
done
equal "all are lost: a" "[\"$naa\",\"iscsi\",16777216,$spc,1,0,null]" "$(volume a sda)"
equal "all are lost: b" "[\"$naa\",\"iscsi\",16777216,$spc,2,0,null]" "$(volume b dm-0)"
equal "all are lost: storage ports" '["not-met","not-met"]' "$(judged storage_ports "$verdicts")"
equal "all are lost: shared storage" '["not-met","not-met"]' "$(judged shared_storage "$verdicts")"
judged shared_storage "$remedies" >"$folder/remedies"
holds "all are lost" 'a: minimum: not-met: mend-the-path: sda' "$folder/remedies"
holds "all are lost" 'b: minimum: not-met: mend-the-path: dm-0' "$folder/remedies"
judged storage_ports "$remedies" >"$folder/remedies"
holds "all are lost" 'b: minimum: not-met: mend-the-path: session1, session2' "$folder/remedies"
echo "storage: guests ready after $ready_at s, $failures failures, $SECONDS s"
finish
