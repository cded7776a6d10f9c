#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The server under ThreadSanitizer: parallel requests of every kind while SIGHUPs swap what is served, then the server's
# own tests and the HTTP fuzzer.
#
#	tests/tsan.sh [SECONDS]
#
# libmicrohttpd and GnuTLS are not instrumented: ThreadSanitizer sees their locks (pthread calls are intercepted) and not
# their memory, so a race within them, or a hand-over that they alone order, can be neither found nor reported.
# tests/tsan.supp lists what is suppressed and why.
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$source_dir/build/tsan
seconds=${1:-20}
folder=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true; rm -rf "$folder"' EXIT
for tool in wrk curl openssl; do
	command -v $tool >/dev/null || { echo "tsan.sh: $tool is missing; apt-get install $tool" >&2; exit 69; }
done

cmake -S "$source_dir" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCPC_TESTS=ON -DCPC_TSAN=ON >"$folder/cmake"
cmake --build "$build" --target cpucompatd cpucompat-cli fuzz_http test_serve >"$folder/build" || { cat "$folder/build" >&2; exit 1; }
export TSAN_OPTIONS="suppressions=$source_dir/tests/tsan.supp log_path=$folder/race exitcode=66 second_deadlock_stack=1"

# A dump that changes with every other SIGHUP, so that fingerprints come and go.
"$build/cpucompat" probe --from @milan --format fingerprint >"$folder/milan"
"$build/cpucompat" probe --format raw >"$folder/dump"
"$build/cpucompatd" --config none --listen 127.0.0.1:0 --listen 127.0.0.1:0 --replay "$folder/dump" 2>"$folder/log" &
pid=$!
for _ in $(seq 300); do
	mapfile -t urls < <(sed -n 's|.*listening on \(http.*\)/$|\1|p' "$folder/log")
	[ ${#urls[@]} -lt 2 ] || break
	sleep 0.1
done
[ ${#urls[@]} -eq 2 ] || { cat "$folder/log" >&2; exit 1; }

cat >"$folder/mixed.lua" <<LUA
local paths = { "/", "/v1/report", "/v1/fingerprint", "/v1/snapshot", "/metrics", "/healthz", "/readyz", "/nothing",
	"/openapi.json", "/v1/compare?with=$(cat "$folder/milan")", "/v1/compare?policy=xen", "/metrics?x=y" }
local at = 0
request = function()
	at = at % #paths + 1
	if at == 10 then return wrk.format("POST", "/v1/compare", { ["Content-Type"] = "text/plain" }, "$(cat "$folder/milan")") end
	-- wrk waits for the body that a 304 has not.
	return wrk.format("GET", paths[at], { ["If-None-Match"] = '"x"', ["Accept"] = "application/openmetrics-text, */*;q=0.5" })
end
LUA
end=$((SECONDS + seconds))
for url in "${urls[@]}"; do
	wrk -t 1 -c 24 -d "${seconds}s" -s "$folder/mixed.lua" "$url" >"$folder/wrk.${url##*:}" &
done
while [ $SECONDS -lt $end ]; do
	# Leaf 1 with another stepping.
	sed -i "s/\(0x00000001 0x00: eax=0x[0-9a-f]*\)[0-9a-f] /\1$((RANDOM % 10)) /" "$folder/dump"
	kill -HUP "$pid"
	curl -sS -o "$folder/304" -H 'If-None-Match: *' "${urls[0]}/metrics" -o "$folder/304" -H 'If-None-Match: *' "${urls[1]}/"
	sleep 0.1
done
wait $(jobs -p | grep -vx "$pid")
grep -h Requests/sec "$folder"/wrk.*
# Stopped while clients are there.
wrk -t 1 -c 24 -d 3s "${urls[0]}/v1/report" >/dev/null &
sleep 1
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
pid=
wait
[ $code -eq 0 ] || echo "tsan.sh: the agent ended with $code" >&2
changes=$(grep -c changed "$folder/log" || true)
[ "$changes" -gt 0 ] || { echo "tsan.sh: no SIGHUP changed anything" >&2; code=1; }

# All that is reloaded at once: certificates, tokens, peers (this agent among them), the policy, and a probe that fails.
put() {
	cp "$folder/$1.$2" "$folder/$1.new"
	mv "$folder/$1.new" "$folder/$1"
}
configure() {
	{
		printf '%s\n' "listen = 127.0.0.1:0" "listen = unix:$folder/socket" "tls-certificate = $folder/cert" \
			"tls-key = $folder/key" "tls-client-ca = $folder/cert" "tokens = $folder/tokens" "public = all" \
			"replay = $folder/dump" "interval = 1s" "peer-interval = 1s" \
			"policy = $(sed -n $(($1 % 3 + 1))p <<<$'kvm\nxen\nhyperv-2016')" \
			"peer = self unix:$folder/socket" "peer = dead http://127.0.0.1:1"
		for ((peer = 0; peer < $1 % 4 * 10; peer++)); do echo "peer = more$peer unix:$folder/socket"; done
	} >"$folder/conf.new"
	echo "one sha256:$(printf %s "secret$(($1 % 2))" | sha256sum | cut -d ' ' -f 1)" >"$folder/tokens"
	mv "$folder/conf.new" "$folder/conf"
	put key $(($1 % 2))
	put cert $(($1 % 2))
}
for which in 0 1; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -days 2 \
		-addext subjectAltName=IP:127.0.0.1 -keyout "$folder/key.$which" -out "$folder/cert.$which" 2>/dev/null
done
configure 0
chmod 600 "$folder/key" "$folder/tokens"
"$build/cpucompatd" --config "$folder/conf" 2>"$folder/log" &
pid=$!
for _ in $(seq 300); do
	url=$(sed -n 's|.*listening on \(https.*\)/$|\1|p' "$folder/log")
	[ -z "$url" ] || break
	sleep 0.1
done
sed "s|/readyz|/v1/peers|; s|If-None-Match.*Accept|Authorization\"] = \"Bearer secret\" .. at % 2, [\"Accept|" "$folder/mixed.lua" >"$folder/all.lua"
end=$((SECONDS + seconds))
wrk -t 1 -c 16 -d "${seconds}s" -s "$folder/all.lua" "$url" >"$folder/wrk.all" &
for ((n = 1; SECONDS < end; n++)); do
	configure $n
	sed -i "s/\(0x00000001 0x00: eax=0x[0-9a-f]*\)[0-9a-f] /\1$((RANDOM % 10)) /" "$folder/dump"
	if [ $((n % 6)) = 0 ]; then
		mv "$folder/dump" "$folder/kept"
		echo broken >"$folder/dump"
		kill -HUP "$pid"
		sleep 0.2
		mv "$folder/kept" "$folder/dump"
	fi
	kill -HUP "$pid"
	sleep 0.15
done
wait $(jobs -p | grep -vx "$pid")
grep -h Requests/sec "$folder/wrk.all"
kill -TERM "$pid"
wait "$pid" || { code=$?; echo "tsan.sh: the agent with peers ended with $code" >&2; }
pid=
for line in "peer self is up" "peer dead does not answer" "still serving the last report" "probing works again"; do
	grep -q "$line" "$folder/log" || { echo "tsan.sh: no '$line'" >&2; code=1; }
done

"$build/tests/test_serve" >"$folder/test" 2>&1 || { tail -n 20 "$folder/test" >&2; code=1; }
"$build/tests/fuzz_http" 1000 "$source_dir/tests/fuzz/seeds_http" || code=1
for report in "$folder"/race.*; do
	[ ! -e "$report" ] || { cat "$report" >&2; code=1; }
done
[ $code -eq 0 ] && echo "tsan: no race; the fingerprint changed $changes times under load"
exit $code
