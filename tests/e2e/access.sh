#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Where the agent listens and who may ask: TLS, client certificates, tokens, unix sockets, and all of it changed under a
# running agent. In a network namespace of its own where that can be had, for addresses that others could reach.
set -u
if [ -z "${CPC_OWN_NETWORK:-}" ] && command -v ip >/dev/null && unshare -n ip link set lo up 2>/dev/null; then
	CPC_OWN_NETWORK=yes exec unshare -n bash -c 'ip link set lo up; exec bash "$0" "$@"' "$0" "$@"
fi

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need curl openssl
daemon=${CPC_BIN:?}/cpucompatd
asking=(--cacert "$folder/ca.pem")
token=$(openssl rand -base64 32)
other_token=$(openssl rand -hex 32)

trap '' PIPE

# answer WHAT STATUS CURL-ARGUMENTS...
answer()
{
	local what=$1 expected=$2
	shift 2
	ask "$@"
	equal "$what" "$expected" "$status"
}

# end: stop, and look for what nobody should find in any log
end()
{
	local secret
	stop
	for secret in "$token" "$other_token" "$(sed -n 2p "$folder/server.key")"; do
		grep -qF -e "$secret" "$folder/log" && fail "a secret is in the log"
	done
}

# hangup NEEDLE COUNT: SIGHUP, and wait until the log has that many lines with it
hangup()
{
	kill -HUP "$pid"
	for _ in $(seq 100); do
		[ "$(grep -cF -e "$1" "$folder/log")" -ge "$2" ] && return
		sleep 0.05
	done
	fail "SIGHUP: no '$1' in: $(tail -n 3 "$folder/log")"
}

# refused CODE NEEDLE ARGUMENTS...: the agent does not start, and says why in one line
refused()
{
	local expected=$1 needle=$2
	shift 2
	timeout 20 "$daemon" --config none "$@" >"$folder/out" 2>"$folder/err"
	equal "cpucompatd $*" "$expected" $?
	equal "cpucompatd $* lines" 1 "$(wc -l <"$folder/err")"
	holds "cpucompatd $*" "$needle" "$folder/err"
}

# row NAME TOKEN: as the manual page tells to make it
row()
{
	printf '%s sha256:%s\n' "$1" "$(printf %s "$2" | sha256sum | cut -d ' ' -f 1)"
}

# issue NAME AUTHORITY USAGE: a key and a certificate for localhost
issue()
{
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" &&
		printf 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\nextendedKeyUsage=%s\n' "$3" >"$1.ext" &&
		openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 2 -extfile "$1.ext" \
			-out "$1.pem"
}

make_certificates()
{
	local name
	for name in ca stranger; do
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $name.key -out $name.pem \
			-subj "/CN=$name" -days 2 || return
	done
	issue server ca serverAuth && issue second ca serverAuth && issue client ca clientAuth &&
		issue impostor stranger clientAuth && issue wrong_use ca serverAuth &&
		openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.pem -subj /CN=rsa -days 2 \
			-addext subjectAltName=IP:127.0.0.1 && chmod 600 ./*.key
}

# version OPENSSL-ARGUMENTS...: what was negotiated, "(NONE)" for nothing
version()
{
	timeout 10 openssl s_client -connect "127.0.0.1:$port" "$@" </dev/null 2>/dev/null |
		sed -n 's/^New, \([^,]*\),.*/\1/p' | head -n 1
}

# Whether this openssl still speaks TLS 1.1, asked of a server that does.
speaks_old()
{
	local server_pid result='' agent_port=$port
	port=$((port == 65535 ? port - 1 : port + 1))
	openssl s_server -accept "127.0.0.1:$port" -cert server.pem -key server.key -tls1_1 -cipher ALL:@SECLEVEL=0 \
		-quiet >/dev/null 2>&1 &
	server_pid=$!
	for _ in $(seq 50); do
		result=$(version -tls1_1 -cipher ALL:@SECLEVEL=0)
		[ -n "$result" ] && break
		sleep 0.1
	done
	kill "$server_pid" 2>/dev/null
	wait "$server_pid" 2>/dev/null
	port=$agent_port
	[ -n "$result" ] && [ "$result" != "(NONE)" ]
}

encryption()
{
	start --listen 127.0.0.1:0 --tls-certificate server.pem --tls-key server.key
	equal "the address" "https://127.0.0.1:$port/" "$url"
	answer "https" 200 "${url}v1/report"
	answer "https, by name" 200 "https://localhost:$port/healthz"
	curl -sS --max-time 20 --cacert stranger.pem "$url" >/dev/null 2>&1
	equal "curl's exit code with another authority" 60 $?
	answer "plain HTTP on a TLS port" 000 "http://127.0.0.1:$port/healthz"
	equal "TLS 1.2" TLSv1.2 "$(version -tls1_2)"
	equal "TLS 1.3" TLSv1.3 "$(version -tls1_3)"
	if speaks_old; then
		equal "TLS 1.1" "(NONE)" "$(version -tls1_1 -cipher ALL:@SECLEVEL=0)"
		equal "TLS 1.0" "(NONE)" "$(version -tls1 -cipher ALL:@SECLEVEL=0)"
	else
		echo "skipped: this openssl does not speak TLS 1.1 itself"
	fi
	equal "a cipher without authentication of its own" "(NONE)" "$(version -tls1_2 -cipher ECDHE-ECDSA-AES128-SHA)"
	equal "after all that" 200 "$(ask "${url}healthz"; echo "$status")"
	end
	start --listen 127.0.0.1:0 --tls-certificate rsa.pem --tls-key rsa.key
	equal "RSA, TLS 1.2" TLSv1.2 "$(version -tls1_2)"
	equal "RSA, TLS 1.3" TLSv1.3 "$(version -tls1_3)"
	end
	chmod 644 server.key
	start --listen 127.0.0.1:0 --tls-certificate server.pem --tls-key server.key
	holds "a key that everybody may read" "<4>cpucompatd: tls-key server.key: everybody" "$folder/log"
	end
	chmod 600 server.key
}

bad_files()
{
	refused 65 "second.key: not the key of" --tls-certificate server.pem --tls-key second.key
	refused 65 "holds no certificate" --tls-certificate tokens --tls-key server.key
	refused 66 "missing" --tls-certificate missing --tls-key server.key
	refused 64 "go together" --tls-certificate server.pem
	refused 64 "tls-client-ca" --tls-client-ca ca.pem
	refused 64 "tls-client-required" --tls-certificate server.pem --tls-key server.key --tls-client-required
	echo "ops $token" >bad
	refused 65 "tokens bad:1:" --tokens bad
	grep -qF -e "$token" "$folder/err" && fail "a token is printed"
	refused 66 "missing" --tokens missing
	refused 64 "public: /nothing" --public /nothing
	refused 64 "socket-mode" --listen "unix:$folder/socket" --socket-mode 888
	refused 64 "no-such-group" --listen "unix:$folder/socket" --socket-group no-such-group
	refused 64 "absolute" --listen unix:socket
	refused 65 "not the key of" --check --tls-certificate server.pem --tls-key second.key
}

tokens()
{
	{ echo "# who may ask"; row first "$token"; } >tokens
	start --listen 127.0.0.1:0 --tokens tokens --public /healthz --public /metrics --log-requests
	answer "public" 200 "${url}healthz"
	answer "public too" 200 "${url}metrics"
	for path in v1/report nothing '' v1/compare healthz/ healthz%2f "v1/report?access_token=$token"; do
		answer "/$path without a token" 401 -g "$url$path"
		equal "/$path challenge" 'Bearer realm="cpucompat"' "$(header WWW-Authenticate)"
		equal "/$path type" application/problem+json "$(header Content-Type)"
	done
	holds "the problem" '"status": 401' "$folder/body"
	answer "HEAD" 401 -I "${url}v1/report"
	answer "DELETE" 401 -X DELETE "${url}v1/report"
	answer "POST" 401 -d nonsense "${url}v1/compare"
	head -c 900000 /dev/zero | tr '\0' a >large
	answer "a large POST" 401 --data-binary @large "${url}v1/compare"
	answer "a large POST that waits" 401 -H 'Expect: 100-continue' --data-binary @large "${url}v1/compare"
	answer "the token" 200 -H "Authorization: Bearer $token" "${url}v1/report"
	answer "nothing, with the token" 404 -H "Authorization: Bearer $token" "${url}nothing"
	answer "in small letters" 200 -H "authorization: bearer $token" "${url}v1/report"
	for wrong in "Bearer ${token%=}x" "Bearer $(printf %s "$token" | sha256sum | cut -d ' ' -f 1)" "Bearer" "Bearer  " \
		"Basic $(printf 'first:%s' "$token" | openssl base64 -A)" "$token"; do
		answer "wrong: ${wrong%% *}" 401 -H "Authorization: $wrong" "${url}v1/report"
		equal "wrong: ${wrong%% *}, challenge" 'Bearer realm="cpucompat", error="invalid_token"' \
			"$(header WWW-Authenticate)"
	done
	answer "two tokens" 401 -H "Authorization: Bearer $token" -H "Authorization: Bearer $token" "${url}v1/report"
	equal "kept alive after 401" "1 0 " "$(curl -sS -o /dev/null -o /dev/null -w '%{num_connects} ' "${url}v1/report" "${url}")"
	holds "the log names who asked" " as first" "$folder/log"
	holds "the log has the path alone" "GET /v1/report 401 from 127.0.0.1:" "$folder/log"
	grep -q 'access_token' "$folder/log" && fail "a query is in the log"
	rotation
	for file in "/proc/$pid/cmdline" <(curl -sS "${url}metrics") <(curl -sS -H "Authorization: Bearer $other_token" "$url"); do
		tr '\0' ' ' <"$file" >"$folder/out"
		[ -s "$folder/out" ] || fail "nothing to look for secrets in"
		for secret in "$token" "$other_token"; do
			grep -qF -e "$secret" "$folder/out" && fail "a secret is in $file"
		done
	done
	end
}

# A token comes, the old one goes; a bad file changes nothing.
rotation()
{
	answer "before it is known" 401 -H "Authorization: Bearer $other_token" "${url}v1/report"
	row second "$other_token" >>tokens
	kill -HUP "$pid"
	until_status 200 "$other_token"
	answer "the old token beside the new one" 200 -H "Authorization: Bearer $token" "${url}v1/report"
	cp tokens kept
	echo 'third sha256:nonsense' >>tokens
	hangup "still serving as before: tokens tokens:4: not a token's row" 1
	answer "after a bad file" 200 -H "Authorization: Bearer $token" "${url}v1/report"
	sed '/^first/d' kept >tokens
	kill -HUP "$pid"
	until_status 401 "$token"
	answer "the new token alone" 200 -H "Authorization: Bearer $other_token" "${url}v1/report"
}

# until_status STATUS TOKEN: the answer to that token changes within five seconds
until_status()
{
	for _ in $(seq 100); do
		ask -H "Authorization: Bearer $2" "${url}v1/report"
		[ "$status" = "$1" ] && return
		sleep 0.05
	done
	fail "no $1 after SIGHUP"
}

# A connection of our own to keep open: converse starts it, say PATH gives the status of a request in it.
converse()
{
	coproc client { exec openssl s_client -quiet -connect "127.0.0.1:$port" -CAfile ca.pem "$@" 2>/dev/null; }
	exec {to}>&"${client[1]}" {from}<&"${client[0]}"
}

say()
{
	local line length=0
	printf 'GET %s HTTP/1.1\r\nHost: a\r\n\r\n' "$1" >&"$to"
	read -r -t 10 _ said _ <&"$from" || said=closed
	while read -r -t 10 line <&"$from"; do
		line=${line%$'\r'}
		[ -n "$line" ] || break
		case $line in [Cc]ontent-[Ll]ength:*) length=${line#*: } ;; esac
	done
	[ "$length" -eq 0 ] || head -c "$length" <&"$from" >/dev/null
}

hang_up()
{
	exec {to}>&- {from}<&-
	kill "$client_PID" 2>/dev/null
	wait "$client_PID" 2>/dev/null
}

client_certificates()
{
	local tls=(--listen 127.0.0.1:0 --tls-certificate server.pem --tls-key server.key)
	cp ca.pem authorities
	start "${tls[@]}" --tls-client-ca authorities --public /healthz --log-requests
	answer "optional, without" 401 "${url}v1/report"
	answer "optional, without, public" 200 "${url}healthz"
	answer "optional, with" 200 --cert client.pem --key client.key "${url}v1/report"
	answer "optional, with, TLS 1.2" 200 --tls-max 1.2 --cert client.pem --key client.key "${url}v1/report"
	holds "the log" " with a certificate" "$folder/log"
	answer "of another authority" 000 --cert impostor.pem --key impostor.key "${url}healthz"
	answer "of another authority, TLS 1.2" 000 --tls-max 1.2 --cert impostor.pem --key impostor.key "${url}healthz"
	answer "a server's certificate" 000 --cert wrong_use.pem --key wrong_use.key "${url}healthz"
	# Who is not trusted any more has no old connection to hide in; that connection lives on.
	converse -cert client.pem -key client.key
	say /v1/report
	equal "an open connection" 200 "$said"
	cp stranger.pem authorities
	kill -HUP "$pid"
	for _ in $(seq 100); do
		ask --cert impostor.pem --key impostor.key "${url}v1/report"
		[ "$status" = 200 ] && break
		sleep 0.05
	done
	equal "another authority after SIGHUP" 200 "$status"
	say /v1/report
	equal "an open connection after its authority has gone" 401 "$said"
	say /healthz
	equal "and what is public" 200 "$said"
	hang_up
	end
	start "${tls[@]}" --tls-client-ca ca.pem --tls-client-required
	answer "required, without" 000 "${url}healthz"
	answer "required, without, TLS 1.2" 000 --tls-max 1.2 "${url}healthz"
	answer "required, with" 200 --cert client.pem --key client.key "${url}healthz"
	end
}

served_serial()
{
	openssl s_client -connect "127.0.0.1:$port" </dev/null 2>/dev/null | openssl x509 -noout -serial
}

# A new certificate under a client that asks without a pause and one that keeps its connection.
renewal()
{
	local asker codes i
	cp server.pem live.pem && cp server.key live.key
	start --listen 127.0.0.1:0 --tls-certificate live.pem --tls-key live.key
	equal "the first certificate" "$(openssl x509 -noout -serial -in server.pem)" "$(served_serial)"
	converse
	say /v1/report
	equal "before" 200 "$said"
	touch asking
	(while [ -e asking ]; do
		curl -sS --max-time 20 --cacert ca.pem -o /dev/null -w '%{http_code}\n' "${url}v1/report" || echo "curl: $?"
	done) >codes 2>&1 &
	asker=$!
	# One connection through it all.
	curl -sS --max-time 60 --cacert ca.pem -o /dev/null -w '%{http_code} %{num_connects}\n' --rate 20/s \
		"${url}healthz#[1-60]" >kept_alive 2>&1 &
	local keeper=$!
	[ "$(curl --help all 2>/dev/null | grep -c -- --rate)" -gt 0 ] || fail "curl is too old for --rate"
	for i in second server second; do
		cp $i.pem live.pem && cp $i.key live.key
		kill -HUP "$pid"
		for _ in $(seq 100); do
			[ "$(served_serial)" = "$(openssl x509 -noout -serial -in $i.pem)" ] && break
			sleep 0.05
		done
		equal "the certificate after SIGHUP" "$(openssl x509 -noout -serial -in $i.pem)" "$(served_serial)"
		say /v1/report
		equal "an open connection after SIGHUP" 200 "$said"
	done
	# Half of a pair: the old one stays.
	cp server.pem live.pem
	hangup "still serving as before: tls-key live.key: not the key of the certificate in live.pem" 1
	equal "lines of it" 1 "$(grep -c 'still serving' "$folder/log")"
	equal "the certificate after half a pair" "$(openssl x509 -noout -serial -in second.pem)" "$(served_serial)"
	say /healthz
	equal "an open connection after half a pair" 200 "$said"
	hang_up
	rm asking
	wait "$asker"
	wait "$keeper"
	codes=$(sort -u codes | tr '\n' ' ')
	equal "requests during renewals" "200 " "$codes"
	[ "$(wc -l <codes)" -ge 5 ] || fail "only $(wc -l <codes) requests during renewals"
	equal "requests in one connection" 60 "$(grep -c '^200 ' kept_alive)"
	equal "its connections" 1 "$(grep -c ' 1$' kept_alive)"
	end
}

unix_sockets()
{
	local socket=$folder/socket mode group
	group=$(id -gn)
	start --listen "unix:$socket" --socket-mode 0600 --socket-group "$group" --tls-certificate server.pem \
		--tls-key server.key --listen 127.0.0.1:0
	equal "the address" "unix:$socket" "$url"
	equal "mode and group" "600 $group" "$(stat -c '%a %G' "$socket")"
	answer "unix, without TLS" 200 --unix-socket "$socket" http://localhost/v1/report
	refused 69 "address already in use" --listen "unix:$socket"
	answer "after another agent has tried" 200 --unix-socket "$socket" http://localhost/healthz
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	[ -S "$socket" ] || fail "no file is left of an agent that was killed"
	start --listen "unix:$socket"
	equal "the default mode" 660 "$(stat -c %a "$socket")"
	answer "in the place of a dead agent" 200 --unix-socket "$socket" http://localhost/healthz
	end
	[ -e "$socket" ] && fail "the socket's file is left"
	echo precious >"$socket"
	refused 69 "is no socket" --listen "unix:$socket"
	equal "a file that is no socket" precious "$(cat "$socket")"
	rm "$socket"
	refused 69 "No such file or directory" --listen unix:/nonexistent/socket
}

far()
{
	local loopback address
	row first "$token" >tokens
	refused 64 "or say insecure" --listen 0.0.0.0:0
	refused 64 "or say insecure" --listen '[::]:0'
	refused 64 "or say insecure" --listen 0.0.0.0:0 --tokens tokens
	refused 64 "or say insecure" --listen 0.0.0.0:0 --tls-certificate server.pem --tls-key server.key
	refused 64 "or say insecure" --check --listen 127.0.0.1:0 --listen 192.0.2.1:0
	[ -n "${CPC_OWN_NETWORK:-}" ] || { echo "skipped: no network of its own, so no address that others reach"; return; }
	start --listen 0.0.0.0:0 --insecure
	holds "insecure" "<4>cpucompatd: http://0.0.0.0:$port/: others can reach it, unencrypted, without a credential" "$folder/log"
	answer "insecure" 200 "http://127.0.0.1:$port/v1/report"
	end
	start --listen 0.0.0.0:0 --insecure --tokens tokens
	answer "insecure, with tokens" 401 "http://127.0.0.1:$port/v1/report"
	answer "insecure, with a token" 200 -H "Authorization: Bearer $token" "http://127.0.0.1:$port/v1/report"
	end
	for address in '[::]' 0.0.0.0; do
		loopback=127.0.0.1
		[ "$address" = 0.0.0.0 ] || loopback='[::1]'
		[ "$address" = 0.0.0.0 ] || grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null || continue
		start --listen "$address:0" --tls-certificate server.pem --tls-key server.key --tokens tokens
		equal "the address" "https://$address:$port/" "$url"
		grep -q insecure "$folder/log" && fail "$address: a warning without a reason"
		answer "$address without a token" 401 "https://$loopback:$port/v1/report"
		answer "$address, metrics without a token" 401 "https://$loopback:$port/metrics"
		answer "$address, nothing without a token" 401 "https://$loopback:$port/nothing"
		answer "$address, /healthz" 200 "https://$loopback:$port/healthz"
		answer "$address with a token" 200 -H "Authorization: Bearer $token" "https://$loopback:$port/v1/report"
		end
	done
	# Both families of one port at once, and loopback beside them with its own rule.
	if grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null; then
		start --listen 0.0.0.0:10790 --listen '[::]:10790' --listen 127.0.0.1:10791 --tls-certificate server.pem \
			--tls-key server.key --tokens tokens
		answer "0.0.0.0 beside [::]" 401 https://127.0.0.1:10790/v1/report
		answer "[::] beside 0.0.0.0" 401 'https://[::1]:10790/v1/report'
		answer "loopback beside both" 200 https://127.0.0.1:10791/v1/report
		end
	fi
}

# Requests are logged when that is wanted, from one SIGHUP to another.
logging()
{
	echo "log-requests = no" >conf
	: >"$folder/log"
	"$daemon" --config conf --listen 127.0.0.1:0 2>>"$folder/log" &
	pid=$!
	for _ in $(seq 200); do
		url=$(sed -n 's|^<6>cpucompatd: listening on ||p' "$folder/log")
		[ -n "$url" ] && break
		sleep 0.05
	done
	ask "${url}healthz"
	grep -q 'GET /healthz' "$folder/log" && fail "a request is logged unasked"
	echo "log-requests = yes" >conf
	hangup "log-requests changed" 1
	for _ in $(seq 100); do
		ask "${url}healthz?$(printf 'a%.0s' {1..300})"
		ask -g --path-as-is "${url}evil%0apath%1b[31m$(printf 'a%.0s' {1..300})"
		grep -q 'GET /evil' "$folder/log" && break
		sleep 0.05
	done
	ask -X GET -d body "${url}metrics"
	holds "a request that is refused" "GET /metrics 400 from 127.0.0.1:" "$folder/log"
	# One that reads parameters; what they hold is not logged.
	ask "${url}v1/compare?with=cpc1:GenuineIntel:6.1.1:1:pa=36"
	holds "a request" "GET /v1/compare 200 from 127.0.0.1:" "$folder/log"
	grep -q 'GenuineIntel:6.1.1' "$folder/log" && fail "a query is logged"
	grep -F 'GET /evil%0apath%1b[31maaa' "$folder/log" | grep -qF 'aaa... 404' || fail "a long path is not cut"
	equal "long lines" 0 "$(awk 'length > 400' "$folder/log" | wc -l)"
	end
}

# What root reads of another user's it reads by a capability, which is gone when it serves: said at once.
files_of_others()
{
	[ "$(id -u)" = 0 ] || { echo "skipped: files of another user, which only root reads"; return; }
	cp server.key others.key
	chmod 600 others.key tokens
	chown 65534 others.key || return
	start --listen 127.0.0.1:0 --tls-certificate server.pem --tls-key others.key --tokens tokens
	holds "a key of another's" "<4>cpucompatd: tls-key others.key: cannot be read without the capabilities" "$folder/log"
	equal "warnings" 1 "$(grep -c '^<4>' "$folder/log")"
	hangup "still serving as before: tls-key others.key: Permission denied" 1
	end
	# The token of a peer is read when they are gone already.
	cp tokens others.token
	chmod 600 others.token
	chown 65534 others.token
	timeout 20 "$daemon" --config none --listen 127.0.0.1:0 --peer "a http://127.0.0.1:1 token-file=others.token" 2>"$folder/err"
	equal "a token of another's" 77 $?
	holds "a token of another's" "<4>cpucompatd: token-file others.token: cannot be read without the capabilities" "$folder/err"
	holds "a token of another's" "<3>cpucompatd: peer a: token-file others.token: Permission denied" "$folder/err"
}

cd "$folder" || exit 1
make_certificates >openssl.log 2>&1 || { tail -n 5 openssl.log >&2; echo "FAIL: no certificates" >&2; exit 1; }
row first "$token" >tokens
encryption
bad_files
tokens
client_certificates
renewal
unix_sockets
files_of_others
far
logging

finish
