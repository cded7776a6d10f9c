#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Disk images that qemu-img made, of every kind that it can make, and damaged copies of them: what is read is what
# qemu-img says. CPC_DISKS_ALL=1 flips every byte that there is a field in, and takes minutes.
set -uo pipefail
export LC_ALL=C
. "$CPC_SOURCE/tests/lib.sh"
need qemu-img jq
facts=$CPC_BIN/tests/disk_facts
cd "$folder" || exit 1

# value WHAT: of the last image read
value() { sed -n "s/^$1 //p" facts; }

# read_image FILE
read_image() { "$facts" "$1" >facts 2>&1 || fail "$1: $(cat facts)"; }

# create NAME FORMAT OPTIONS...
create() {
	local name=$1 format=$2
	shift 2
	qemu-img create -q -f "$format" "$@" >create.log 2>&1 || fail "qemu-img create $name: $(cat create.log)"
	read_image "$name"
	[ -z "$(value fatal)$(value fault)" ] || fail "$name is damaged: $(cat facts)"
	made=$((${made:-0} + 1))
}

# is NAME FORMAT KIND: and the virtual size is what qemu-img says
is() {
	read_image "$1"
	equal "$1: format" "$2" "$(value format)"
	equal "$1: kind" "$3" "$(value kind)"
	local info
	info=$(qemu-img info --output=json "${@:4}" "$1")
	case $2 in vmdk | vdi | qed | qcow | luks) ;; *) equal "$1: size" "$(jq '."virtual-size"' <<<"$info")" "$(value size)" ;; esac
	case $2 in vhd) ;; *) equal "$1: name" "$(jq -r .format <<<"$info")" "$(value format)" ;; esac
}

create fixed.vhd vpc -o subformat=fixed fixed.vhd 5M
is fixed.vhd vhd fixed -f vpc
create exact.vhd vpc -o subformat=fixed,force_size=on exact.vhd 5M
is exact.vhd vhd fixed -f vpc
create dynamic.vhd vpc -o subformat=dynamic dynamic.vhd 20M
is dynamic.vhd vhd dynamic
create large.vhd vpc -o subformat=dynamic,force_size=on large.vhd 2040G
is large.vhd vhd dynamic
equal "large.vhd: blocks" partly "$(value 'check vhd_blocks')"
create fixed.vhdx vhdx -o subformat=fixed fixed.vhdx 5M
is fixed.vhdx vhdx fixed
create dynamic.vhdx vhdx -o subformat=dynamic dynamic.vhdx 20M
is dynamic.vhdx vhdx dynamic
create large.vhdx vhdx -o subformat=dynamic,block_size=1M large.vhdx 40G
is large.vhdx vhdx dynamic
create v3.qcow2 qcow2 v3.qcow2 20M
is v3.qcow2 qcow2 dynamic
create v2.qcow2 qcow2 -o compat=0.10,cluster_size=512 v2.qcow2 20M
is v2.qcow2 qcow2 dynamic
equal "v2.qcow2: version" 2 "$(value version)"
create full.qcow2 qcow2 -o preallocation=metadata,extended_l2=on full.qcow2 20M
is full.qcow2 qcow2 dynamic
create backed.qcow2 qcow2 -b v3.qcow2 -F qcow2 backed.qcow2
is backed.qcow2 qcow2 differencing
equal "backed.qcow2: backing file" "v3.qcow2" "$(value 'text parent_name')"
equal "backed.qcow2: its format" "qcow2" "$(value 'text parent_format')"
create external.qcow2 qcow2 -o data_file=external.raw external.qcow2 20M
is external.qcow2 qcow2 dynamic
equal "external.qcow2: data file" "external.raw" "$(value 'text data_file')"
equal "external.qcow2: state" "external" "$(value state)"
create locked.qcow2 qcow2 --object secret,id=s,data=x -o encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10 locked.qcow2 1M
equal "locked.qcow2: cipher" luks "$(value cipher)"
create plain.raw raw plain.raw 3M
is plain.raw raw unknown -f raw
create disk.vmdk vmdk disk.vmdk 20M
is disk.vmdk vmdk unknown
create flat.vmdk vmdk -o subformat=monolithicFlat flat.vmdk 2M
is flat.vmdk vmdk unknown
create disk.vdi vdi disk.vdi 20M
is disk.vdi vdi unknown
create disk.qed qed disk.qed 20M
is disk.qed qed unknown
create disk.qcow qcow disk.qcow 20M
is disk.qcow qcow unknown

# Made by hand, as unit tests make them. qemu-img cannot make differencing ones, and will not open those of VHDX.
for image in vhd_fixed:vpc:fixed vhd_dynamic:vpc:dynamic vhdx_fixed:vhdx:fixed vhdx_dynamic:vhdx:dynamic qcow2:qcow2:dynamic \
	qcow2_backed:qcow2:differencing; do
	IFS=: read -r name format kind <<<"$image"
	"$CPC_BIN/tests/disk_make" "$name" "$name" || fail "$name was not made"
	is "$name" "${name%%_*}" "$kind" -f "$format"
	[ -z "$(value fatal)$(value fault)" ] || fail "$name is damaged: $(cat facts)"
done
for name in vhd_differencing vhdx_differencing; do
	"$CPC_BIN/tests/disk_make" $name $name || fail "$name was not made"
	read_image $name
	equal "$name: kind" differencing "$(value kind)"
	equal "$name: parent" "C:\\disks\\base.${name%%_*}" "$(value 'text parent_absolute_path')"
	[ -z "$(value fatal)$(value fault)" ] || fail "$name is damaged: $(cat facts)"
done

# Written to and grown, as disks are: blocks lie in the file, and snapshots.
head -c 3000000 /dev/urandom >noise
for image in dynamic.vhd:vpc dynamic.vhdx:vhdx v3.qcow2:qcow2 v2.qcow2:qcow2; do
	qemu-img convert -n -f raw -O "${image#*:}" noise "${image%:*}" >convert.log 2>&1 || fail "convert: $(cat convert.log)"
	read_image "${image%:*}"
	[ -z "$(value fatal)$(value fault)" ] || fail "${image%:*}, written to, is damaged: $(cat facts)"
done
qemu-img snapshot -c one v3.qcow2 || fail "no snapshot"
read_image v3.qcow2
[ -z "$(value fatal)" ] || fail "v3.qcow2 with a snapshot is damaged: $(cat facts)"

# Left open by a crash, and what lies in two files: the table says so, and of KVM's disks it is no verdict.
create left.qcow2 qcow2 -o lazy_refcounts=on left.qcow2 20M
bash -c "ulimit -c 0; qemu-io -f qcow2 -c 'write 0 64k' -c abort left.qcow2; true" >/dev/null 2>&1
read_image left.qcow2
equal "left.qcow2: state" dirty "$(value state)"
COLUMNS=200 "$CPC_BIN/cpucompat" ready @ice-lake-sp --policy kvm --disk left.qcow2 --disk backed.qcow2 \
	--disk external.qcow2 --disk v2.qcow2 --verbose >table
grep -qE '^Virtual disks +met +met' table || fail "not met: $(grep '^Virtual disks' table)"
for line in '! Virtual disks (left.qcow2): it is in use, or was not closed' \
	'! Virtual disks (backed.qcow2): the destination needs the other file too' \
	'! Virtual disks (external.qcow2): the destination needs the other file too' \
	'backed.qcow2 parent v3.qcow2' 'external.qcow2 data_file external.raw'; do
	holds "the table" "$line" table
done
grep -q '! Virtual disks (v2' table && fail "nothing to beware of in v2.qcow2"

# Where the two part, and why. What qemu-img opens though it is past use ...
lenient() {
	case $1 in
	# it looks at no checksum and version of the dynamic header,
	vhd\ *vhd_header\ checksum* | vhd\ *vhd_header\ version*) ;;
	# nor at states of blocks that there are not, where metadata items end, odd sizes, those above 64 TiB, and sectors,
	vhdx\ *vhdx_blocks\ value* | vhdx\ *vhdx_metadata\ value* | vhdx\ *vhdx_metadata\ outside*) ;;
	# takes a backing file without a name for none, and what of a first table lies past the file's end for zeros.
	qcow2\ *qcow2_backing\ * | qcow2\ *"qcow2_tables outside 40 "*) ;;
	*) return 1 ;;
	esac
}
# ... and what it refuses though it can be used: it looks at the first of two footers or tables, whatever the other is,
# and at each snapshot, which is not looked at here.
strict() {
	case $1 in
	vhd\ *"fault vhd_footer_copy "*) ;;
	vhdx\ *"fault vhdx_regions_1 "*) ;;
	qcow2\ *[Ss]napshot* | qcow2\ *"extra metadata"*) ;;
	*) return 1 ;;
	esac
}

compared=0
# agree NAME FORMAT WHAT: of the copy `x`
agree() {
	local theirs=usable ours=usable said
	"$facts" x >facts 2>&1 || fail "$1, $3: $(cat facts)"
	qemu-img info -f "$2" x >info 2>&1 || theirs=useless
	# Without its signature it is raw; for qemu-img, told what it is, that is an error.
	if grep -qE '^fatal|^format raw' facts; then ours=useless; fi
	# What is not looked at to open it, is to check it.
	[ $ours = useless ] && [ $theirs = usable ] && [ "$2" = qcow2 ] && ! qemu-img check -f "$2" x >info 2>&1 && theirs=useless
	compared=$((compared + 1))
	[ $ours = $theirs ] && return
	said="$(value format) $(grep -E '^(fatal|fault)' facts | tr '\n' ' ')"
	if [ $ours = useless ]; then lenient "$said"; else strict "$said: $(cat info)"; fi ||
		fail "$1, $3: $ours ($said), and for qemu-img $theirs: $(tail -1 info)"
}

# flip NAME FORMAT BASE OFFSET...: bytes of a copy, one at a time; where all are asked for, the first 160
flip() {
	local base=$3 offset at byte offsets=("${@:4}")
	[ -n "${CPC_DISKS_ALL:-}" ] && mapfile -t offsets < <(seq 0 159)
	cp --sparse=always "$1" x
	for offset in "${offsets[@]}"; do
		at=$((base + offset))
		byte=$(od -An -tu1 -j $at -N 1 x)
		printf "\\x$(printf %x $((byte ^ 0x11)))" | dd of=x bs=1 seek=$at conv=notrunc status=none
		agree "$1" "$2" "byte $at"
		printf "\\x$(printf %x $byte)" | dd of=x bs=1 seek=$at conv=notrunc status=none
	done
}

# cut_to NAME FORMAT SIZE...: in bytes; negative ones count from the end. (qemu-img rounds a file up to whole sectors.)
cut_to() {
	local size
	for size in "${@:3}"; do
		[ "$size" -lt 0 ] && size=$(($(stat -c %s "$1") + size))
		cp --sparse=always "$1" x
		truncate -s "$size" x
		agree "$1" "$2" "cut to $size"
	done
}

flip fixed.vhd vpc $(($(stat -c %s fixed.vhd) - 512)) 0 12 48 60 63 67 511
flip dynamic.vhd vpc 0 0 16 23 60 66 84
flip dynamic.vhd vpc 512 0 7 16 23 24 28 31 32 34 39 1023
flip dynamic.vhd vpc $(($(stat -c %s dynamic.vhd) - 512)) 0 48 64
# The headers, the region tables, the blocks' table, the metadata and its items, where qemu-img puts them.
flip dynamic.vhdx vhdx 0 0 7
flip dynamic.vhdx vhdx 65536 0 4 8 66 72
flip dynamic.vhdx vhdx 131072 3 8 48 4095
flip dynamic.vhdx vhdx 196608 0 4 8 16 32 40 65535
flip dynamic.vhdx vhdx 262144 0 4
flip dynamic.vhdx vhdx 2097152 0 2 3 7 17
flip dynamic.vhdx vhdx 3145728 0 10 32 48 52 56 80 112
flip dynamic.vhdx vhdx 3211264 0 2 8 15 32 36 44
flip v3.qcow2 qcow2 0 0 7 23 24 35 36 41 47 49 55 56 59 60 63 65 71 72 79 87 99 101 103 107
flip backed.qcow2 qcow2 0 8 14 15 17 19 104 111
cut_to fixed.vhd vpc -512 512 0
cut_to dynamic.vhd vpc -512 -1024 2048 1536 1024 512 0
cut_to dynamic.vhdx vhdx -512 -1048576 3211264 3145728 2097152 262144 196608 131072 65536 512 0
cut_to v3.qcow2 qcow2 -512 131072 65536 512 72 0
echo "$made kinds of image, $compared damaged copies: as qemu-img finds them"
finish
