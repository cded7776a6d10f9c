#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What an agent on a network has to bear, done to one on loopback, and a table of what happened:
#
#	tests/abuse.sh [--short] [BUILD-FOLDER]
#
# Three minutes; --short is the part that e2e/abuse.sh runs, which measures no time. Without a folder, a Release build is
# made in build/abuse. Exit code 1 if anything failed. A burst that must be answered within 50 ms has five tries.
set -u
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
short=no
[ "${1:-}" = --short ] && { short=yes; shift; }
build=${1:-}
if [ -z "$build" ]; then
	build=$source_dir/build/abuse
	{
		cmake -S "$source_dir" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCPC_TESTS=ON &&
			nice cmake --build "$build" --target cpucompatd abuse_client abuse_clock
	} >"$build.log" 2>&1 || { tail -n 20 "$build.log" >&2; exit 70; }
fi
daemon=$build/cpucompatd
client=$build/tests/abuse_client
folder=$(mktemp -d)
pid=
port=
failures=0

cleanup() {
	[ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null
	kill $(jobs -p) 2>/dev/null
	wait
	rm -rf "$folder"
}
trap cleanup EXIT
trap '' PIPE

# row OK NAME WHAT: a line of the table
row() {
	[ "$1" = 0 ] && set -- ok "$2" "$3" || { set -- FAIL "$2" "$3"; failures=$((failures + 1)); }
	printf '%-5s%-34s%s\n' "$1" "$2" "$(echo "$3" | tail -n 1)"
	[ "$1" = ok ] || echo "$3" | head -n -1 | sed 's/^/       /'
}

# try NAME MODE ARGUMENTS...: a row of what the client says
try() {
	local name=$1 said code
	shift
	said=$("$client" "$port" "$@" 2>&1)
	code=$?
	row $code "$name" "$said"
}

# expect NAME VALUE ACTUAL
expect() {
	[[ $3 == $2 ]]
	row $? "$1" "$3"
}

start() {
	: >"$folder/log"
	"$daemon" --config none --listen "127.0.0.1:${port:-0}" "$@" 2>>"$folder/log" &
	pid=$!
	for _ in $(seq 100); do
		grep -q 'listening on' "$folder/log" && break
		sleep 0.1
	done
	port=$(sed -n 's|.*listening on https*://127.0.0.1:\([0-9]*\)/.*|\1|p' "$folder/log")
	[ -n "$port" ] || { cat "$folder/log" >&2; echo "the agent does not start" >&2; exit 1; }
}

stop() {
	kill "-$1" "$pid"
	wait "$pid" 2>/dev/null
	code=$?
	pid=
}

resident() {
	awk '$1 == "VmRSS:" { print $2 }' "/proc/$pid/status"
}

descriptors() {
	ls "/proc/$pid/fd" | wc -l
}

status_of() {
	curl -sS --max-time 30 -o /dev/null -w '%{http_code}' "$@" 2>"$folder/curl"
}

# Until the agent has closed what its clients have left, but for so many seconds.
settle() {
	for _ in $(seq "$1"); do
		[ "$(descriptors)" -le "$idle_descriptors" ] && return
		sleep 1
	done
}

# beside NAME SECONDS MODE ARGUMENTS...: a client that behaves, while others do not
beside() {
	local name=$1 seconds=$2 other said code
	shift 2
	"$client" "$port" "$@" >"$folder/other" 2>&1 &
	other=$!
	sleep 2
	said=$("$client" "$port" steady "$seconds" "$limit")
	code=$?
	most=$(resident)
	wait "$other"
	row $? "$name" "$(cat "$folder/other")"
	row $code "  those who behave" "$said"
	row 0 "  memory" "$most kB"
}

burst() {
	local said code best=1 worst
	for _ in 1 2 3 4 5; do
		said=$("$client" "$port" burst "$1")
		code=$?
		worst=${said#*worst }
		[ $code = 0 ] && [ "${worst%%.*}" -lt 50 ] && { best=0; break; }
		sleep 1
	done
	row $best "burst of $1, each within 50 ms" "$said"
}

malformed() {
	try "malformed and ambiguous requests" framings "$source_dir/tests/abuse/framings.txt"
	try "half-closed sockets" half
	try "pipelined requests" pipeline 1000
}

# through FILE: its bytes through TLS; what comes back until the connection ends
through() {
	timeout 25 openssl s_client -connect "127.0.0.1:$port" -quiet <"$1" 2>/dev/null | tr -d '\0'
}

# The same requests within TLS, whose bytes come another way.
encrypted() {
	local name bytes answer waiting refused=0 count=0 wrong=
	command -v openssl >/dev/null || { row 0 "the same within TLS" "skipped: openssl is not installed"; return; }
	stop TERM
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$folder/key" -out "$folder/certificate" \
		-subj /CN=localhost -days 2 2>/dev/null
	start --tls-certificate "$folder/certificate" --tls-key "$folder/key"
	printf 'GET /healthz HTTP/1.1\r\nHost: a\r\n' >"$folder/half"
	through "$folder/half" >"$folder/late" &
	waiting=$!
	while IFS= read -r name; do
		[[ $name == '#'* || $name == "TLS to"* ]] && continue
		bytes=${name#*: }
		printf %b "$bytes" >"$folder/bytes"
		answer=$(through "$folder/bytes")
		count=$((count + 1))
		[[ $answer == 'HTTP/1.1 400 '*'application/problem+json'* ]] && refused=$((refused + 1)) || wrong=$name$'\n'$wrong
	done <"$source_dir/tests/abuse/framings.txt"
	row "$((refused != count))" "the same within TLS" "$wrong$refused of $count refused with 400 and closed"
	printf 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n' >"$folder/bytes"
	expect "a fault behind a request, TLS" "200 400 " "$(through "$folder/bytes" | sed -n 's/^HTTP.1.1 \([0-9]*\) .*/\1/p' | tr '\n' ' ')"
	[ $short = yes ] || wait $waiting
	[ $short = yes ] || expect "half a request, TLS" "HTTP/1.1 408 *" "$(head -n 1 "$folder/late")"
	stop TERM
	start
}

large() {
	head -c 1000000 /dev/zero | tr '\0' a >"$folder/megabyte"
	(printf 'X: ' && cat "$folder/megabyte") >"$folder/header"
	expect "a header of 1 MB" 431 "$(status_of -H "@$folder/header" "$url/healthz")"
	expect "a target of 1 MB" "HTTP/1.1 414 *" "$(
		exec 3<>"/dev/tcp/127.0.0.1/$port"
		(printf 'GET /' && cat "$folder/megabyte") >&3
		head -n 1 <&3
	)"
	seq -f 'X-%g: a' 5000 >"$folder/headers"
	expect "5,000 headers" 431 "$(status_of -H "@$folder/headers" "$url/healthz")"
	truncate -s 100M "$folder/large"
	for encoding in '' 'Transfer-Encoding: chunked'; do
		expect "a body of 100 MB${encoding:+, chunked}" 413 \
			"$(status_of -H "$encoding" --data-binary "@$folder/large" -H Expect: "$url/v1/compare")"
	done
	# Answered before the body is read, and closed: a client that goes on sending may see the reset alone.
	expect "a body of 100 MB, not taken" '@(405|000)' \
		"$(status_of -H Expect: -X PUT --data-binary "@$folder/large" "$url/v1/report")"
	expect "and then a request" 200 "$(status_of "$url/healthz")"
}

signals() {
	local waiting before=$pid
	kill -STOP "$pid"
	status_of "$url/healthz" >"$folder/status" &
	waiting=$!
	sleep 3
	kill -CONT "$pid"
	wait $waiting
	expect "SIGSTOP for 3 s, then SIGCONT" 200 "$(cat "$folder/status")"
	"$client" "$port" slow 200 1000 3 >/dev/null &
	waiting=$!
	sleep 1
	stop KILL
	start
	expect "SIGKILL, restart on the same port" "200 another" \
		"$(status_of "$url/healthz") $([ "$pid" != "$before" ] && echo another)"
	wait $waiting
}

clock() {
	local jumps before
	echo 0 >"$folder/clock"
	stop TERM
	export CPC_CLOCK_FILE=$folder/clock
	LD_PRELOAD=$build/tests/libabuse_clock.so start
	before=$(curl -sSI "$url/healthz" | sed -n 's/^Date: .* \([0-9]\{4\}\) .*/\1/p')
	(for jump in 315360000 -315360000 86400 0; do sleep 2; echo $jump >"$folder/clock"; done) &
	jumps=$!
	try "the clock jumps by ten years" late
	wait $jumps
	echo 315360000 >"$folder/clock"
	expect "it did jump, for the agent" 10 \
		"$(($(curl -sSI "$url/healthz" | sed -n 's/^Date: .* \([0-9]\{4\}\) .*/\1/p') - before))"
	stop TERM
	start
}

full_disk() {
	stop TERM
	"$daemon" --config none --listen "127.0.0.1:$port" 2>/dev/full &
	pid=$!
	sleep 1
	kill -HUP "$pid"
	sleep 1
	expect "no room for the log" 200 "$(status_of "$url/healthz")"
	stop TERM
	expect "and it ends as it should" 0 "$code"
	start
}

few_descriptors() {
	local slow
	stop TERM
	: >"$folder/log"
	(ulimit -n 64 && exec "$daemon" --config none --listen "127.0.0.1:$port" 2>>"$folder/log") &
	pid=$!
	sleep 1
	"$client" "$port" slow 200 1000 8 >/dev/null 2>&1 &
	slow=$!
	sleep 1
	expect "64 descriptors, 200 slow clients" "200 200 200" \
		"$(for _ in 1 2 3; do status_of "$url/healthz"; echo -n ' '; sleep 1; done | sed 's/ $//')"
	row "$(($(descriptors) > 64))" "64 descriptors, at most" "$(descriptors) open"
	wait $slow
	stop TERM
	start
}

start
url=http://127.0.0.1:$port
status_of "$url/v1/report" >/dev/null
sleep 0.2
idle_descriptors=$(descriptors)
idle_resident=$(resident)
if [ $short = yes ]; then
	limit=60000
	malformed
	try "nothing, or half a request" late >"$folder/late_row" &
	late=$!
	beside "300 slow clients" 3 slow 300 500 6
	wait $late
	cat "$folder/late_row"
	grep -q '^ok' "$folder/late_row" || failures=$((failures + 1))
	encrypted
	settle 20
	expect "descriptors" "$idle_descriptors" "$(descriptors)"
	stop TERM
	expect "exit code" 0 "$code"
	exit $((failures > 0))
fi
limit=50
printf 'idle: %s kB, %s descriptors; %s\n' "$idle_resident" "$idle_descriptors" "$(uptime | sed 's/.*load/load/')"
for count in 127 128 129 256 512; do
	burst $count
done
malformed
try "nothing, or half a request" late
encrypted
large
try "a chunked body that never ends" endless 20
beside "2,000 slow clients" 15 slow 2000 2000 20
beside "2,000 that were answered and wait" 8 idle 2000 12
beside "a flood of connections" 8 flood 10
settle 25
expect "descriptors after all that" "$idle_descriptors" "$(descriptors)"
sleep 1
row "$(($(resident) > idle_resident + 6000))" "memory after all that" "$(resident) kB; it was $idle_resident kB"
signals
clock
full_disk
few_descriptors
stop TERM
expect "exit code" 0 "$code"
echo "$failures failures; $(uptime | sed 's/.*load/load/')"
exit $((failures > 0))
