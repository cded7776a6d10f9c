#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Agents that know of each other, among peers that are dead, slow, lying and enormous.
set -u
for program in curl jq socat openssl; do
	command -v $program >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done

daemon=${CPC_BIN:?}/cpucompatd
folder=$(mktemp -d)
failures=0
children=()

cleanup()
{
	local pid
	exec 2>/dev/null
	for pid in "${children[@]}"; do
		kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null
	done
	rm -rf "$folder"
}
trap cleanup EXIT
# Each child a group of its own, so that what it forked ends with it.
set -m

fail()
{
	echo "FAIL: $*" >&2
	failures=$((failures + 1))
}

# start NAME ARGUMENTS...: an agent; its address in $url, its process in $pid
start()
{
	local name=$1
	shift
	: >"$folder/$name.log"
	"$daemon" "$@" 2>>"$folder/$name.log" &
	pid=$!
	children+=("$pid")
	for _ in $(seq 300); do
		url=$(sed -n 's|^<6>cpucompatd: listening on \(.*\)/$|\1|p' "$folder/$name.log" | head -n 1)
		[ -n "$url" ] && return
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	cat "$folder/$name.log" >&2
	echo "FAIL: $name does not start" >&2
	exit 1
}

# dump FILE ECX VENDOR: a small processor; ecx of leaf 1, and the vendor's three registers
dump()
{
	cat >"$1" <<-DUMP
		CPU 0:
		   0x00000000 0x00: eax=0x00000001 $3
		   0x00000001 0x00: eax=0x00a00f11 ebx=0x00100800 ecx=$2 edx=0x178bfbff
		   0x80000000 0x00: eax=0x80000008 $3
		   0x80000001 0x00: eax=0x00a00f11 ebx=0x40000000 ecx=0x00000007 edx=0x2fd3fbff
		   0x80000007 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
		   0x80000008 0x00: eax=0x00003030 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
	DUMP
}
amd='ebx=0x68747541 ecx=0x444d4163 edx=0x69746e65'
intel='ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69'

# serve NAME COMMAND: a server on a unix socket, that runs a command for each client once its request is read
serve()
{
	cat >"$folder/$1.sh" <<-SCRIPT
		while IFS= read -r line && [ "\${#line}" -gt 1 ]; do echo "\$line" >>'$folder/$1.request'; done
		$2
	SCRIPT
	socat "UNIX-LISTEN:$folder/$1.sock,fork,backlog=16" "EXEC:bash $folder/$1.sh" 2>/dev/null &
	children+=($!)
}

# peer NAME JQ: a value of its row
peer()
{
	curl -sS --max-time 10 "$main/v1/peers" | jq -r --arg name "$1" ".peers[] | select(.name == \$name) | $2"
}

# becomes NAME JQ VALUE: until the row says so
becomes()
{
	local got end=$((SECONDS + 40))
	while [ $SECONDS -le $end ]; do
		got=$(peer "$1" "$2")
		[ "$got" = "$3" ] && return
		sleep 0.2
	done
	fail "peer $1: $2 is '$got', not '$3'"
}

# says NAME NEEDLE: it is not up, and its error says why
says()
{
	local got end=$((SECONDS + 40))
	while [ $SECONDS -le $end ]; do
		got=$(peer "$1" 'select(.up == false) | .error // ""')
		[[ -n $got && $got == *"$2"* ]] && return
		sleep 0.2
	done
	fail "peer $1: no '$2' in: $(peer "$1" .)"
}

threads()
{
	cat /proc/"$1"/task/*/comm | sort | uniq -c | tr -s ' \n' ' '
}

resident()
{
	awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"
}

dump "$folder/a.txt" 0x00f83203 "$amd"
dump "$folder/less.txt" 0x00f83202 "$amd"
dump "$folder/other.txt" 0x00f83223 "$intel"

# An agent without peers has neither the client nor its thread.
printf 'listen = 127.0.0.1:0\nreplay = %s/a.txt\npeer-interval = 1s\n' "$folder" >"$folder/alone.conf"
start alone --config "$folder/alone.conf"
main=$url
grep -q curl "/proc/$pid/maps" && fail "libcurl is mapped where there are no peers"
threads "$pid" | grep -q cpc-peers && fail "there is a poller where there are no peers"
[ "$(curl -sS "$main/v1/peers" | jq -c '[.schema, .peers]')" = '["cpucompat/peers/1",[]]' ] || fail "/v1/peers without any"
[ "$(curl -sS "$main/v1/peers?format=http_sd" | jq -c .)" = '[]' ] || fail "/v1/peers?format=http_sd without any"
curl -sS "$main/metrics" | grep -q _peer && fail "metrics of peers where there are none"
# Its filter of system calls was made for who asks nobody.
echo "peer = late http://127.0.0.1:1" >>"$folder/alone.conf"
kill -HUP "$pid"
for _ in $(seq 50); do grep -q 'peers were added' "$folder/alone.log" && break; sleep 0.1; done
grep -q 'peers were added, .*; restart it' "$folder/alone.log" || fail "the first peers on SIGHUP: $(cat "$folder/alone.log")"
[ "$(curl -sS "$main/v1/peers" | jq -c '.peers')" = '[]' ] || fail "peers that cannot be asked"
grep -q curl "/proc/$pid/maps" && fail "libcurl is mapped where there are no peers that can be asked"
alone="$(resident "$pid") kB, threads$(threads "$pid"), $(grep -c 'r-xp.*\.so' "/proc/$pid/maps") libraries"
kill "$pid"

# Peers that are what they say ...
start same --config none --listen 127.0.0.1:0 --replay "$folder/a.txt"
same_pid=$pid same=$url
cp "$folder/less.txt" "$folder/changing.txt"
start less --config none --listen 127.0.0.1:0 --replay "$folder/changing.txt"
less_pid=$pid less=$url
start other --config none --listen 127.0.0.1:0 --replay "$folder/other.txt"
other=$url

# ... and others.
report="$folder/report.json"
curl -sS "$same/v1/report" >"$report"
head='HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close'
serve html "printf '$head\r\n\r\n<!DOCTYPE html><html></html>'"
serve missing "printf 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'"
serve redirect "printf 'HTTP/1.1 301 Moved\r\nLocation: $same/v1/report\r\nContent-Length: 0\r\n\r\n'"
serve schema "printf '$head\r\n\r\n'; sed s,cpucompat/report/1,cpucompat/report/9, '$report'"
serve liar "printf '$head\r\n\r\n'; jq '.fingerprints.cpuid.id = \"00112233445566778899aabbccddeeff\"' '$report'"
serve thief "printf '$head\r\n\r\n'; jq --arg text \"\$(curl -sS $other/v1/fingerprint)\" \
	'.fingerprints.cpuid = {text: \$text}' '$report'"
serve endless "printf '$head\r\n\r\n'; cat /dev/zero"
serve values "printf '$head\r\n\r\n{\"schema\":\"cpucompat/report/1\",\"x\":['; yes 1, | head -c 1000000 | tr -d '\n'; printf '1]}'"
head -c 100000000 /dev/zero | gzip -9 >"$folder/bomb.gz"
serve bomb "printf 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n'; cat '$folder/bomb.gz'"
serve bomb_transfer "printf 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n%x\r\n' \
	\$(stat -c %s '$folder/bomb.gz'); cat '$folder/bomb.gz'"
serve slow "printf '$head\r\nContent-Length: 1000\r\n\r\n'; while sleep 1 && printf x; do :; done"
serve silent "sleep 60"
serve token "printf '$head\r\n\r\n'; cat '$report'"

keys="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
# Certificates: of an authority that is given, and of nobody.
openssl req -x509 $keys -nodes -keyout "$folder/ca.key" -out "$folder/ca.pem" -days 2 -subj /CN=ca 2>/dev/null
for name in good wrong; do
	address=$([ $name = good ] && echo 127.0.0.1 || echo 127.0.0.2)
	openssl req $keys -nodes -keyout "$folder/$name.key" -out "$folder/$name.csr" -subj /CN=x 2>/dev/null
	openssl x509 -req -in "$folder/$name.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -CAcreateserial -days 2 \
		-extfile <(echo "subjectAltName=IP:$address") -out "$folder/$name.pem" 2>/dev/null
done
openssl req -x509 $keys -nodes -keyout "$folder/self.key" -out "$folder/self.pem" -days 2 -subj /CN=127.0.0.1 \
	-addext subjectAltName=IP:127.0.0.1 2>/dev/null
mkdir -p "$folder/www/v1"
{ printf 'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n'; cat "$report"; } >"$folder/www/v1/report"
for name in good wrong self; do
	: >"$folder/$name.tls"
	(cd "$folder/www" && exec openssl s_server -accept 127.0.0.1:0 -HTTP -cert "$folder/$name.pem" \
		-key "$folder/$name.key") >"$folder/$name.tls" 2>&1 &
	children+=($!)
	for _ in $(seq 100); do
		port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$folder/$name.tls")
		[ -n "$port" ] && break
		sleep 0.1
	done
	declare "tls_$name=https://127.0.0.1:$port"
done

echo 's3cret-of-all' >"$folder/all.token"
echo 's3cret-of-one' >"$folder/one.token"
chmod 600 "$folder/all.token"
chmod 644 "$folder/one.token"
mapfile -t unix < <(cd "$folder" && printf '%s\n' *.sock)
{
	echo "listen = 127.0.0.1:0"
	echo "replay = $folder/a.txt"
	echo "policy = xen"
	# Programs that are started for each question are to have the time that they take on a busy machine.
	echo "peer-interval = 2s"
	echo "peer-ca = $folder/ca.pem"
	echo "peer = same $same"
	echo "peer = less $less"
	echo "peer = other $other"
	echo "peer = <script>alert('x')</script> http://127.0.0.1:1"
	echo "peer = tls_good $tls_good"
	echo "peer = tls_wrong $tls_wrong"
	echo "peer = tls_self $tls_self"
	for name in "${unix[@]}"; do
		name=${name%.sock}
		echo "peer = $name unix:$folder/$name.sock$([ "$name" = token ] && echo " token-file=$folder/one.token")"
	done
} >"$folder/agent.conf"
: >"$folder/main.log"
"$daemon" --config "$folder/agent.conf" 2>>"$folder/main.log" &
main_pid=$!
children+=("$main_pid")
for _ in $(seq 300); do
	main=$(sed -n 's|^<6>cpucompatd: listening on \(.*\)/$|\1|p' "$folder/main.log")
	[ -n "$main" ] && break
	sleep 0.1
done

becomes same .relation same
becomes less '[.relation, .to_peer, .from_peer] | join(" ")' "one-way compatibility-mode migratable"
becomes other .relation impossible
becomes token .state up
becomes tls_good .state up
says tls_wrong "127.0.0.1"
says tls_self "certificate"
says "<script>alert('x')</script>" "connection refused"
says html "no report of cpucompat"
says missing "HTTP status 404"
says redirect "HTTP status 301, a redirect"
says schema "cpucompat/report/9"
says liar "fingerprints.cpuid.id is not the id"
says thief "fingerprints.cpuid.text is not what follows"
says endless "larger than a report"
says values "its "
says bomb ""
says bomb_transfer ""
says slow "in time"
says silent "in time"
[ "$(peer "<script>alert('x')</script>" '.state + " " + (.last | tostring)')" = "never null" ] || fail "a peer that never answered"
grep -q curl "/proc/$main_pid/maps" || fail "libcurl is not mapped where there are peers"
threads "$main_pid" | grep -q cpc-peers || fail "no thread asks the peers"

# Neither the page nor the metrics believe what a name or an error says.
curl -sS "$main/" >"$folder/page"
grep -o '<script[^>]*>' "$folder/page" | grep -vxF -e '<script type="application/json" id="data">' -e '<script>' && fail "the page holds a script that is not its own"
grep -q '<script>alert' "$folder/page" && fail "the page believes a name"
grep -q '&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;' "$folder/page" || fail "the page has no peer named <script>"
curl -sS "$main/metrics" >"$folder/metrics"
grep -qxF "cpucompat_peer_up{peer=\"<script>alert('x')</script>\"} 0" "$folder/metrics" || fail "cpucompat_peer_up of <script>"
grep -qxF 'cpucompat_peer_relation{peer="less",policy="xen",relation="one-way"} 1' "$folder/metrics" || fail "cpucompat_peer_relation of less"
[ "$(grep -c '^cpucompat_peer_relation{peer="same"' "$folder/metrics")" = 6 ] || fail "six relations"
grep -qxF 'cpucompat_peer_verdict{peer="less",policy="xen",direction="to_peer",verdict="compatibility-mode"} 1' "$folder/metrics" ||
	fail "cpucompat_peer_verdict of less"
[ "$(grep -c '^cpucompat_peer_verdict{peer="less"' "$folder/metrics")" = 2 ] || fail "two verdicts"
grep -qxF "cpucompat_peer_info{peer=\"same\",address=\"$same\"} 1" "$folder/metrics" || fail "cpucompat_peer_info of same"
if command -v promtool >/dev/null; then
	promtool check metrics <"$folder/metrics" >"$folder/promtool" 2>&1 || fail "promtool: $(cat "$folder/promtool")"
fi
curl -sS "$main/v1/peers?format=http_sd" | jq -e --arg target "${same#http://}" \
	'any(.[]; .targets == [$target] and .labels.__meta_cpucompat_peer == "same" and .labels.__scheme__ == "http")' >/dev/null ||
	fail "http_sd has no target for same"

# The token reached its peer and nobody else.
grep -qi '^authorization: bearer s3cret-of-one' "$folder/token.request" || fail "the token did not reach its peer"
grep -li 's3cret' "$folder"/*.request | grep -qvx "$folder/token.request" && fail "a token went to another peer"
grep -q s3cret "$folder/main.log" "$folder/metrics" "$folder/page" "$folder/promtool" 2>/dev/null && fail "a token is shown"
grep -qF "$folder/one.token can be read by others" "$folder/main.log" || fail "no warning of a token that others can read"
tr '\0' ' ' <"/proc/$main_pid/cmdline" | grep -q s3cret && fail "a token is in the arguments"

# A peer that dies is noticed, and so is its return; what it told last stays.
kill -KILL "$same_pid"
wait "$same_pid" 2>/dev/null
becomes same .state down
[ "$(peer same '[.relation, .last.relation, (.since >= .answered_at)] | map(tostring) | join(" ")')" = "null same true" ] ||
	fail "a peer that is down: $(peer same .)"
curl -sS "$main/metrics" | grep -q '^cpucompat_peer_relation{peer="same"' && fail "the relation of a peer that is down"
start same --config none --listen "${same#http://}" --replay "$folder/a.txt"
becomes same '[.state, .relation] | join(" ")' "up same"

# One that changes, and this host in its turn.
cp "$folder/a.txt" "$folder/changing.txt"
kill -HUP "$less_pid"
becomes less .relation same
sed -i "s|^replay = .*|replay = $folder/other.txt|" "$folder/agent.conf"
kill -HUP "$main_pid"
becomes other .relation same
becomes same .relation impossible

# Another list, another policy: who stays, stays as it was; a wrong one changes nothing.
sed -i -e '/^peer = liar/d' -e 's/^policy = .*/policy = kvm/' -e "\$apeer = added $less" "$folder/agent.conf"
kill -HUP "$main_pid"
becomes added .state up
becomes other .state up
ups=$(grep -c 'peer other is up' "$folder/main.log")
[ $((ups - $(grep -c 'peer other is down' "$folder/main.log"))) -eq 1 ] || fail "a peer that stays starts anew: $(peer other .)"
[ -z "$(peer liar .name)" ] || fail "a peer that was taken out is still there"
[ "$(curl -sS "$main/v1/peers" | jq -r .policy)" = kvm ] || fail "the policy did not change"
echo "peer = added http://127.0.0.1:2" >>"$folder/agent.conf"
kill -HUP "$main_pid"
for _ in $(seq 50); do grep -q 'two peers are named added' "$folder/main.log" && break; sleep 0.1; done
grep -q 'two peers are named added' "$folder/main.log" || fail "two peers of one name are let pass on SIGHUP"
[ "$(peer added .address)" = "$less" ] || fail "a wrong file changed a peer"
"$daemon" --config "$folder/agent.conf" --check 2>"$folder/check"
[ $? -eq 64 ] || fail "--check with two peers of one name: $(cat "$folder/check")"
"$daemon" --config none --peer "a http://u:s3cret@b" --check 2>"$folder/check"
[ $? -eq 64 ] && ! grep -q s3cret "$folder/check" || fail "credentials in an address: $(cat "$folder/check")"
"$daemon" --config none --peer "a http://b token-file=/nonexistent" --check 2>"$folder/check"
[ $? -eq 66 ] || fail "a token file that is not there: $(cat "$folder/check")"
"$daemon" --config none --peer "a http://b" --policy perhaps --check 2>"$folder/check"
[ $? -eq 64 ] || fail "a policy that is none: $(cat "$folder/check")"

# What could not be started is tried again, though the settings are the same: here there is no room for libcurl at first.
if [ -x "$CPC_PLAIN_BIN/cpucompatd" ] && command -v prlimit >/dev/null && ! ldd "$CPC_PLAIN_BIN/cpucompatd" | grep -q asan; then
	: >"$folder/late.conf"
	daemon=$CPC_PLAIN_BIN/cpucompatd start late --config "$folder/late.conf" --listen 127.0.0.1:0 --no-sandbox
	echo "peer = never unix:/nonexistent/socket" >"$folder/late.conf"
	size=$(awk '$1 == "VmSize:" { print $2 }' "/proc/$pid/status")
	prlimit --pid "$pid" --as=$((size * 1024 + 2000000)):
	kill -HUP "$pid"
	for _ in $(seq 50); do grep -q 'not asked as the settings say' "$folder/late.log" && break; sleep 0.1; done
	grep -q 'needs libcurl.so.4.*SIGHUP tries again' "$folder/late.log" || fail "libcurl has room: $(cat "$folder/late.log")"
	prlimit --pid "$pid" --as=unlimited:
	kill -HUP "$pid"
	for _ in $(seq 50); do grep -q 'peer never does not answer: no such socket' "$folder/late.log" && break; sleep 0.1; done
	grep -q 'peer never does not answer: no such socket' "$folder/late.log" || fail "SIGHUP does not try again: $(cat "$folder/late.log")"
	kill -TERM "$pid"
fi

# All of it cost memory that a host does not miss, and the end is quick.
if ! grep -q asan "/proc/$main_pid/maps"; then
	[ "$(resident "$main_pid")" -lt 40000 ] || fail "$(resident "$main_pid") kB with hostile peers"
	echo "peers: without peers $alone; with ${#unix[@]} hostile ones $(resident "$main_pid") kB, threads$(threads "$main_pid")"
fi
grep -h "refused system call" "$folder"/*.log >&2 && fail "the filter of system calls is in the way"
begin=$(date +%s%N)
kill -TERM "$main_pid"
wait "$main_pid"
code=$?
[ $code -eq 0 ] || fail "exit code $code: $(cat "$folder/main.log")"
[ $((($(date +%s%N) - begin) / 1000000)) -lt 10000 ] || fail "the end took $((($(date +%s%N) - begin) / 1000000)) ms"
[ $failures -eq 0 ] || { tail -n 40 "$folder/main.log" >&2; exit 1; }
echo "peers: each is a row, whatever it does"
