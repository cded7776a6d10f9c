#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What a host costs a Prometheus server: series and bytes that an agent exports, the length of fingerprints, bytes of the
# database, and the one query that holds a whole fleet, against the real server over synthetic hosts that have the
# fingerprints of the catalogue. packaging/prometheus/scale.md rests on it.
# usage: tests/bench/prometheus.sh [HOSTS [HOSTS-WITH-FINGERPRINTS-ALONE]]
#        Default: 10000 100000, which takes about 4 minutes, 4 GB of memory and 2 GB in $TMPDIR. CPC_BENCH_BIN is a folder
#        with both programs (build/plain), CPC_SHARED where the corpus lies.
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${CPC_BENCH_BIN:-$source_dir/build/plain}
shared=${CPC_SHARED:-$source_dir/../shared}
hosts=${1:-10000}
many=${2:-100000}
work=$(mktemp -d)
server=
source_of=
trap 'kill -KILL $server $source_of 2>/dev/null; rm -rf "$work"' EXIT
for tool in prometheus promtool curl jq socat; do
	command -v $tool >/dev/null || { echo "prometheus.sh: $tool is not installed" >&2; exit 77; }
done

# Two hours that have just ended: one block, and recent enough for a query about the present.
begin=$(($(date +%s) / 7200 * 7200 - 7200))

# bytes FOLDER|FILE...: what is in it, not what it takes on the disk
bytes()
{
	du -cb "$@" | tail -n 1 | cut -f 1
}

# agent ARGUMENTS...: what one exports, as Prometheus asks for it, in $work/metrics
agent()
{
	local url= pid
	# Emptied here: the agent's own shell may do so only after the first look.
	: >"$work/log"
	"$bin/cpucompatd" --config none --listen 127.0.0.1:0 "$@" 2>>"$work/log" &
	pid=$!
	for _ in $(seq 100); do
		url=$(sed -n 's|^.*listening on \(http://.*\)/$|\1|p' "$work/log")
		[ -n "$url" ] && break
		sleep 0.1
	done
	# Peers that do not exist are asked at once, and are then down.
	sleep 1
	curl -sS -H 'Accept: application/openmetrics-text; version=1.0.0' "$url/metrics" >"$work/metrics"
	kill "$pid"
	wait "$pid" 2>/dev/null || true
}

exported()
{
	local with peers=()
	agent
	cp "$work/metrics" "$work/alone"
	printf 'one agent      %6d series, %6d bytes a scrape, %5d packed\n' "$(grep -vc '^#' "$work/alone")" \
		"$(bytes "$work/alone")" "$(gzip -c "$work/alone" | wc -c)"
	# Another agent with this one's answer is a peer that is up.
	"$bin/cpucompatd" --config none --listen "unix:$work/peer" 2>"$work/peer.log" &
	with=$!
	sleep 1
	for i in $(seq 15); do peers+=(--peer "host$i unix:$work/peer"); done
	agent "${peers[@]}"
	kill "$with"
	printf 'with 15 peers  %6d series, %6d bytes a scrape, %5d packed\n' "$(grep -vc '^#' "$work/metrics")" \
		"$(bytes "$work/metrics")" "$(gzip -c "$work/metrics" | wc -c)"
}

# lengths: of lines, in words
lengths()
{
	awk '{ print length($0) }' | sort -n | awk -v what="$1" '{ of[NR] = $1 }
		END { printf "%-14s %6d fingerprints of %d to %d characters, median %d\n", what, NR, of[1], of[NR], of[int((NR + 1) / 2)] }'
}

fingerprints()
{
	"$bin/cpucompat" catalogue --format json | jq -r '.processors[].fingerprint | [.id, .text] | @tsv' >"$work/catalogue"
	cut -f 2 "$work/catalogue" | lengths catalogue
	if [ -d "$shared/corpus/dumps" ]; then
		find "$shared/corpus/dumps" -name '*.txt' ! -path '*/kvm/*' -print0 |
			xargs -0 -n 1 "$bin/cpucompat" probe --format fingerprint --from 2>"$work/unread" | lengths corpus || true
	else
		echo "prometheus.sh: no corpus at $shared, its fingerprints are not measured" >&2
	fi
}

# openmetrics HOSTS SAMPLES FAMILIES: what so many agents export at so many times a minute apart; of all families, or of those
# whose names match. With no samples: one, without a time. Host i has row i of the catalogue, again and again.
openmetrics()
{
	awk -v hosts="$1" -v samples="$2" -v families="$3" -v begin="$begin" -v catalogue="$work/catalogue" '
		BEGIN {
			FS = "\t"
			while ((getline <catalogue) > 0) { id[rows] = $1; text[rows++] = $2 }
		}
		function sample(line, host,    labels, row, name, rest, s) {
			labels = sprintf("cluster=\"c%05d\",instance=\"host%07d.example.org:10789\",job=\"cpucompat\"", host / 64, host)
			row = host % rows
			sub(/id="[^"]*",fingerprint="[^"]*"/, "id=\"" id[row] "\",fingerprint=\"" text[row] "\"", line)
			match(line, /^[a-z_:]*/)
			name = substr(line, 1, RLENGTH)
			rest = substr(line, RLENGTH + 1)
			if (sub(/^{/, "", rest)) labels = labels ","
			else labels = labels "}"
			for (s = 0; s < samples; s++) print name "{" labels rest " " begin + 60 * s + host % 60
			if (!samples) print name "{" labels rest
		}
		/^# EOF/ { next }
		/^#/ { split($0, word, " "); wanted = word[3] ~ families; if (wanted) print; next }
		wanted { for (host = 0; host < hosts; host++) sample($0, host) }
		END { print "# EOF" }' "$work/alone"
}

# fill NAME HOSTS SAMPLES FAMILIES: a database of them
fill()
{
	openmetrics "$2" "$3" "$4" >"$work/$1.om"
	promtool tsdb create-blocks-from openmetrics "$work/$1.om" "$work/$1" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 70; }
	rm "$work/$1.om"
}

# cost NAME HOSTS SAMPLES: of the database a host, and a sample
cost()
{
	local index chunks series
	index=$(bytes "$work/$1"/*/index)
	chunks=$(bytes "$work/$1"/*/chunks/*)
	series=$(jq -s 'map(.stats.numSeries) | add' "$work/$1"/*/meta.json)
	printf '%-14s %6d hosts, %7d series, %2d samples each: index %8.1f KB, chunks %8.1f KB; a host: %6d + %6d bytes\n' "$1" "$2" \
		"$series" "$3" "$((index / 1000)).$((index % 1000 / 100))" "$((chunks / 1000)).$((chunks % 1000 / 100))" \
		$((index / $2)) $((chunks / $2))
}

# ticks: hundredths of a second that the server has computed
ticks()
{
	awk '{ print $14 + $15 }' "/proc/$server/stat"
}

# ask WHAT EXPRESSION: one instant query; the best time of three, what the server computes for one of them, the answer's bytes
# as they are and packed, and the most memory that the server had so far
ask()
{
	local seconds size packed before computed
	before=$(ticks)
	read -r seconds size < <(for _ in 1 2 3; do
		curl -sS --max-time 300 -G --data-urlencode "query=$2" -o "$work/answer" -w '%{time_total} %{size_download}\n' \
			"http://127.0.0.1:$port/api/v1/query"
	done | sort -n)
	computed=$((($(ticks) - before) / 3))
	jq -e '.status == "success" and (.data.result | length > 0)' "$work/answer" >/dev/null || { head -c 300 "$work/answer" >&2; exit 70; }
	packed=$(curl -sS --max-time 300 -G -H 'Accept-Encoding: gzip' --data-urlencode "query=$2" -o - \
		"http://127.0.0.1:$port/api/v1/query" | wc -c)
	printf '  %-36s %7.3f s (%d.%02d s of CPU), %9d bytes, %8d packed, server %4d MB\n' "$1" "$seconds" \
		$((computed / 100)) $((computed % 100)) "$size" "$packed" \
		$(($(awk '/^VmHWM:/ { print $2 }' "/proc/$server/status") / 1000))
}

# start NAME LOOKBACK: a server on $port with the database NAME, and with whatever $work/prometheus.yml says
start()
{
	port=$((20000 + $$ % 10000))
	prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/$1" --storage.tsdb.retention.time=30d \
		--query.lookback-delta="$2" --query.timeout=5m --web.listen-address="127.0.0.1:$port" --log.level=error 2>"$work/server.log" &
	server=$!
	for _ in $(seq 600); do
		curl -sf "http://127.0.0.1:$port/-/ready" >/dev/null && return
		kill -0 "$server" || { cat "$work/server.log" >&2; exit 70; }
		sleep 0.1
	done
}

stop()
{
	kill "$server"
	wait "$server" 2>/dev/null || true
	server=
}

# held: bytes of the server's memory that are in use, after everything else was given up
held()
{
	curl -s -o "$work/heap" "http://127.0.0.1:$port/debug/pprof/heap?gc=1"
	curl -s "http://127.0.0.1:$port/metrics" | awk '/^go_memstats_alloc_bytes / { printf "%d\n", $2 }'
}

# head_of HOSTS: what a server holds in memory for hosts that it scrapes, all of them in one answer
head_of()
{
	local before after each series=0 scraped=$((20001 + $$ % 10000))
	each=$(grep -vc '^#' "$work/alone")
	openmetrics "$1" 0 . >"$work/answer.om"
	printf 'HTTP/1.0 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0\r\n\r\n' |
		cat - "$work/answer.om" >"$work/answer.http"
	socat "TCP-LISTEN:$scraped,bind=127.0.0.1,fork,reuseaddr" SYSTEM:"cat $work/answer.http" 2>"$work/log" &
	source_of=$!
	echo "{global: {scrape_interval: 1m, scrape_timeout: 1m}, scrape_configs: [{job_name: x, honor_labels: true,
		static_configs: [{targets: ['127.0.0.1:$scraped']}]}]}" >"$work/prometheus.yml"
	start head 5m
	before=$(held)
	for _ in $(seq 1200); do
		series=$(curl -s "http://127.0.0.1:$port/api/v1/status/tsdb" | jq .data.headStats.numSeries)
		[ "$series" -ge $((each * $1)) ] && break
		sleep 0.1
	done
	after=$(held)
	printf 'memory         %6d hosts, %7d series that are scraped: %d MB more; a host: %6d bytes\n' "$1" "$series" \
		$(((after - before) / 1000000)) $(((after - before) / $1))
	stop
	kill "$source_of"
	source_of=
}

# queries NAME: against a server that has that database
queries()
{
	start "$1" 6h
	ask "timestamp(cpucompat_fingerprint_info)" 'timestamp(cpucompat_fingerprint_info)'
	ask "the same of one cluster" 'timestamp(cpucompat_fingerprint_info{cluster="c00001"})'
	ask "count by (cluster, view, id)" 'count by (cluster, view, id) (cpucompat_fingerprint_info)'
	ask "count by (view, id, fingerprint)" 'count by (view, id, fingerprint) (cpucompat_fingerprint_info)'
	TIMEFORMAT='%R %U %S'
	for _ in 1 2 3; do
		{ time "$bin/cpucompat" fleet "prometheus+http://127.0.0.1:$port" --format json >"$work/fleet"; } 2>&1
	done | sort -n | head -n 1 >"$work/times"
	printf '  %-36s %7.3f s (%.2f s of CPU), %s hosts, %s classes\n' "cpucompat fleet prometheus+http://" \
		$(awk '{ print $1, $2 + $3 }' "$work/times") $(jq -r '.hosts, (.classes | length)' "$work/fleet")
	stop
}

# changes NAME: CpucompatFingerprintChanged, over all samples that there are
changes()
{
	start "$1" 6h
	ask "CpucompatFingerprintChanged" 'count by (cluster, job, instance, view) (
		count by (cluster, job, instance, view, id) (last_over_time(cpucompat_fingerprint_info[6h]))) >= 1'
	stop
}

exported
fingerprints

fill samples 100 100 .
cost samples 100 100
head_of 2000
echo 'global: {}' >"$work/prometheus.yml"
fill hosts "$hosts" 1 .
cost hosts "$hosts" 1
promtool tsdb analyze --limit=4 "$work/hosts" >"$work/analysis"
sed -n '/^Highest cardinality labels/,/^$/p; /^Label names with highest cumulative/,/^$/p' "$work/analysis"
queries hosts
# What the alert about changes looks at: every sample of an hour.
fill hour "$hosts" 60 '^cpucompat_fingerprint$'
cost hour "$hosts" 60
changes hour
fill fingerprints "$many" 1 '^cpucompat_fingerprint$'
cost fingerprints "$many" 1
queries fingerprints
