#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Agents as sources of a requirement table: they tell what they found beside their processors, and a cluster of them is
# judged as their saved tables are. What one tells wrongly is said of it.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need jq openssl python3

pids=()
trap 'kill "${pids[@]}" 2>/dev/null; [ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null; wait; rm -rf "$folder"' EXIT

# agent ARGUMENT...: one more; its address in $address
agent()
{
	start "$@"
	pids+=("$pid")
	pid=
	address=${url%/}
}

# table NAME NUMBER: the table of a host with Fibre Channel, as if it had been saved there
table()
{
	"${CPC_BIN:?}/cpucompat" ready @ice-lake-sp --sysroot "$folder/fc" --format json |
		jq --arg name "$1" --arg id "0000000000000000000000000000000$2" \
			'.facts[0].report.host = {name: $name, machine_id: $id} | .facts[0].host = $name' >"$folder/$1.json"
}

mkdir "$folder/fc"
"$CPC_BIN/tests/site_make" fc "$folder/fc" || fail "site_make"
table web01 1
table web02 2
policy=(--policy hyperv-2008r2)

# Two agents, by TCP and by a unix socket, are what the two files are.
agent --listen 127.0.0.1:0 --replay "$folder/web01.json" --policy hyperv-2022
one=$address
agent --listen "unix:$folder/socket" --replay "$folder/web02.json"
run 20 ready "$folder/web01.json" "$folder/web02.json" "${policy[@]}" --verbose
mv "$folder/out" "$folder/files"
run 20 ready "$one" "unix:$folder/socket" "${policy[@]}" --verbose
cmp -s "$folder/files" "$folder/out" || fail "agents are judged otherwise than their tables: $(diff "$folder/files" "$folder/out")"
shows "web01 / web02: same" "ways usable: 2" "naa.600140512345678aabbccddeeff00112"

# The agent's own document is judged by its own policy, and holds the facts that it was given.
ask "$one/v1/ready"
equal "the policy" hyperv-2022 "$(jq -r .policy "$folder/body")"
equal "the facts" "$(jq -cS '.facts[0].site' "$folder/web01.json")" "$(jq -cS '.facts[0].site' "$folder/body")"
run 20 ready "$folder/body" "${policy[@]}"

# Of a dump nobody knows more than the processor, least of all the machine that serves it.
"$CPC_BIN/cpucompat" probe --from @ice-lake-sp --format fingerprint >"$folder/dump"
agent --listen 127.0.0.1:0 --replay "$folder/dump"
ask "$address/v1/ready"
equal "the site of a dump" null "$(jq -c '.facts[0].site' "$folder/body")"
run 30 ready "$address" --policy hyperv-2022
shows "this source does not tell"

# This machine: what is read here is read by its agent too.
agent --listen 127.0.0.1:0
ask "$address/v1/ready"
"$CPC_BIN/cpucompat" ready --format json >"$folder/self.json"
kept='.facts[0].site | .memory = null | .host = null | .probes.dns.needs = "" | .dns = null'
equal "this machine's site" "$(jq -cS "$kept" "$folder/self.json")" "$(jq -cS "$kept" "$folder/body")"
equal "name servers are not asked" null "$(jq -c '.facts[0].site.dns.answers' "$folder/body")"
run 64 ready "$address" self
holds "twins" "are one machine" "$folder/err"

# A credential, and whom to believe.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$folder/key" -out "$folder/certificate" \
	-days 2 -subj /CN=localhost -addext 'subjectAltName=IP:127.0.0.1' 2>/dev/null
chmod 600 "$folder/key"
echo "me sha256:$(printf %s secret | sha256sum | cut -d' ' -f1)" >"$folder/tokens"
printf secret >"$folder/token"
chmod 600 "$folder/token"
agent --listen 127.0.0.1:0 --replay "$folder/web02.json" --tls-certificate "$folder/certificate" --tls-key "$folder/key" \
	--tokens "$folder/tokens" --public none
run 20 ready "$one" "$address" --ca "$folder/certificate" --token-file "$folder/token" "${policy[@]}" --verbose
cmp -s "$folder/files" "$folder/out" || fail "with TLS and a token: $(diff "$folder/files" "$folder/out" | head -n 5)"
run 69 ready "$one" "$address" --ca "$folder/certificate"
holds "no token" "$address: HTTP status 401: it wants a token" "$folder/err"
run 69 ready "$one" http://127.0.0.1:9
holds "nobody there" "http://127.0.0.1:9: connection refused" "$folder/err"

# What others serve: none of it is believed, and each time it is said whose it was.
mkdir "$folder/files.d"
jq -c '.facts += .facts' "$folder/web01.json" >"$folder/files.d/two"
head -c 3000 "$folder/web01.json" >"$folder/files.d/half"
jq -c '.facts[0].site.ports.items[0].speed = "fast"' "$folder/web01.json" >"$folder/files.d/kind"
jq -c '.schema = "cpucompat/ready/9"' "$folder/web01.json" >"$folder/files.d/newer"
jq -c '.facts[0].report = {}' "$folder/web01.json" >"$folder/files.d/report"
{ printf '{"schema":"cpucompat/ready/1","facts":'; head -c 200000 /dev/zero | tr '\0' '['; } >"$folder/files.d/deep"
head -c 17000000 /dev/zero >"$folder/files.d/huge"
python3 -u -m http.server --bind 127.0.0.1 --directory "$folder/files.d" 0 >"$folder/server" 2>&1 &
pids+=($!)
for _ in $(seq 100); do
	other=$(sed -n 's|.*(\(http://127.0.0.1:[0-9]*\)/).*|\1|p' "$folder/server")
	[ -n "$other" ] && break
	sleep 0.1
done
while read -r code file what; do
	run "$code" ready "$one" "$other/$file"
	holds "$file" "cpucompat: $other" "$folder/err"
	holds "$file" "$what" "$folder/err"
done <<-ROWS
	65 two tells of several hosts
	65 half is not valid JSON
	65 kind its ports.speed is of another kind
	65 newer use a newer version
	65 report report
	65 deep is not valid JSON
	69 huge larger than 16777216 bytes
	69 none HTTP status 404
ROWS
finish
