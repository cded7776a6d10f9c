#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The agent with its real filter: everything it is for is asked of it, and nothing is refused; the system calls that it
# then makes are rows of calls.def; and no privilege is left.
set -euo pipefail
command -v curl >/dev/null || { echo "skipped: curl is not installed"; exit 77; }
daemon=$CPC_PLAIN_BIN/cpucompatd
if nm "$daemon" 2>/dev/null | grep -q __asan_init; then
	echo "skipped: $daemon is built with AddressSanitizer, which has no real filter"
	exit 77
fi
work=$(mktemp -d)
agent= tracer=
cleanup() {
	for pid in $agent $tracer; do kill -KILL "$pid" 2>/dev/null || true; done
	rm -rf "$work"
}
trap cleanup EXIT
failures=0
fail() {
	echo "FAIL: $*" >&2
	failures=$((failures + 1))
}

# await PATTERN: until a line of the log matches
await() {
	for _ in $(seq 200); do
		grep -qE "$1" "$work/log" && return
		kill -0 "$agent" 2>/dev/null || break
		sleep 0.05
	done
	cat "$work/log" >&2
	echo "FAIL: no line '$1'" >&2
	exit 1
}

# start COMMAND...: an agent on a free port
start() {
	: >"$work/log"
	"$@" 2>>"$work/log" &
	agent=$!
	await 'listening on '
	url=$(sed -n 's|^<6>cpucompatd: listening on ||p' "$work/log" | head -n 1)
}

stop() {
	kill -TERM "$agent"
	wait "$agent" || fail "exit $?: $(cat "$work/log")"
	agent=
	! grep -n refused "$work/log" || fail "a system call was refused"
}

ask() {
	curl -sS --max-time 20 -o "$work/body" -w '%{http_code}\n' "$@" || fail "curl $*"
}

# Every route that there is: the contract lists them.
exercise() {
	local own path
	ask "$url" >/dev/null
	for path in $(curl -sS "${url}openapi.json" | jq -r '.paths | keys[]'); do
		ask "$url${path#/}" >>"$work/codes"
		ask -I "$url${path#/}" >>"$work/codes"
		ask -X BREW "$url${path#/}" >>"$work/codes"
		ask -H 'Accept: application/openmetrics-text; version=1.0.0' "$url${path#/}" >>"$work/codes"
	done
	own=$(curl -sS "${url}v1/fingerprint")
	[ "$(ask -G --data-urlencode "with=$own" "${url}v1/compare")" = 200 ] || fail "no comparison"
	curl -sS "${url}v1/report" >"$work/report"
	[ "$(ask --data-binary "@$work/report" "${url}v1/compare")" = 200 ] || fail "no comparison with a report"
	[ "$(ask -H 'Transfer-Encoding: chunked' --data-binary "@$work/report" "${url}v1/compare")" = 200 ] || fail "no chunked report"
	# Errors of each kind.
	ask "${url}nothing" >>"$work/codes"
	ask -d nonsense "${url}v1/compare" >>"$work/codes"
	ask "${url}healthz?$(head -c 40000 /dev/zero | tr '\0' a)" >>"$work/codes"
	ask -H "X-Long: $(head -c 40000 /dev/zero | tr '\0' a)" "${url}healthz" >>"$work/codes"
	head -c 1100000 /dev/zero | tr '\0' ' ' >"$work/large"
	ask --data-binary "@$work/large" "${url}v1/compare" >>"$work/codes"
	exec {half}<>"/dev/tcp/127.0.0.1/$(sed 's|.*:\([0-9]*\)/$|\1|' <<<"$url")"
	printf 'GET /healthz HTTP/1.1\r\nHo' >&"$half"
	exec {half}>&-
	# Many connections at once.
	[ "$(curl -sS -Z --parallel-immediate --parallel-max 100 --max-time 30 -w '%{http_code}\n' -o /dev/null \
		"${url}v1/fingerprint?[1-100]" 2>/dev/null | grep -c '^[24]00$')" = 100 ] || fail "100 connections at once"
	kill -HUP "$agent_itself"
	sleep 0.5
	[ "$(ask "${url}readyz")" = 200 ] || fail "not ready after SIGHUP"
}

# As it is: every privilege is gone.
start "$daemon" --config none --listen 127.0.0.1:0
agent_itself=$agent
exercise
for wanted in CapInh:0 CapPrm:0 CapEff:0 CapAmb:0 NoNewPrivs:1 Seccomp:2; do
	got=$(awk -v key="${wanted%%:*}:" '$1 == key { print $2 }' "/proc/$agent/status")
	[ $((16#$got)) = "${wanted#*:}" ] || fail "${wanted%%:*} is $got"
done
# The bounding set takes CAP_SETPCAP to drop, which root has here or has not.
held=$(awk '$1 == "CapPrm:" { print $2 }' /proc/self/status)
if [ $((16#$held >> 8 & 1)) = 1 ]; then
	[ $((16#$(awk '$1 == "CapBnd:" { print $2 }' "/proc/$agent/status"))) = 0 ] || fail "a bounding set is left"
else
	echo "sandbox: without CAP_SETPCAP the bounding set stays: not looked at"
fi
if [ "$(id -u)" = 0 ]; then
	grep -q '<5>cpucompatd: running as root, without its capabilities' "$work/log" || fail "root is not told"
fi
for task in "/proc/$agent/task/"*; do
	[ "$(awk '$1 == "Seccomp:" { print $2 }' "$task/status")" = 2 ] || fail "${task##*/} is a thread without the filter"
	[ "$(awk '$1 == "CapEff:" { print $2 }' "$task/status")" = 0000000000000000 ] || fail "${task##*/} has capabilities"
done
# What it holds is not there for others of its user: not dumpable is owned by root.
if [ "$(id -u)" = 0 ]; then
	runuser -u nobody -- ls "/proc/$agent/fd" >/dev/null 2>&1 && fail "anybody sees its descriptors"
	setpriv=$(command -v setpriv || true)
	if [ -n "$setpriv" ]; then
		stop
		chmod 755 "$work"
		install -m 755 "$daemon" "$work/cpucompatd"
		start "$setpriv" --reuid 65534 --regid 65534 --clear-groups "$work/cpucompatd" --config none --listen 127.0.0.1:0
		agent_itself=$agent
		exercise
		[ "$(stat -c %u "/proc/$agent/mem")" = 0 ] || fail "its memory is its user's to read"
	fi
fi
curl -sS "${url}v1/snapshot" >"$work/dump"
stop

# With a dump in place of the machine, read again.
start "$daemon" --config none --listen 127.0.0.1:0 --replay "$work/dump"
agent_itself=$agent
exercise
stop

# With the few descriptors that service managers and shells allow at first: more are allowed before that is refused.
start bash -c 'ulimit -Sn 1024; exec "$@"' bash "$daemon" --config none --listen 127.0.0.1:0
read -r soft hard < <(awk '/^Max open files/ { print $4, $5 }' "/proc/$agent/limits")
[ "$hard" -le 1024 ] || [ "$soft" -gt 1024 ] || fail "still $soft descriptors of $hard"
stop

# TLS, tokens, a unix socket, a line a request; read again, and the socket's file removed at the end.
if command -v openssl >/dev/null; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$work/key.pem" -out "$work/certificate.pem" \
		-days 2 -subj /CN=localhost -addext 'subjectAltName=IP:127.0.0.1' 2>/dev/null
	chmod 600 "$work/key.pem"
	echo "me sha256:$(printf %s secret | sha256sum | cut -d' ' -f1)" >"$work/tokens"
	start "$daemon" --config none --listen 127.0.0.1:0 --listen "unix:$work/socket" --tls-certificate "$work/certificate.pem" \
		--tls-key "$work/key.pem" --tokens "$work/tokens" --public /healthz --log-requests
	tls=(--cacert "$work/certificate.pem" -H 'Authorization: Bearer secret')
	[ "$(ask "${tls[@]}" "${url}v1/report")" = 200 ] || fail "no report over TLS"
	[ "$(ask "${tls[@]}" --tls-max 1.2 "${url}v1/report")" = 200 ] || fail "no report over TLS 1.2"
	[ "$(ask --cacert "$work/certificate.pem" "${url}v1/report")" = 401 ] || fail "a report for everybody"
	[ "$(ask --unix-socket "$work/socket" http://localhost/healthz)" = 200 ] || fail "no answer on a unix socket"
	echo nonsense | timeout 5 bash -c "cat >/dev/tcp/127.0.0.1/$(sed 's|.*:\([0-9]*\)/$|\1|' <<<"$url")" || true
	kill -HUP "$agent"
	sleep 0.5
	[ "$(ask "${tls[@]}" "${url}readyz")" = 200 ] || fail "no answer over TLS after SIGHUP"
	grep -q '<4>' "$work/log" && fail "a warning: $(grep '<4>' "$work/log")"
	stop
	[ ! -e "$work/socket" ] || fail "the unix socket's file is left"
fi

# no-sandbox leaves the filter out, and the capabilities too.
start "$daemon" --config none --listen 127.0.0.1:0 --no-sandbox
[ "$(awk '$1 == "Seccomp:" { print $2 }' "/proc/$agent/status")" = 0 ] || fail "a filter with --no-sandbox"
[ "$(awk '$1 == "CapEff:" { print $2 }' "/proc/$agent/status")" = 0000000000000000 ] || fail "capabilities with --no-sandbox"
grep -q '^<4>cpucompatd: system calls are not filtered' "$work/log" || fail "--no-sandbox is not told"
stop

# Which calls it makes, from the filter on: each is a row, and a row that allows.
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	start strace -f -qq -o "$work/trace" "$daemon" --config none --listen 127.0.0.1:0
	tracer=$agent
	agent_itself=$(pgrep -P "$tracer" cpucompatd)
	exercise
	kill -TERM "$agent_itself"
	wait "$tracer" || fail "exit $? under strace"
	agent= tracer=
	# clone3() is answered with ENOSYS, and that is what it is for.
	sed -n '/seccomp(SECCOMP_SET_MODE_FILTER, .*= 0/,$p' "$work/trace" |
		sed -nE 's/^[0-9]+ +(<\.\.\. )?([a-z_0-9]+)(\(| resumed>).*/\2/p' | sort -u | grep -vxE 'seccomp|clone3' >"$work/made"
	sed -nE 's/^CPC_CALL\(([a-z_0-9]+), ALLOW, ALWAYS, .*/\1/p' "$CPC_SOURCE/agent/daemon/calls.def" | sort -u >"$work/allowed"
	[ "$(wc -l <"$work/made")" -ge 15 ] || fail "strace saw only $(tr '\n' ' ' <"$work/made")"
	strange=$(comm -23 "$work/made" "$work/allowed")
	[ -z "$strange" ] || fail "no row allows $strange"
	echo "sandbox: $(wc -l <"$work/made") of $(wc -l <"$work/allowed") allowed calls were made: $(tr '\n' ' ' <"$work/made")"
else
	echo "sandbox: strace cannot trace here, so the list of calls was not compared"
fi

[ "$(grep -cE '^(200|404|405|400|414|431|413)$' "$work/codes")" = "$(wc -l <"$work/codes")" ] || fail "other answers: $(sort "$work/codes" | uniq -c)"
[ $failures -eq 0 ] && echo "sandbox: $(wc -l <"$work/codes") answers and none refused"
exit $((failures > 0))
