#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The real Prometheus: promtool finds nothing to say against the text, and the server, which asks for OpenMetrics,
# scrapes the agent and holds the very fingerprint that /v1/fingerprint gives.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need prometheus promtool curl jq

columns=500
pids=()
others=
trap 'kill "${pids[@]}" 2>/dev/null; wait; rm -rf "$folder"' EXIT

# wait_for PATTERN FILE: what the pattern's group matches, once a line of the file has it
wait_for()
{
	local found
	for _ in $(seq 300); do
		found=$(sed -n "s|$1|\\1|p" "$2" | head -n 1)
		[ -n "$found" ] && { echo "$found"; return; }
		sleep 0.1
	done
	cat "$2" >&2
	echo "FAIL: no $1" >&2
	exit 1
}

# query EXPRESSION: the answer of Prometheus' API
query()
{
	curl -sS --max-time 10 -G --data-urlencode "query=$1" "http://$server/api/v1/query"
}

# agent NAME ARGUMENTS...: one more, whose address is in $agent
agent()
{
	"${CPC_BIN:?}/cpucompatd" --config none --listen 127.0.0.1:0 "${@:2}" 2>"$folder/$1.log" &
	pids+=($!)
	agent=$(wait_for '.*listening on http://\(127.0.0.1:[0-9]*\)/$' "$folder/$1.log") || exit 1
}

for name in rome milan; do
	"$CPC_BIN/cpucompat" probe --from @$name --format json >"$folder/$name.json"
	agent $name --replay "$folder/$name.json"
	others+=", \"$agent\""
done
agent self

curl -sS "http://$agent/metrics" >"$folder/metrics"
promtool check metrics <"$folder/metrics" >"$folder/complaints" 2>&1 || fail "promtool check metrics fails"
[ ! -s "$folder/complaints" ] || fail "promtool: $(cat "$folder/complaints")"
# That it would complain:
sed 's/^# HELP cpucompat_cpu_info.*//' "$folder/metrics" | promtool check metrics >"$folder/complaints" 2>&1
[ -s "$folder/complaints" ] || fail "promtool takes anything"

cat >"$folder/prometheus.yml" <<YAML
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: cpucompat
    static_configs: [ { targets: [ "$agent" ] } ]
  - job_name: others
    static_configs: [ { targets: [ ${others#, } ], labels: { cluster: "a b" } } ]
YAML
# It cannot say which port it picked for 0, so a free one is looked for.
for port in $(seq $((20000 + $$ % 10000)) 30100); do
	(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
done
server=127.0.0.1:$port
prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/data" --storage.tsdb.retention.time=1h \
	--web.listen-address="$server" --log.level=warn 2>"$folder/prometheus.log" &
pids+=($!)

for _ in $(seq 300); do
	[ "$(query 'up == 1' 2>/dev/null | jq -r '.data.result | length' 2>/dev/null)" = 3 ] && break
	kill -0 "${pids[3]}" 2>/dev/null || { cat "$folder/prometheus.log" >&2; exit 1; }
	sleep 0.1
done
[ "$(query 'up{job="cpucompat"}' | jq -r '.data.result[0].value[1]')" = 1 ] || fail "the agent is not up: $(query up)"
expected=$(curl -sS "http://$agent/v1/fingerprint")
got=$(query 'cpucompat_fingerprint_info{view="cpuid",job="cpucompat"}' | jq -r '.data.result[0].metric.fingerprint')
[ "$got" = "$expected" ] || fail "the scraped fingerprint is $got, not $expected"
# Only OpenMetrics has infos, and calls them by their first half.
type=$(curl -sS "http://$server/api/v1/metadata?metric=cpucompat_build" | jq -r '.data.cpucompat_build[0].type')
[ "$type" = info ] || fail "the type of cpucompat_build is $type, not info: it was not OpenMetrics that was scraped"
unit=$(curl -sS "http://$server/api/v1/metadata?metric=cpucompat_last_probe_timestamp_seconds" | jq -r '.data[][0].unit')
[ "$unit" = seconds ] || fail "the unit of cpucompat_last_probe_timestamp_seconds is $unit"
count=$(curl -sS "http://$agent/metrics" | grep -vc '^#')
got=$(query 'scrape_samples_scraped{job="cpucompat"}' | jq -r '.data.result[0].value[1]')
[ "$got" = "$count" ] || fail "$got samples were scraped of $count"

# What it has scraped is a fleet: every host, those of a cluster, and none.
fleet=$CPC_BIN/cpucompat
classes=$("$fleet" fleet "prometheus+http://$server" --format json | jq -c '[.hosts, .unreadable_count, ([.classes[].hosts[]] | sort)]')
expected=$(echo "[${others#, }, \"$agent\"]" | jq -c '[3, 0, sort]')
[ "$classes" = "$expected" ] || fail "the fleet is $classes, not $expected"
ids=$("$fleet" fleet "prometheus+http://$server" --match 'cluster=~"a .*",job!="cpucompat"' --format json | jq -c '[.classes[].id] | sort')
expected=$(jq -sc '[.[].fingerprints.cpuid.id] | sort' "$folder/rome.json" "$folder/milan.json")
[ "$ids" = "$expected" ] || fail "the classes of the cluster are $ids, not $expected"
run 66 fleet "prometheus+http://$server" --match 'cluster="none"'
shows 'that --match leaves'
run 69 fleet "prometheus+http://$server" --match 'cluster=~"("'
grep -q 'HTTP status 400: .*missing closing )' "$folder/out" || fail "a bad expression: $(cat "$folder/out")"
run 69 fleet "prometheus+http://$server/prefix"
shows 'HTTP status 404: no /api/v1/query there'

[ $failures -gt 0 ] || echo "prometheus: promtool is content, $count samples scraped as OpenMetrics"
finish
