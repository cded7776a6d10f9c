#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The units: systemd understands them, they are as closed as promised, and still let the agent do what it does.
set -euo pipefail
command -v systemd-analyze >/dev/null || { echo "skipped: systemd is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
	echo "FAIL: $*" >&2
	failures=$((failures + 1))
}
export SYSTEMD_COLORS=0 SYSTEMD_EMOJI=0 SYSTEMD_PAGER=

# As installed, but for the program, which is this build's.
mkdir "$work/units"
cp "$CPC_BIN"/systemd/*.service "$CPC_SOURCE"/packaging/systemd/*.socket "$work/units"
sed -i "s|^ExecStart=[^ ]*/cpucompatd|ExecStart=$CPC_BIN/cpucompatd|" "$work/units"/*.service
# verify FILE...: no word about our units (man pages are looked for where they are installed)
verify() {
	systemd-analyze verify --man=no "$@" >"$work/said" 2>&1 || true
	# Other units of this machine are not ours to judge; neither is a manager that does not run.
	if grep -E "cpucompat" "$work/said"; then fail "systemd-analyze verify $*"; fi
}
verify "$work/units/cpucompatd.service"
verify "$work/units/cpucompatd-local.socket" "$work/units/cpucompatd-local.service"
echo "Nonsense=yes" >>"$work/units/cpucompatd-local.socket"
systemd-analyze verify --man=no "$work/units/cpucompatd-local.socket" 2>&1 | grep -q cpucompatd-local.socket || fail "verify finds nothing wrong with nonsense"

# exposure UNIT: its number
exposure() {
	systemd-analyze security --no-pager --offline=yes "$1" 2>"$work/said" | sed -n 's/.*exposure level for [^:]*: \([0-9.]*\).*/\1/p'
	! grep -E "cpucompat" "$work/said" >&2 || fail "systemd-analyze says so of $1"
}
# at_most MOST UNIT
at_most() {
	local is
	is=$(exposure "$2")
	echo "systemd: exposure of ${2##*/} $3: $is, at most $1"
	awk -v is="$is" -v most="$1" 'BEGIN { exit !(is != "" && is <= most) }' || fail "${2##*/} $3 is exposed by '$is', more than $1"
}
at_most 1.4 "$work/units/cpucompatd.service" "with /dev/kvm"
at_most 0.5 "$work/units/cpucompatd-local.service" "on a unix socket"
for dropin in network msr; do
	mkdir -p "$work/$dropin/cpucompatd.service.d"
	cp "$work/units/cpucompatd.service" "$work/$dropin"
	cp "$CPC_SOURCE/packaging/systemd/$dropin.conf" "$work/$dropin/cpucompatd.service.d"
	verify "$work/$dropin/cpucompatd.service"
done
at_most 1.5 "$work/network/cpucompatd.service" "with network.conf"
at_most 2.0 "$work/msr/cpucompatd.service" "with msr.conf"
for folder in /lib/systemd/system /usr/lib/systemd/system; do
	[ -e "$folder/prometheus-node-exporter.service" ] || continue
	echo "systemd: exposure of Debian's prometheus-node-exporter.service: $(exposure "$folder/prometheus-node-exporter.service")"
	break
done

# calls_of GROUP: the names in a group and in the groups that it holds
calls_of() {
	local name
	systemd-analyze syscall-filter "$1" 2>/dev/null | sed -n 's/^ *//; /^#/d; 2,$p' | while read -r name; do
		case $name in
		@*) calls_of "$name" ;;
		?*) echo "$name" ;;
		esac
	done
}
# The manager's filter lies over the agent's own: what that allows, and a unit does not, would fail without a word.
{ calls_of @privileged; calls_of @resources; } | sort -u >"$work/without"
{ calls_of @system-service | sort -u | comm -23 - "$work/without"; printf '%s\n' sched_setaffinity seccomp; } | sort -u >"$work/with"
sed -nE 's/^CPC_CALL\(([a-z_0-9]+), ALLOW, (ALWAYS|CLIENT|UNLINK), .*/\1/p' "$CPC_SOURCE/agent/daemon/calls.def" | sort -u >"$work/wanted"
[ "$(wc -l <"$work/with")" -gt 200 ] && [ "$(wc -l <"$work/wanted")" -gt 60 ] || fail "lists of calls that are too short"
missing=$(comm -23 "$work/wanted" "$work/with")
[ -z "$missing" ] || fail "calls.def allows what the units do not:" $missing
for unit in "$work/units"/*.service; do
	got=$(sed -n 's/^SystemCallFilter=//p' "$unit" | tr '\n' ' ')
	[ "$got" = "@system-service ~@privileged @resources sched_setaffinity seccomp " ] || fail "$unit filters $got"
done

[ $failures -eq 0 ] && echo "systemd: units verified"
exit $((failures > 0))
