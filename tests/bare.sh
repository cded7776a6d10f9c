#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The README's commands on a machine that knows nothing: a minimal Debian in a folder, the committed sources in it, and
# nothing else. Not a part of the test run: it downloads a distribution and takes as long as all tests do.
#
#	tests/bare.sh [--root FOLDER] [--suite NAME] [--shared FOLDER] [--build-only] [-- CTEST-ARGUMENT...]
#
# --root       Make the Debian there, use it if it is there already, and keep it. Else it is a temporary folder that goes.
# --suite      bookworm unless said otherwise.
# --shared     Show that folder beside the sources, read-only, where the tests look for the corpus.
# --build-only packaging/run.sh and the installation, without tests/run.sh.
#
# Needs root, debootstrap, unshare(1) of util-linux and about 6 GB; git, unless the sources were unpacked from an archive.
# Packages come from where this machine's own apt takes them, through the same proxy; tests/run.sh asks npm's registry too.
#
# Everything happens in a mount namespace and a process namespace of its own: however this ends, mounts and processes end
# with it, and the folder is removed where nothing was ever mounted on it.
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$source_dir/packaging/ensure.sh"
usage="usage: ${0##*/} [--root FOLDER] [--suite NAME] [--shared FOLDER] [--build-only] [-- CTEST-ARGUMENT...]"

# section TEXT...: what is done now, and since when
section() {
	printf '\n== %s (%d s)\n' "$*" $SECONDS
}

# The mirrors of this machine: URI, release and component of each source of the suite, its updates included.
sources() {
	# shellcheck disable=SC2016 # apt's own names
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk -v suite="$suite" 'index($2, suite) == 1 && !seen[$0]++'
}

make_debian() {
	local mirror
	mirror=$(sources | awk -v suite="$suite" '$2 == suite { print $1; exit }')
	[ -n "$mirror" ] || die "no source of this machine's apt has $suite"
	# It mounts things in there on its way.
	unshare --mount debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die "debootstrap failed"
	}
	sources | sed 's/^/deb /' >"$root/etc/apt/sources.list"
	apt-config dump | grep -E '^Acquire::[a-z]+::Proxy' >"$root/etc/apt/apt.conf.d/90proxy" || true
	# Packages that were installed are not needed once more.
	echo 'Binary::apt-get::APT::Keep-Downloaded-Packages "false";' >"$root/etc/apt/apt.conf.d/91lean"
	# It is whole.
	touch "$root/etc/bare-$suite"
}

# The sources as they are committed, or as they were unpacked.
unpack() {
	rm -rf --one-file-system "$root/usr/src/cpucompat"
	mkdir -p "$root/usr/src/cpucompat"
	if git -C "$source_dir" rev-parse --git-dir >/dev/null 2>&1; then
		git -C "$source_dir" archive HEAD
	else
		tar -C "$source_dir" --exclude ./build --exclude './build-*' -c .
	fi | tar -x --no-same-owner -C "$root/usr/src/cpucompat"
}

# What a container sees of the machine: its own processes, a bare /dev, a /sys that cannot be written to.
mount_all() {
	local node
	mount --make-rprivate /
	# A place of its own: the folder itself has nothing mounted on it in any other namespace, and nothing mounts there.
	mount --bind "$root" "$root"
	cd "$root"
	mount -t proc -o nosuid,noexec,nodev proc proc
	mount -t sysfs -o ro,nosuid,noexec,nodev sysfs sys
	mount -t tmpfs -o nosuid,mode=755,size=1m tmpfs dev
	for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
		IFS=: read -r node major minor <<<"$node"
		mknod -m 666 "dev/$node" c "$major" "$minor"
	done
	mkdir dev/pts dev/shm dev/mqueue
	mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
	mount -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=1g tmpfs dev/shm
	mount -t mqueue mqueue dev/mqueue
	ln -s pts/ptmx dev/ptmx
	ln -s /proc/self/fd dev/fd
	for node in stdin:0 stdout:1 stderr:2; do ln -s "/proc/self/fd/${node#*:}" "dev/${node%:*}"; done
	mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs tmp
	mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs run
	if [ -n "$shared" ]; then
		mkdir -p usr/src/shared
		mount --bind "$shared" usr/src/shared
		mount -o remount,bind,ro usr/src/shared
	fi
	cp -L /etc/resolv.conf /etc/hosts etc/
	[ ! -r "${NODE_EXTRA_CA_CERTS-}" ] || cp -L "$NODE_EXTRA_CA_CERTS" "$root$authorities"
}

# inside COMMAND...: in the Debian, where the sources are, with an environment that says nothing but where a proxy is
inside() {
	local variable environment=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb)
	for variable in http_proxy https_proxy no_proxy; do
		[ -z "${!variable-}" ] || environment+=("$variable=${!variable}")
	done
	[ ! -e "$root$authorities" ] || environment+=("NODE_EXTRA_CA_CERTS=$authorities")
	env -i "${environment[@]}" chroot "$root" sh -c 'cd /usr/src/cpucompat && exec "$@"' sh "$@"
}

# What the README promises, one after the other.
try() {
	local code=0
	section "$(inside sh -c '. /etc/os-release; echo "$PRETTY_NAME"'), $(inside dpkg-query -W | wc -l) packages"
	section "packaging/run.sh --once"
	inside ./packaging/run.sh --once
	section "cmake --install build/release"
	inside cmake --install build/release >"$log" || { cat "$log" >&2; die "cmake --install failed"; }
	inside cpucompat probe --format fingerprint
	inside cpucompatd --config none --check
	[ "$build_only" = no ] || return 0
	section "tests/run.sh $*, $([ -n "$shared" ] && echo "with" || echo "without") the shared folder"
	inside ./tests/run.sh "$@" || code=$?
	section "done, exit code $code"
	return $code
}

# Whom this machine's npm trusts besides, where a proxy signs what comes from outside.
authorities=/etc/bare-authorities.pem
root= suite=bookworm shared= build_only=no
while [ $# -gt 0 ]; do
	case $1 in
	--root | --suite | --shared)
		[ $# -ge 2 ] || { echo "${0##*/}: $1 wants a value; $usage" >&2; exit 64; }
		declare "${1#--}=$2"
		shift 2
		;;
	--build-only) build_only=yes; shift ;;
	--) shift; break ;;
	--help | -h)
		echo "$usage"
		echo "Try the README's commands in a minimal Debian of its own; needs root and debootstrap."
		exit 0
		;;
	*) echo "${0##*/}: unknown option '$1'; $usage" >&2; exit 64 ;;
	esac
done
[ -z "$shared" ] || shared=$(cd "$shared" && pwd) || exit 66

if [ -n "${CPC_BARE_LOG-}" ]; then
	log=$CPC_BARE_LOG
	mount_all
	try "$@"
	exit
fi
[ "$(id -u)" = 0 ] || die "run it as root"
for tool in debootstrap unshare chroot; do
	command -v $tool >/dev/null || die "$tool is missing; apt-get install debootstrap util-linux coreutils"
done
temporary=$(mktemp -d "${TMPDIR:-/var/tmp}/cpucompat-bare.XXXXXX")
trap 'rm -rf --one-file-system "$temporary"' EXIT
trap 'exit 130' INT TERM HUP
log=$temporary/log
if [ -z "$root" ]; then
	root=$temporary/root
fi
mkdir -p "$root"
root=$(cd "$root" && pwd -P)
if [ ! -e "$root/etc/bare-$suite" ]; then
	[ -z "$(ls -A "$root")" ] || die "$root is neither empty nor a $suite that this has made"
	section "debootstrap --variant=minbase $suite"
	make_debian
fi
unpack
options=(--root "$root" --suite "$suite")
[ -z "$shared" ] || options+=(--shared "$shared")
[ $build_only = no ] || options+=(--build-only)
CPC_BARE_LOG=$log unshare --mount --pid --fork --kill-child bash "${BASH_SOURCE[0]}" "${options[@]}" -- "$@" &
child=$!
# A signal ends the wait, and what was started with it.
trap 'kill -KILL $child 2>/dev/null; wait $child 2>/dev/null; exit 130' INT TERM HUP
wait $child
