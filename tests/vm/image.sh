#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: image.sh FOLDER [BIN]
# A guest's kernel and root, of Debian's packages, without root: FOLDER/kernel, and FOLDER/base.cpio (busybox, the modules
# below) once and for all; with BIN, a folder with a build without sanitizers, also FOLDER/agent.cpio: both programs, the
# libraries that they are linked with, and our init. The two archives after each other are an initrd (vm_start lays more over it).
# FOLDER/storage is such a layer (VM_ROOT) for hosts with storage that they share: iscsistart, dmsetup, and /bin/storage, which
# loads modules of SCSI and NVMe targets and initiators.
# Exit code 77, with a line, where the packages cannot be had.
set -euo pipefail

# What is no part of the cloud kernel itself. Nested guests need kvm, /dev/cpu/*/msr msr; the rest is for what a host may have.
modules='virtio_pci virtio_net virtio_blk virtio_scsi virtio_console sd_mod kvm-amd kvm-intel msr cpuid bonding'
storage_modules='target_core_file iscsi_target_mod iscsi_tcp dm-multipath dm-round-robin nvmet-tcp nvme-tcp'

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] && [ $# -le 2 ] || { sed -n '3,9s/^# //p' "$0" >&2; exit 64; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
exec 9>"$folder/lock"
flock 9

skip()
{
	echo "skipped: no guest: $*"
	exit 77
}

# fetch PACKAGE...: their contents in $work/files
fetch()
{
	local sandbox=()
	[ "$(id -u)" != 0 ] || sandbox=(-o APT::Sandbox::User=root)
	(cd "$work" && apt-get "${sandbox[@]}" -qq download "$@") >&2 || skip "apt-get cannot download $*"
	mkdir -p "$work/files"
	for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/files"; done
}

# archive FILE: of the folder that we are in
archive()
{
	find . -mindepth 1 | LC_ALL=C sort | "$folder/busybox" cpio -o -H newc -R 0:0 >"$1.new" 2>/dev/null
	mv "$1.new" "$1"
}

# with_dependencies LIST < modules.dep: paths of the modules in LIST, each after those that it needs
with_dependencies()
{
	awk -v "wanted=$1" '
	function take(path, i, n, list) {
		if (path in taken) return
		taken[path] = 1
		n = split(needs[path], list, " ")
		for (i = n; i > 0; i--) take(list[i])
		print path
	}
	{ path = $1; sub(/:$/, "", path); name = path; gsub(/.*\/|\.ko.*/, "", name); $1 = ""; needs[path] = $0; paths[name] = path }
	END {
		n = split(wanted, names, " ")
		for (i = 1; i <= n; i++)
			if (names[i] in paths) take(paths[names[i]])
			else { print "image.sh: the kernel has no module " names[i] > "/dev/stderr"; exit 1 }
	}'
}

# add_modules LIST ORDER: into our lib/modules, and their paths into ORDER
add_modules()
{
	local module
	with_dependencies "$1" <"$work/files/lib/modules/$version/modules.dep" >"$work/list"
	while read -r module; do
		cp "$work/files/lib/modules/$version/$module" lib/modules/
		echo "/lib/modules/${module##*/}"
	done <"$work/list" >"$2"
}

# add_libraries PROGRAM...: those that they are linked with; of what was fetched where it lies there
add_libraries()
{
	local library place
	for library in $(ldd "$@" | grep -o '/[^ :]*[^:] (' | sed 's/ ($//' | sort -u); do
		place=.${library#"$work/files"}
		mkdir -p "${place%/*}"
		cp -L "$library" "$place"
	done
}

make_storage()
{
	local places
	mkdir -p "$work/storage/bin" "$work/storage/lib/modules"
	cd "$work/storage"
	cp "$work/files/sbin/iscsistart" "$work/files/sbin/dmsetup" bin/
	places=$(find "$work/files" -name '*.so.*' -printf '%h\n' | sort -u | paste -sd :)
	LD_LIBRARY_PATH=$places add_libraries bin/iscsistart bin/dmsetup
	add_modules "$storage_modules" lib/modules/storage
	printf '#!/bin/sh\nwhile read -r module; do insmod "$module" 2>/dev/null; done </lib/modules/storage\n' >bin/storage
	chmod +x bin/storage
	rm -rf "$folder/storage"
	mv "$work/storage" "$folder/storage"
}

make_base()
{
	local kernel version
	command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || skip "apt-get and dpkg-deb fetch its kernel"
	kernel=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/^  Depends: \(linux-image-.*\)/\1/p' | head -n 1)
	[ -n "$kernel" ] || skip "apt-cache knows no linux-image-cloud-amd64"
	fetch "$kernel" busybox-static open-iscsi libopeniscsiusr dmsetup libdevmapper1.02.1
	cp "$work/files/bin/busybox" "$folder/busybox"
	version=${kernel#linux-image-}
	cp "$work/files/boot/vmlinuz-$version" "$folder/kernel"
	"$folder/busybox" depmod -b "$work/files" "$version"

	mkdir -p "$work/root"/{bin,dev,etc,lib/modules,proc,sys,tmp,run}
	cd "$work/root"
	cp "$folder/busybox" bin/
	for applet in $(bin/busybox --list); do [ "$applet" = busybox ] || ln -s busybox "bin/$applet"; done
	add_modules "$modules" lib/modules/order
	archive "$folder/base.cpio"
	make_storage
}

make_agent()
{
	local bin=$1
	mkdir -p "$work/agent/bin" "$work/agent/etc/cpucompat"
	cd "$work/agent"
	cp "$bin/cpucompat" "$bin/cpucompatd" bin/
	cp "$here/init" init
	cp "$here/cpucompat.conf" etc/cpucompat/
	add_libraries "$bin/cpucompat" "$bin/cpucompatd"
	archive "$folder/agent.cpio"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
made=$(sha256sum "$here/image.sh")
if [ ! -e "$folder/made" ] || [ "$made" != "$(cat "$folder/made")" ]; then
	make_base
	echo "$made" >"$folder/made"
fi
[ $# -lt 2 ] || make_agent "$(cd "$2" && pwd)"
