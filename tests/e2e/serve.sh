#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The agent as its clients see it. CPC_BIN holds both programs; CPC_WRAP may hold a
# command to run the agent under, such as valgrind.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need curl openssl

daemon=${CPC_BIN:?}/cpucompatd
cli=$CPC_BIN/cpucompat

# Valgrind's processor has no virtualization, so there nothing moves anywhere.
same='"relation": "same"'
[ -z "${CPC_WRAP:-}" ] || same='"relation": "'
# Where an MSR is announced and cannot be read, a host is not known to equal what it told an agent a moment ago.
same_code=0
if "$cli" probe --format fingerprint | grep -qE '[:-]x([:-]|$)|=x'; then
	same='"relation": "unknown"'
	same_code=30
fi

# A write to a connection that the agent has closed is a failed command, not the end.
trap '' PIPE

# terminate: stop, within a second
terminate()
{
	local begin end
	begin=$(date +%s%N)
	stop
	end=$(date +%s%N)
	# Valgrind counts leaks first.
	[ -n "${CPC_WRAP:-}" ] || [ $((end - begin)) -lt 1000000000 ] || fail "SIGTERM took $(((end - begin) / 1000000)) ms"
}

# raw TEXT: send bytes as they are; the first line of the answer in $line, all of it in raw
raw()
{
	local connection
	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	# In one write: bytes that come after the agent has closed would take its answer away.
	printf %b "$1" >"$folder/request"
	cat "$folder/request" >&"$connection"
	timeout 12 cat <&"$connection" >"$folder/raw" 2>/dev/null
	exec {connection}>&-
	line=$(head -n 1 "$folder/raw" | tr -d '\r')
}

exit_of()
{
	timeout 20 "$@" >"$folder/out" 2>"$folder/err"
	code=$?
}

routes()
{
	local path type needle
	while read -r path type needle; do
		ask "$url${path#/}"
		equal "GET $path" 200 "$status"
		equal "GET $path type" "$type" "$(header Content-Type | sed 's/;.*//')"
		holds "GET $path" "$needle" "$folder/body"
		equal "GET $path nosniff" nosniff "$(header X-Content-Type-Options)"
		local length
		length=$(header Content-Length)
		ask -I "$url${path#/}"
		equal "HEAD $path" 200 "$status"
		equal "HEAD $path length" "$length" "$(header Content-Length)"
	done <<-'TABLE'
		/ text/html <html
		/v1/report application/json "schema": "cpucompat/report/1"
		/v1/fingerprint text/plain cpc1:
		/v1/snapshot text/plain 0x00000000 0x00: eax=
		/metrics text/plain cpucompat_fingerprint_info{
		/healthz text/plain ok
		/readyz text/plain ready
		/openapi.json application/json "openapi": "3.1.0"
	TABLE
	ask "$url"
	holds "page policy" "default-src 'none'" "$folder/headers"
	grep -i "^content-security-policy:.*unsafe" "$folder/headers" && fail "the page's policy has a hole"
	# The body's own style, hashed here.
	body=$(cat "$folder/body" && echo .)
	body=${body#*<style>}
	holds "page policy" "style-src 'sha256-$(printf %s "${body%%</style>*}" | openssl dgst -sha256 -binary | base64)'" \
		"$folder/headers"
	grep -qi '<script\|http-equiv\|src=' "$folder/body" && fail "the page is not self-contained"
}

refusals()
{
	local method
	for path in nothing v1 v1/report/ v1/fingerprint%20x v1/%72eport v1//report ../etc/passwd; do
		ask --path-as-is "$url$path"
		equal "GET $path" 404 "$status"
		equal "GET $path type" application/problem+json "$(header Content-Type)"
	done
	holds "problem" '"status": 404' "$folder/body"
	for method in POST PUT DELETE OPTIONS PATCH TRACE BREW; do
		ask -X "$method" "${url}v1/report"
		equal "$method /v1/report" 405 "$status"
		equal "$method /v1/report Allow" "GET, HEAD" "$(header Allow)"
	done
	ask -X PUT -d x "${url}v1/compare"
	equal "PUT /v1/compare" 405 "$status"
	equal "PUT /v1/compare Allow" "GET, HEAD, POST" "$(header Allow)"
	ask -X GET -d x "${url}v1/report"
	equal "GET with a body" 400 "$status"
	ask "${url}healthz?$(head -c 40000 /dev/zero | tr '\0' a)"
	equal "a long request line" 414 "$status"
	ask -H "X-Long: $(head -c 40000 /dev/zero | tr '\0' a)" "${url}healthz"
	equal "a long header" 431 "$status"
}

conditional()
{
	local etag
	for path in "" v1/report v1/fingerprint v1/snapshot metrics healthz readyz openapi.json; do
		ask -I "$url$path"
		etag=$(header ETag)
		[[ $etag =~ ^\"[0-9a-f]+\"$ ]] || fail "/$path: no strong ETag: $etag"
		ask -H "If-None-Match: \"other\", W/$etag" "$url$path"
		equal "/$path If-None-Match" 304 "$status"
		equal "/$path ETag of 304" "$etag" "$(header ETag)"
		ask -H 'If-None-Match: "other"' "$url$path"
		equal "/$path other If-None-Match" 200 "$status"
	done
}

comparisons()
{
	local own
	own=$(curl -sS "${url}v1/fingerprint")
	ask -G --data-urlencode "with=$own" --data-urlencode policy=kvm "${url}v1/compare"
	equal "compare with itself" 200 "$status"
	holds "compare schema" '"schema": "cpucompat/comparison/1"' "$folder/body"
	holds "compare with itself" "$same" "$folder/body"
	holds "compare policy" '"policy": "kvm"' "$folder/body"
	ask -I "${url}v1/compare?with=$own"
	equal "HEAD compare" 200 "$status"
	ask "${url}v1/compare?with=$own&policy=hyperv-2008r2"
	equal "compare, not encoded" 200 "$status"
	holds "compare, other policy" '"policy": "hyperv-2008r2"' "$folder/body"
	ask "${url}v1/compare?%77ith=$own"
	equal "an encoded parameter name" 400 "$status"
	# A vendor with a blank, encoded once more for the query, and as it stands.
	for vendor in 'Genuine%2520%2520RDC' 'Genuine%20%20RDC'; do
		ask "${url}v1/compare?with=cpc1:$vendor:5.8.1:1:pa=32"
		equal "compare with $vendor" 200 "$status"
		holds "compare with $vendor" '"relation": "impossible"' "$folder/body"
	done
	ask --data-binary "$own" "${url}v1/compare?policy=kvm"
	equal "POST a fingerprint" 200 "$status"
	holds "POST a fingerprint" "$same" "$folder/body"
	for path in v1/report v1/snapshot; do
		curl -sS "$url$path" >"$folder/sent"
		ask --data-binary "@$folder/sent" "${url}v1/compare"
		equal "POST /$path" 200 "$status"
		holds "POST /$path" "$same" "$folder/body"
		ask -H 'Transfer-Encoding: chunked' --data-binary "@$folder/sent" "${url}v1/compare"
		equal "POST /$path chunked" 200 "$status"
	done
}

# bad_request WHAT NEEDLE CURL-ARGUMENTS...
bad_request()
{
	local what=$1 needle=$2
	shift 2
	ask "$@"
	equal "$what" 400 "$status"
	equal "$what type" application/problem+json "$(header Content-Type)"
	holds "$what" "$needle" "$folder/body"
}

bad_comparisons()
{
	bad_request "no fingerprint" with "${url}v1/compare"
	bad_request "bad fingerprint" with "${url}v1/compare?with=cpc1:nonsense"
	bad_request "empty fingerprint" with "${url}v1/compare?with="
	bad_request "broken escape" with "${url}v1/compare?with=cpc1%3"
	bad_request "escaped NUL" with "${url}v1/compare?with=cpc1%00"
	bad_request "address" with "${url}v1/compare?with=http://127.0.0.1:$port/"
	bad_request "bad policy" perhaps "${url}v1/compare?with=cpc1:GenuineIntel:6.1.1:1:pa=36&policy=perhaps"
	bad_request "policy twice" policy "${url}v1/compare?with=x&policy=kvm&policy=xen"
	bad_request "unknown parameter" polcy "${url}v1/compare?with=x&polcy=kvm"
	bad_request "POST with" with -d x "${url}v1/compare?with=x"
	bad_request "a parameter where there are none" '\"policy\" here; this takes none' "${url}v1/report?policy=kvm"
	bad_request "an unprintable parameter" 'like that' "${url}metrics?%01"
	bad_request "POST nothing" empty -X POST "${url}v1/compare"
	bad_request "POST nonsense" body -d nonsense "${url}v1/compare"
	yes 'cpc1:A:1.1.1:1:pa=1' 2>/dev/null | head -c 1000000 >"$folder/many"
	bad_request "POST many" hosts --data-binary "@$folder/many" "${url}v1/compare"
	head -c $((1 << 20)) /dev/zero | tr '\0' ' ' >"$folder/large"
	bad_request "POST 1 MiB" body --data-binary "@$folder/large" "${url}v1/compare"
	echo >>"$folder/large"
	for expect in 100-continue ''; do
		for encoding in '' chunked; do
			ask -H "Expect: $expect" ${encoding:+-H "Transfer-Encoding: $encoding"} \
				--data-binary "@$folder/large" "${url}v1/compare"
			equal "POST 1 MiB and 1 byte, Expect '$expect', encoding '$encoding'" 413 "$status"
			equal "413 type" application/problem+json "$(header Content-Type)"
		done
	done
}

# Requests that curl would not send.
framing()
{
	raw 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
	equal "a plain request" "HTTP/1.1 200 OK" "$line"
	raw 'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'
	equal "two Hosts" "HTTP/1.1 400 Bad Request" "$line"
	raw 'GET /healthz HTTP/1.1\r\n\r\n'
	equal "no Host" "HTTP/1.1 400 Bad Request" "$line"
	raw 'GET /healthz HTTP/1.9\r\nHost: a\r\n\r\n'
	equal "HTTP/1.9" "HTTP/1.1 400 Bad Request" "$line"
	raw 'GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
	equal "GET chunked" "HTTP/1.1 400 Bad Request" "$line"
	raw 'POST /v1/compare HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'
	equal "POST gzip" "HTTP/1.1 400 Bad Request" "$line"
	raw 'POST /v1/compare HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 40\r\n\r\nxGET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'
	equal "two lengths" "HTTP/1.1 400 Bad Request" "$line"
	equal "two lengths, answers" 1 "$(grep -c '^HTTP/1.1' "$folder/raw")"
	raw 'POST /v1/compare HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'
	equal "length and chunked" "HTTP/1.1 400 Bad Request" "$line"
	equal "length and chunked, answers" 1 "$(grep -c '^HTTP/1.1' "$folder/raw")"
}

connections()
{
	local got count
	got=$(curl -sS -o /dev/null -o /dev/null -w '%{num_connects} ' "${url}healthz" "${url}v1/report")
	equal "keep-alive: connections made" "1 0 " "$got"
	got=$(curl -sS -o /dev/null -o /dev/null -w '%{num_connects} ' "${url}nothing" "${url}v1/compare")
	equal "keep-alive after problems" "1 0 " "$got"
	for count in 128 200 256 300; do
		got=$(curl -sS -Z --parallel-immediate --parallel-max "$count" --max-time 30 -w '%{http_code}\n' \
			-o /dev/null "${url}v1/fingerprint#[1-$count]" 2>/dev/null | grep -c '^200$')
		equal "$count parallel requests" "$count" "$got"
	done
}

# A byte a second, in the headers and in the body: both are cut, and others are served meanwhile.
trickle()
{
	local begin=$SECONDS text readers=()
	for text in 'GET /healthz HTTP/1.1\r\nHost: a\r\nX: ' \
		'POST /v1/compare HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n'; do
		(
			exec {connection}<>"/dev/tcp/127.0.0.1/$port"
			printf %b "$text" >&"$connection"
			(while sleep 1 && printf a >&"$connection"; do :; done) 2>/dev/null &
			timeout 25 cat <&"$connection" >/dev/null 2>&1
			ended=$?
			kill $! 2>/dev/null
			[ $ended -ne 124 ]
		) &
		readers+=($!)
	done
	ask "${url}healthz"
	equal "served beside tricklers" 200 "$status"
	for reader in "${readers[@]}"; do
		wait "$reader" || fail "a trickled connection lives on"
	done
	[ $((SECONDS - begin)) -le 15 ] || fail "a trickled connection was cut after $((SECONDS - begin)) s"
}

signals()
{
	local before
	before=$(curl -sS "${url}v1/fingerprint")
	(for _ in $(seq 50); do curl -sS --max-time 5 -o /dev/null -w '%{http_code}\n' "${url}v1/report"; done) >"$folder/codes" &
	for _ in 1 2 3 4 5; do
		kill -HUP "$pid"
		sleep 0.2
	done
	wait $!
	equal "requests during SIGHUP" 50 "$(grep -c '^200$' "$folder/codes")"
	equal "the fingerprint after SIGHUP" "$before" "$(curl -sS "${url}v1/fingerprint")"
	grep -q changed "$folder/log" && fail "a change is logged where there is none"
}

# The agent's answer about a processor of the catalogue is the command's own.
catalogue()
{
	local text relation
	text=$("$cli" probe --from @milan --format fingerprint)
	"$cli" compare self "$text" --policy hyperv-2008r2 --format json >"$folder/out"
	relation=$(grep '"relation"' "$folder/out")
	ask "${url}v1/compare?with=$text&policy=hyperv-2008r2"
	equal "GET compare with @milan" 200 "$status"
	[ -n "${CPC_WRAP:-}" ] || holds "GET compare with @milan" "$relation" "$folder/body"
	ask --data-binary "$text" "${url}v1/compare?policy=hyperv-2008r2"
	equal "POST compare with @milan" 200 "$status"
	[ -n "${CPC_WRAP:-}" ] || holds "POST compare with @milan" "$relation" "$folder/body"
}

# The other family, where this machine has it.
version_6()
{
	grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null || return 0
	start --listen '[::1]:0'
	[[ $url = 'http://[::1]:'* ]] || fail "the address of [::1]:0 is $url"
	ask "${url}healthz"
	equal "[::1]" 200 "$status"
	exit_of "$cli" probe --from "$url" --format fingerprint
	equal "probe --from $url" 0 "$code"
	terminate
}

# A replayed dump that changes under the agent.
replay()
{
	curl -sS "${url}v1/snapshot" >"$folder/dump"
	local before old_etag
	terminate
	start --listen 127.0.0.1:0 --replay "$folder/dump" --listen localhost:0
	ask "${url}v1/report"
	equal "replay" 200 "$status"
	holds "replay" '"source": "dump"' "$folder/body"
	old_etag=$(header ETag)
	before=$(curl -sS "${url}v1/fingerprint")
	# Leaf 1 with another stepping.
	sed -i 's/\(0x00000001 0x00: eax=0x[0-9a-f]*\)[0-9a-f] /\1e /' "$folder/dump"
	kill -HUP "$pid"
	for _ in $(seq 50); do
		grep -q changed "$folder/log" && break
		sleep 0.1
	done
	holds "the change" "; it was $before" "$folder/log"
	[ "$(curl -sS "${url}v1/fingerprint")" != "$before" ] || fail "the old fingerprint is served on"
	ask -H "If-None-Match: $old_etag" "${url}v1/report"
	equal "the old ETag" 200 "$status"
	echo nonsense >"$folder/dump"
	kill -HUP "$pid"
	sleep 0.5
	holds "a bad dump" "still serving the last report: " "$folder/log"
	ask "${url}v1/report"
	equal "after a bad dump" 200 "$status"
	equal "listeners" 2 "$(grep -c 'listening on http://127.0.0.1:' "$folder/log")"
	equal "the second listener" ok "$(curl -sS "$(sed -n 's|^<6>cpucompatd: listening on ||p' "$folder/log" | tail -n 1)healthz")"
}

# refused CODE NEEDLE ARGUMENTS...: one line on standard error
refused()
{
	local expected=$1 needle=$2
	shift 2
	exit_of "$daemon" "$@"
	equal "cpucompatd $*" "$expected" "$code"
	equal "cpucompatd $* lines" 1 "$(wc -l <"$folder/err")"
	holds "cpucompatd $*" "$needle" "$folder/err"
}

command_line()
{
	exit_of "$daemon" --help
	equal "--help" 0 "$code"
	holds "--help" "Usage: cpucompatd" "$folder/out"
	exit_of "$daemon" --version
	equal "--version" 0 "$code"
	holds "--version" "cpucompatd " "$folder/out"
	refused 64 -- --frobnicate
	refused 64 -x -x
	refused 64 --listen --listen
	refused 64 operand operand
	refused 64 0.0.0.0:1234 --listen 0.0.0.0:1234
	refused 64 '[::]:1234' --listen '[::]:1234'
	refused 64 192.0.2.1:1234 --listen 192.0.2.1:1234
	refused 64 example.org:80 --listen example.org:80
	refused 64 127.0.0.1:65536 --listen 127.0.0.1:65536
	refused 64 127.0.0.1 --listen 127.0.0.1
	refused 66 /nonexistent --replay /nonexistent
	refused 65 "$folder/many" --replay "$folder/many"
	refused 69 "127.0.0.1:$port: address already in use" --listen "127.0.0.1:$port"
}

client()
{
	if [ -z "${CPC_WRAP:-}" ]; then
		exit_of "$cli" compare self "$url" --format json
		equal "compare self $url" "$same_code" "$code"
		holds "compare self $url" "$same" "$folder/out"
	fi
	exit_of "$cli" probe --from "${url%/}" --format fingerprint
	equal "probe --from" "$(curl -sS "${url}v1/fingerprint")" "$(cat "$folder/out")"
	exit_of "$cli" probe --from "http://user:secret@127.0.0.1:$port/nothing"
	equal "probe --from a wrong path" 69 "$code"
	holds "probe --from a wrong path" "HTTP status 404" "$folder/err"
	grep -q secret "$folder/err" && fail "a password is printed"
}

# Without standard streams, no client gets what is meant for standard error.
no_streams()
{
	local answer
	"$cli" probe --format raw >"$folder/dump"
	bash -c 'exec 0<&- 1>&- 2>&-; exec "$@"' - "$daemon" --listen 127.0.0.1:0 --replay "$folder/dump" &
	pid=$!
	for _ in $(seq 100); do
		[ "$(readlink "/proc/$pid/fd/2")" = /dev/null ] && break
		sleep 0.1
	done
	equal "standard error of an agent without streams" /dev/null "$(readlink "/proc/$pid/fd/2")"
	sleep 0.5
	terminate
}

# Nobody listens any more.
client_alone()
{
	exit_of "$cli" compare self "http://127.0.0.1:$port"
	equal "compare with nobody" 69 "$code"
	equal "compare with nobody, lines" 1 "$(wc -l <"$folder/err")"
	holds "compare with nobody" "http://127.0.0.1:$port: connection refused; is cpucompatd running there?" "$folder/err"
}

start --listen 127.0.0.1:0
routes
refusals
conditional
comparisons
bad_comparisons
framing
connections
trickle
signals
command_line
client
catalogue
replay
# Half a request and a silent connection do not hold up the end.
exec {half}<>"/dev/tcp/127.0.0.1/$port" {silent}<>"/dev/tcp/127.0.0.1/$port"
printf 'POST /v1/compare HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n' >&"$half"
sleep 0.2
terminate
exec {half}>&- {silent}>&-
client_alone
version_6
no_streams

finish
