#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# From the sources to a running agent: install what the build needs, build, show this machine's report, compare it with
# another processor, start the agent and say where to look. With --once the agent is asked over HTTP and stopped.
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$source_dir/build/release
log=$source_dir/build/packaging.log
. "$source_dir/packaging/ensure.sh"

once=no
[ $# -gt 0 ] && case "$1" in
--once) once=yes ;;
--help | -h)
	echo "usage: ${0##*/} [--once]"
	echo "Install the build dependencies, build, show this machine, start the agent; --once asks it over HTTP and stops it."
	exit 0
	;;
*)
	echo "${0##*/}: unknown option '$1'; usage: ${0##*/} [--once]" >&2
	exit 64
	;;
esac
[ $# -le 1 ] || { echo "${0##*/}: too many arguments; usage: ${0##*/} [--once]" >&2; exit 64; }

agent=
stop_agent() {
	[ -z "$agent" ] && return
	kill -TERM "$agent" 2>/dev/null || true
	wait "$agent" || true
	agent=
}
trap stop_agent EXIT

section() {
	printf '\n== %s\n' "$*"
}

mkdir -p "$source_dir/build"
ensure_packages "$source_dir/packaging/packages.txt"
echo "Building in $build"
quietly cmake -S "$source_dir" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release
quietly cmake --build "$build"

section "cpucompat probe"
"$build/cpucompat" probe

# Its own vendor, or there would be little to compare.
other=@skylake-sp
"$build/cpucompat" probe --format fingerprint | grep -q '^cpc1:AuthenticAMD:' && other=@milan
section "cpucompat compare self $other"
"$build/cpucompat" compare self "$other" && verdict=0 || verdict=$?
case $verdict in 0 | 10 | 20 | 30) ;; *) die "compare failed with exit code $verdict" ;; esac

# The address of the founding design, or any free one if somebody has it.
section "cpucompat serve"
address=127.0.0.1:10789
for listen in "$address" 127.0.0.1:0; do
	: >"$log"
	"$build/cpucompat" serve --listen "$listen" 2>"$log" &
	agent=$!
	for _ in $(seq 100); do
		url=$(sed -n 's/.*listening on \(http[^ ]*\).*/\1/p' "$log")
		[ -n "$url" ] || ! kill -0 "$agent" 2>/dev/null && break
		sleep 0.1
	done
	[ -n "$url" ] && break
	wait "$agent" || true
	agent=
	[ "$listen" != "$address" ] || echo "$(tail -n 1 "$log") Taking a free port instead."
done
[ -n "$url" ] || die "the agent did not start: $(tail -n 1 "$log")"
echo "The agent answers at $url"

if [ $once = yes ]; then
	echo "Asking it over HTTP: cpucompat compare self ${url%/}"
	"$build/cpucompat" compare self "${url%/}" && verdict=0 || verdict=$?
	# `unknown` is a true answer too, where MSR 0x10A is announced and cannot be read.
	case $verdict in 0 | 30) ;; *) die "this machine differs from itself (exit code $verdict)" ;; esac
	stop_agent
	echo "The agent has stopped."
else
	echo "Open that address in a browser; press Ctrl-C to stop the agent."
	trap 'stop_agent; exit 0' INT TERM
	wait "$agent" || true
fi
