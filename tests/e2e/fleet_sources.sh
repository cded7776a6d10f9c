#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Where a fleet is read from over the network: Prometheus servers that answer well, badly and not at all, agents that want
# a token, lists of agents half of which are dead; and what is shown on a terminal meanwhile.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need curl jq socat openssl script

bin=${CPC_BIN:?}/cpucompat
children=()
cleanup()
{
	local child
	exec 2>/dev/null
	for child in "${children[@]}"; do
		kill -KILL -- "-$child" || kill -KILL "$child"
	done
	[ -n "$pid" ] && kill -KILL "$pid"
	rm -rf "$folder"
}
trap cleanup EXIT
# Each child a group of its own, so that what it forked ends with it.
set -m

# listen NAME ADDRESS COMMAND: a server on a port of loopback, $port, that runs a command for each client once its
# request is read; what was asked is in NAME.request
listen()
{
	printf '%s\n' "while IFS= read -r line && [ \"\${#line}\" -gt 1 ]; do echo \"\$line\" >>'$folder/$1.request'; done" "$3" \
		>"$folder/$1.sh"
	socat -d -d "$2,bind=127.0.0.1,fork,backlog=64" "EXEC:bash $folder/$1.sh" 2>"$folder/$1.socat" &
	children+=($!)
	port=
	for _ in $(seq 100); do
		port=$(sed -n 's/.*listening on AF=2 127\.0\.0\.1:\([0-9]*\)$/\1/p' "$folder/$1.socat" | head -n 1)
		[ -n "$port" ] && return
		sleep 0.05
	done
	cat "$folder/$1.socat" >&2
	echo "FAIL: $1 does not listen" >&2
	exit 1
}

head='HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close'

# prometheus NAME COMMAND: a server whose answer a command prints, head and all
prometheus()
{
	listen "$1" TCP-LISTEN:0 "$2"
	address=prometheus+http://127.0.0.1:$port
}

columns=500

# series INSTANCE LABELS VIEW FINGERPRINT TIME: one, labels with a comma behind them
series()
{
	printf '{"metric":{"instance":"%s",%s"view":"%s","fingerprint":"%s"},"value":[1,"%s"]}' "$@"
}

# vector SERIES...: an answer
vector()
{
	local IFS=,
	printf '{"status":"success","data":{"resultType":"vector","result":[%s]}}' "$*"
}

ice=$("$bin" probe --from @ice-lake-sp --format fingerprint)
milan=$("$bin" probe --from @milan --format fingerprint)
milan_id=$("$bin" probe --from @milan --format json | jq -r .fingerprints.cpuid.id)

# A good answer, in no order: two views of one host, two hosts of one name, one that moved.
vector "$(series b '"job":"j",' kvm "$ice" 5)" "$(series a '"job":"j",' cpuid "$milan" 5)" "$(series b '"job":"j",' cpuid "$ice" 5)" \
	"$(series a '"job":"k",' cpuid "$milan" 5)" "$(series moved '' cpuid "$milan" 1700000000)" \
	"$(series moved '' cpuid "$ice" 1700000060.5)" >"$folder/good.json"
prometheus good "printf '$head\r\n\r\n'; cat '$folder/good.json'"
run 0 fleet "$address/some/prefix/" --match 'cluster="a b"' --match 'job=~"x.*",c!="d"'
shows "4 hosts, 3 classes, 2 vendors, 1 unreadable" 'a{job="j"} a{job="k"}' \
	"moved: its newest fingerprint (view cpuid) counts; another, id $milan_id, is 60 s older and does not"
equal "the question" "GET /some/prefix/api/v1/query?query=timestamp%28cpucompat_fingerprint_info%7Bcluster%3D%22a%20b%22%2Cjob%3D~%22x.%2A%22%2Cc%21%3D%22d%22%7D%29 HTTP/1.1" \
	"$(head -n 1 "$folder/good.request" | tr -d '\r')"
run 0 fleet "$address" --format json
equal "the document" '[4,3,[["a{job=\"j\"}","a{job=\"k\"}"],["b"],["moved"]]]' \
	"$(jq -c '[.hosts, (.classes | length), [.classes[].hosts]]' "$folder/out")"
equal "the views" '[false,true,false]' "$(jq -c '[.classes[].kvm != null]' "$folder/out")"
# The same, packed, as servers send what is long.
gzip -c "$folder/good.json" >"$folder/good.gz"
prometheus packed "printf 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n'; cat '$folder/good.gz'"
run 0 fleet "$address"
shows "4 hosts, 3 classes, 2 vendors, 1 unreadable"
grep -qi '^accept-encoding: gzip' "$folder/packed.request" || fail "nothing packed is asked for"

# Series that are none cost themselves.
{
	printf '{"status":"success","warnings":["store 3 is \\u001b[1maway"],"data":{"resultType":"vector","result":['
	series good '' cpuid "$ice" 5
	printf ',%s' "$(series newer '' cpuid cpc2:GenuineIntel:x 5)" "$(series garbage '' cpuid nonsense 5)" \
		"$(series liar '"id":"00112233445566778899aabbccddeeff",' cpuid "$ice" 5)" "$(series "<script>alert(1)</script>\\u001b[31m" '' guest "$ice" 5)" \
		"$(series half '' kvm "$ice" 5)" "$(series torn '' cpuid "$ice" 5)" "$(series torn '' cpuid "$milan" 5)" \
		'{"metric":{"instance":"bare","view":"cpuid"},"value":[1,"5"]}' '{"metric":{"instance":"'
	head -c 1000000 /dev/zero | tr '\0' x
	printf '","view":"cpuid","fingerprint":"%s"}}]}}' "$ice"
} >"$folder/hostile.json"
prometheus hostile "printf '$head\r\n\r\n'; cat '$folder/hostile.json'"
run 0 fleet "$address"
shows "1 host, 1 class, 1 vendor, 9 unreadable" "newer: fingerprint version cpc2 is not known here" "garbage: not a fingerprint" \
	"liar: its id is not the one of its fingerprint" "<script>alert(1)</script>?[31m: its view is none" "half: only its view kvm is known" \
	"torn: has several fingerprints (view cpuid) of one time" "bare: it has no label fingerprint" \
	"a series: it is longer than any of ours" "$address: hosts may be missing: it warns: store 3 is ?[1maway"
LC_ALL=C grep -q $'\033' "$folder/out" && fail "a control character is printed"

# What is no answer at all.
# bad NAME COMMAND CODE NEEDLE [ARGUMENTS...]: the source gives nothing, and why
bad()
{
	local name=$1 command=$2 code=$3 needle=$4
	shift 4
	prometheus "$name" "$command"
	run "$code" fleet "$address" "$@"
	shows "0 hosts" "$address: $needle"
}
bad none "printf '$head\r\n\r\n'; echo '$(vector)'" 66 "no series of cpucompat_fingerprint_info; are agents scraped there?"
run 66 fleet "$address" --match 'a="b"'
shows "that --match leaves"
bad half "printf '$head\r\nContent-Length: 1000000\r\n\r\n'; cat '$folder/good.json'" 69 ""
bad cut "printf '$head\r\n\r\n'; head -c 400 '$folder/good.json'" 69 "what answers is not Prometheus' API"
bad page "printf '$head\r\n\r\n<!DOCTYPE html><title>Log in</title>'" 69 "what answers is not Prometheus' API (no whole JSON answer); a login page"
bad unauthorized "printf 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\nno\r\n'" 69 "HTTP status 401: it wants a token; give --token-file FILE"
bad missing "printf 'HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nno\r\n'" 69 "HTTP status 404: no /api/v1/query there; does its address have a prefix?"
echo '{"status":"error","errorType":"execution","error":"query \u001b[1mtook too long"}' >"$folder/invalid.json"
bad invalid "printf 'HTTP/1.1 422 Unprocessable\r\nConnection: close\r\n\r\n'; cat '$folder/invalid.json'" 69 \
	"HTTP status 422: query ?[1mtook too long"
bad busy "printf 'HTTP/1.1 503 Busy\r\nConnection: close\r\n\r\n{\"status\":\"error\",\"error\":\"all is lost\"}'" 69 "HTTP status 503: all is lost"
bad scalar "printf '$head\r\n\r\n{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"2\"]}}'" 65 "its answer is no instant vector"
bad endless "printf '$head\r\n\r\n{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"'; tr '\\\\0' x </dev/zero" 69 \
	"no whole answer in time" --timeout 2
bad blank "printf '$head\r\n\r\n'; tr '\\\\0' ' ' </dev/zero" 69 "what answers is not Prometheus' API"
bad headers "printf 'HTTP/1.1 200 OK\r\n'; while printf 'X-Filler: 0123456789012345678901234567890123456789\r\n'; do :; done" 69 \
	"the headers of its answer are larger"
bad silent "sleep 30" 69 "no whole answer in time" --timeout 1
bad drip "printf '$head\r\n\r\n{'; while sleep 0.2 && printf ' '; do :; done" 69 "no whole answer in time" --timeout 1
head -c 30000000 /dev/zero | gzip -9 >"$folder/bomb.gz"
bad bomb "printf 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n'; cat '$folder/bomb.gz'" 69 "what answers is not"
run 69 fleet prometheus+http://127.0.0.1:1
shows "connection refused"
for wrong in prometheus+http:// prometheus+ftp://a prometheus+http://a/?query=up "prometheus+http://a#b"; do
	run 64 fleet "$wrong"
done
run 64 probe --from "$address"
holds "probe of a Prometheus" "cpucompat fleet" "$folder/err"
for wrong in 'a' 'a="b' 'a="b"})+up({c="d"' "a='b'" 'a="b",' '' $'a="b\nc"'; do
	run 64 fleet "$address" --match "$wrong"
done
for wrong in 0 -1 x 5s 999999 ''; do
	run 64 fleet "$address" --timeout "$wrong"
done

# A token reaches the server that is asked, nobody behind a redirect, and no output.
echo s3cret-token >"$folder/token"
chmod 600 "$folder/token"
prometheus target "printf '$head\r\n\r\n'; echo '$(vector)'"
target_port=$port
bad redirect "printf 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:$target_port/api/v1/query\r\nContent-Length: 0\r\n\r\n'" 69 \
	"HTTP status 302, a redirect, which is not followed" --token-file "$folder/token"
grep -qi '^authorization: bearer s3cret-token' "$folder/redirect.request" || fail "the token does not reach the server"
[ ! -e "$folder/target.request" ] || fail "a redirect is followed"
[ ! -s "$folder/err" ] || fail "a warning about loopback: $(cat "$folder/err")"
chmod 644 "$folder/token"
run 69 fleet "$address" http://192.0.2.1:1 --token-file "$folder/token" --timeout 1
holds "a token that others can read" "can be read by others than its owner; chmod 600 it" "$folder/err"
holds "a token in the clear" "the token goes to http://192.0.2.1:1 over the network in the clear" "$folder/err"
grep -q s3cret "$folder/out" "$folder/err" && fail "the token is shown"
run 66 fleet "$address" --token-file "$folder/nothing"
mkfifo "$folder/pipe"
run 66 fleet "$address" --token-file "$folder/pipe"
printf '\n' >"$folder/empty"
run 65 fleet "$address" --token-file "$folder/empty"
run 66 fleet "$address" --ca "$folder/nothing"
run 65 fleet "$address" --ca "$folder/pipe"

# Over TLS: whom --ca names is believed, nobody else.
keys="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
openssl req -x509 $keys -keyout "$folder/server.key" -out "$folder/server.pem" -subj /CN=127.0.0.1 \
	-addext subjectAltName=IP:127.0.0.1 2>/dev/null
listen tls "OPENSSL-LISTEN:0,cert=$folder/server.pem,key=$folder/server.key,verify=0" "printf '$head\r\n\r\n'; cat '$folder/good.json'"
run 69 fleet "prometheus+https://127.0.0.1:$port"
shows "certificate"
run 65 fleet "prometheus+https://127.0.0.1:$port" --ca "$folder/empty"
shows "the file of --ca holds no certificates"
run 0 fleet "prometheus+https://127.0.0.1:$port" --ca "$folder/server.pem" --token-file "$folder/token"
shows "4 hosts, 3 classes"
grep -qi '^authorization: bearer s3cret-token' "$folder/tls.request" || fail "the token does not go over TLS"

# Agents that want a token, for every command that takes one.
chmod 600 "$folder/token"
"$bin" probe --from @milan --format json >"$folder/milan.json"
printf 'me sha256:%s\n' "$(printf s3cret-token | sha256sum | cut -d ' ' -f 1)" >"$folder/tokens"
start --listen 127.0.0.1:0 --tls-certificate "$folder/server.pem" --tls-key "$folder/server.key" --tokens "$folder/tokens" \
	--public /healthz --replay "$folder/milan.json"
agent=${url%/}
run 69 probe --from "$agent"
holds "an agent whose certificate nobody signed" "its certificate is not trusted here; give --ca FILE" "$folder/err"
run 69 probe --from "$agent" --ca "$folder/server.pem"
holds "an agent that wants a token" "HTTP status 401: it wants a token; give --token-file FILE" "$folder/err"
known=(--token-file "$folder/token" --ca "$folder/server.pem")
run 0 probe --from "$agent" --format fingerprint "${known[@]}"
equal "the fingerprint" "$milan" "$(cat "$folder/out")"
run 0 compare "$agent" @milan "${known[@]}"
run 0 baseline "$agent" @milan --format fingerprint "${known[@]}"
run 0 catalogue milan --accepts "$agent" "${known[@]}"
run 0 fleet "$agent" "${known[@]}"
shows "1 host, 1 class"

# Lists: names, comments, a token of its own; each in the order of its line whoever is quicker, and dead ones together.
listen dead TCP-LISTEN:0 "sleep 30"
{
	echo "# the hosts of rack 7"
	for n in $(seq 40); do
		echo "web$(printf %02d "$n") $agent token-file=$folder/token"
		echo "http://127.0.0.1:$port"
	done
	echo "  $agent  "
	echo "refused http://127.0.0.1:1"
	echo "one two three"
	echo "spy http://u:s3cret@127.0.0.1:1"
	echo "lost $agent token-file=$folder/nothing"
} >"$folder/hosts.txt"
before=$SECONDS
run 0 fleet "$folder/hosts.txt" --ca "$folder/server.pem" --timeout 5 --verbose
# One after the other they would take 200 seconds.
[ $((SECONDS - before)) -lt 100 ] || fail "dead hosts were asked one after the other: $((SECONDS - before)) s"
shows "40 hosts, 1 class, 1 vendor, 45 unreadable" "web01-web40" "refused: http://127.0.0.1:1: connection refused" \
	"$agent: HTTP status 401: it wants a token" "$folder/hosts.txt: line 84: a host is [NAME] ADDRESS [token-file=FILE], not three" \
	"$folder/hosts.txt: line 85: an address holds no credentials" "$folder/hosts.txt: line 86: token-file $folder/nothing: No such file"
grep -q s3cret "$folder/out" "$folder/err" && fail "credentials are shown"
run 65 probe --from "$folder/hosts.txt"
# A line that is none ends it, and that is said.
{
	echo "web01 $agent token-file=$folder/token"
	head -c 70000 /dev/zero | tr '\0' x
	printf '\nweb02 %s\n' "$agent"
} >"$folder/long.txt"
run 0 fleet "$folder/long.txt" --ca "$folder/server.pem"
shows "1 host, 1 class, 1 vendor, 1 unreadable" "long.txt: line 2: line is longer than 65536 bytes; nothing after it was read"
# With few descriptors fewer are asked at once, and none of them is said to be away.
for n in $(seq 40); do echo "web$n $agent token-file=$folder/token"; done >"$folder/few.txt"
(ulimit -n 20 && COLUMNS=500 exec "$bin" fleet "$folder/few.txt" --ca "$folder/server.pem") >"$folder/out" 2>"$folder/err"
shows "40 hosts, 1 class, 1 vendor, 0 unreadable"
# A name that begins like a loopback address is anybody's.
run 69 fleet "http://127.0.0.1.invalid:1" --token-file "$folder/token" --timeout 1
holds "a token in the clear" "the token goes to http://127.0.0.1.invalid:1 over the network in the clear" "$folder/err"

# On a terminal a line says how far it is, and is gone before the output; nowhere else.
# terminal COMMAND: what a terminal gets of its standard error, and what its output is
terminal()
{
	TERM=xterm script -qec "$1 >'$folder/out'" "$folder/typescript" </dev/null >/dev/null 2>&1
}
awk -v text="$milan" 'BEGIN { for (i = 0; i < 1000; i++) print text }' >"$folder/piece"
prometheus slow "sleep 2; printf '$head\r\n\r\n'; cat '$folder/good.json'"
terminal "'$bin' fleet $address"
grep -qF $'\r\033[K0 hosts, 0 fingerprints, 0 unreadable; 0 MB' "$folder/typescript" || fail "no progress: $(cat -v "$folder/typescript")"
shows "4 hosts, 3 classes"
# What comes last takes the line back.
tail -n 2 "$folder/typescript" | grep -v '^Script done' | tail -c 20 | grep -qF $'\r\033[K' || fail "the line stays: $(cat -v "$folder/typescript")"
terminal "(for _ in 1 2 3 4 5 6 7 8; do cat '$folder/piece' '$folder/piece' '$folder/piece' '$folder/piece' '$folder/piece'; sleep 0.3; done) | '$bin' fleet -"
grep -qE $'\r\033\[K[0-9]+ hosts, 1 classes, 0 unreadable; [0-9]+ MB' "$folder/typescript" || fail "no progress of a list: $(cat -v "$folder/typescript")"
terminal "'$bin' fleet http://127.0.0.1:$port http://127.0.0.1:1 --timeout 2"
grep -qE $'\r\033\[K0 hosts, 0 classes, [0-9]+ unreadable; 1 of 2 agents' "$folder/typescript" || fail "no progress of agents: $(cat -v "$folder/typescript")"
TERM=dumb script -qec "'$bin' fleet $address >'$folder/dumb'" "$folder/typescript" </dev/null >/dev/null 2>&1 &
run 0 fleet "$address"
wait $!
holds "a dumb terminal" "4 hosts" "$folder/dumb"
grep -q "hosts" "$folder/typescript" && fail "progress on a dumb terminal"
[ ! -s "$folder/err" ] || fail "progress without a terminal: $(cat "$folder/err")"

stop
finish
