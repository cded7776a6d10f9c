#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The agent under a service manager: a datagram socket that takes what it says, in order.
set -euo pipefail
for tool in socat curl; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
work=$(mktemp -d)
agent= manager=
cleanup() {
	for pid in $agent $manager; do kill "$pid" 2>/dev/null || true; done
	rm -rf "$work"
}
trap cleanup EXIT
failures=0
fail() {
	echo "FAIL: $*" >&2
	failures=$((failures + 1))
}

# manage: a new manager, with nothing said yet
manage() {
	[ -z "$manager" ] || kill "$manager"
	rm -f "$work/notify"
	: >"$work/said"
	socat -u "UNIX-RECV:$work/notify" "OPEN:$work/said,append" &
	manager=$!
	for _ in $(seq 600); do [ -S "$work/notify" ] && return; sleep 0.05; done
	echo "FAIL: socat does not start" >&2
	exit 1
}

# heard PATTERN [COUNT]: wait until so many lines match
heard() {
	for _ in $(seq 200); do
		[ "$(grep -cE "$1" "$work/said" || true)" -ge "${2:-1}" ] && return
		kill -0 "$agent" 2>/dev/null || break
		sleep 0.05
	done
	# The last word of a process that is gone by now.
	sleep 0.2
	[ "$(grep -cE "$1" "$work/said" || true)" -ge "${2:-1}" ] || fail "'$1' (${2:-1}) was not said: $(tr '\n' ' ' <"$work/said")"
}

# start ENVIRONMENT... -- ARGUMENTS...: returns once the agent is ready
start() {
	local environment=()
	while [ "$1" != -- ]; do environment+=("$1"); shift; done
	shift
	env NOTIFY_SOCKET="$work/notify" "${environment[@]}" "$CPC_BIN/cpucompatd" "$@" 2>"$work/log" &
	agent=$!
	heard '^READY=1$'
	url=$(sed -n 's|^<6>cpucompatd: listening on ||p' "$work/log" | head -n 1)
}

stop() {
	kill -TERM "$agent"
	wait "$agent" || fail "exit $? after SIGTERM: $(cat "$work/log")"
	heard '^STOPPING=1$'
	agent=
}

# READY comes once requests are answered, with a line for people; nothing of it is left in the environment.
manage
start -- --listen 127.0.0.1:0 --listen '[::1]:0'
fingerprint=$(curl -sS --max-time 10 "${url}v1/fingerprint") || fail "ready, and does not answer"
id=$(curl -sS --max-time 10 "${url}v1/report" | sed -n 's/.*"id": *"\([0-9a-f]\{32\}\)".*/\1/p' | head -n 1)
[ -n "$fingerprint" ] && [ -n "$id" ] || fail "no fingerprint or no id"
grep -qx "STATUS=serving $url and 1 more, fingerprint $id" "$work/said" || fail "the status is $(grep STATUS "$work/said")"
[ "$(head -n 1 "$work/said")" = READY=1 ] || fail "the first word is not READY: $(head -n 1 "$work/said")"
grep -q WATCHDOG "$work/said" && fail "a watchdog that nobody asked for"

# SIGHUP: the time at which it began, then READY again.
before=$(cut -d. -f1 /proc/uptime)
kill -HUP "$agent"
heard '^READY=1$' 2
began=$(grep -A1 '^RELOADING=1$' "$work/said" | sed -n 's/^MONOTONIC_USEC=//p')
[ -n "$began" ] && [ $((began / 1000000)) -ge $((before - 1)) ] || fail "RELOADING at '$began', and the machine was up $before s"
order=$(grep -oE '^(READY|RELOADING)' "$work/said" | tr '\n' ' ')
[ "$order" = "READY RELOADING READY " ] || fail "the order is $order"
stop
[ "$(tail -n 2 "$work/said" | head -n 1)" = STOPPING=1 ] || fail "the last word is not STOPPING: $(tail -n 2 "$work/said")"

# The watchdog hears from us at half of its limit, also while nobody asks anything.
manage
began=$(date +%s%N)
start WATCHDOG_USEC=400000 -- --listen 127.0.0.1:0
heard '^WATCHDOG=1$' 6
count=$(grep -c '^WATCHDOG=1$' "$work/said")
took=$((($(date +%s%N) - began) / 1000000))
[ "$count" -le $((took / 200 + 2)) ] || fail "$count times in $took ms, every 200 ms"
tr '\0' '\n' <"/proc/$agent/environ" >/dev/null
stop

# A watchdog for somebody else.
manage
start WATCHDOG_USEC=100000 WATCHDOG_PID=1 -- --listen 127.0.0.1:0
sleep 0.5
grep -q WATCHDOG "$work/said" && fail "somebody else's watchdog"
stop

# Without a manager, and with one that cannot be spoken to.
: >"$work/said"
NOTIFY_SOCKET=vsock:2:1 "$CPC_BIN/cpucompatd" --listen 127.0.0.1:0 2>"$work/log" &
agent=$!
for _ in $(seq 100); do grep -q listening "$work/log" && break; sleep 0.05; done
grep -q '^<4>cpucompatd: NOTIFY_SOCKET=vsock:2:1: neither a path nor @NAME$' "$work/log" || fail "no warning: $(cat "$work/log")"
kill -TERM "$agent"
wait "$agent" || fail "exit $?"
agent=

# Sockets of a manager's, by the one that comes with systemd; they are served alone, and live on when the agent stops.
if command -v systemd-socket-activate >/dev/null; then
	for kind in unix tcp; do
		where=$work/activated
		if [ $kind = tcp ]; then
			# Nobody picks a port for it: one that is free now.
			port=$(socat -u TCP-LISTEN:0,bind=127.0.0.1 /dev/null & pid=$!; sleep 0.3
				ss -Hltnp | sed -nE "s/.*127.0.0.1:([0-9]+) .*pid=$pid,.*/\1/p"; kill $pid)
			[ -n "$port" ] || { echo "no free port to be found: not tried over TCP"; continue; }
			where=127.0.0.1:$port
		fi
		: >"$work/log"
		systemd-socket-activate -l "$where" -E ASAN_OPTIONS -E UBSAN_OPTIONS "$CPC_BIN/cpucompatd" --config none 2>"$work/log" &
		agent=$!
		for _ in $(seq 100); do grep -q 'Listening on' "$work/log" && break; sleep 0.05; done
		if [ $kind = unix ]; then
			got=$(curl -sS --max-time 20 --unix-socket "$where" http://localhost/healthz || true)
		else
			got=$(curl -sS --max-time 20 "http://$where/healthz" || true)
		fi
		# It answers before it has said so.
		for _ in $(seq 100); do grep -q 'cpucompatd: listening on ' "$work/log" && break; sleep 0.05; done
		[ "$got" = ok ] || fail "activated by $kind: '$got', $(cat "$work/log")"
		[ "$(grep -c 'cpucompatd: listening on ' "$work/log")" = 1 ] || fail "activated by $kind: $(cat "$work/log")"
		kill -TERM "$agent"
		wait "$agent" || fail "exit $? when activated by $kind: $(cat "$work/log")"
		agent=
	done
else
	echo "systemd-socket-activate is not installed: activation was not tried"
fi

# Sockets that are none.
set +e
out=$(exec 3</dev/null; LISTEN_FDS=1 exec bash -c 'LISTEN_PID=$$ exec "$0" 2>&1' "$CPC_BIN/cpucompatd")
code=$?
set -e
[ $code = 64 ] || fail "exit $code for a descriptor that is no socket"
[[ $out == *"descriptor 3 from the service manager is not a socket"* ]] || fail "says '$out'"

[ $failures -eq 0 ] && echo "manager: READY, RELOADING, STOPPING, WATCHDOG and STATUS as documented"
exit $((failures > 0))
