#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The agent under load, beside nginx serving the same bytes as a file and beside node_exporter, in one run. About six
# minutes; the agent is not slowed by anything but its neighbours here, so figures are ratios of interleaved rounds.
#
#	tests/load.sh [FOLDER-WITH-cpucompatd]     without a folder a release build is made in build/load
#
# Goals (tests/load.sh prints each beside its figure): at least nginx's throughput with 1, 16 and 128 connections; 500 times
# node_exporter's; 0.1 ms of processor time a scrape; 6 MB resident when idle, 10 MB after a million requests and no more
# after the second; 10 ms from exec to the first answer; bursts answered within 50 ms; no wake-ups when idle.
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rounds=${CPC_LOAD_ROUNDS:-3}
seconds=${CPC_LOAD_SECONDS:-3}
million=${CPC_LOAD_REQUESTS:-1000000}
folder=$(mktemp -d)
pids=()
stop()
{
	# nginx's workers go with their master.
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$folder"
}
trap stop EXIT
for tool in wrk nginx prometheus-node-exporter curl; do
	command -v $tool >/dev/null || { echo "load.sh: $tool is missing; apt-get install wrk nginx-light prometheus-node-exporter curl" >&2; exit 69; }
done

build=$source_dir/build/load
cmake -S "$source_dir" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCPC_TESTS=ON >"$folder/log"
cmake --build "$build" --target cpucompatd bench_clients >"$folder/log" || { tail -n 20 "$folder/log" >&2; exit 1; }
bin=${1:-$build}
clients=$build/tests/bench_clients

# free_port: one that nobody listens on
free_port()
{
	local port
	for _ in $(seq 100); do
		port=$((20000 + RANDOM % 12000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo $port; return; }
	done
	return 1
}

# await URL: until it answers
await()
{
	for _ in $(seq 100); do
		curl -sS -o /dev/null --max-time 2 "$1" 2>/dev/null && return
		sleep 0.1
	done
	echo "load.sh: $1 does not answer" >&2
	exit 1
}

# start_agent: in $agent and $agent_port
start_agent()
{
	agent_port=$(free_port)
	"$bin/cpucompatd" --config none --listen "127.0.0.1:$agent_port" 2>"$folder/agent.log" &
	agent=$!
	pids+=($agent)
	await "http://127.0.0.1:$agent_port/healthz"
}

# start_nginx WORKERS: its port on standard output
start_nginx()
{
	local port=$1
	mkdir -p "$folder/nginx-$2"
	cat >"$folder/nginx-$2.conf" <<-CONF
		daemon off;
		user $(id -un);
		worker_processes $2;
		pid $folder/nginx-$2.pid;
		error_log stderr crit;
		events { worker_connections 2048; }
		http {
			access_log off;
			sendfile on;
			tcp_nopush on;
			open_file_cache max=10;
			keepalive_requests 1000000000;
			client_body_temp_path $folder/nginx-$2; proxy_temp_path $folder/nginx-$2; fastcgi_temp_path $folder/nginx-$2;
			uwsgi_temp_path $folder/nginx-$2; scgi_temp_path $folder/nginx-$2;
			server {
				listen 127.0.0.1:$port;
				root $folder/www;
				location /v1/report {
					default_type application/json;
					add_header X-Content-Type-Options nosniff;
					add_header Cache-Control no-cache;
				}
			}
		}
	CONF
	nginx -c "$folder/nginx-$2.conf" -p "$folder/nginx-$2" &
	pids+=($!)
	await "http://127.0.0.1:$port/v1/report"
}

# rate CONNECTIONS URL: requests a second
rate()
{
	wrk -t 1 -c "$1" -d "${seconds}s" "$2" >"$folder/wrk" || return 1
	! grep -E 'Non-2xx|Socket errors' "$folder/wrk" >&2 || return 1
	sed -n 's|^Requests/sec: *||p' "$folder/wrk"
}

# cpu_ns PID: processor time of all its threads
cpu_ns()
{
	awk '{ total += $1 } END { printf "%.0f\n", total }' /proc/"$1"/task/*/schedstat
}

# resident PID: kilobytes
resident()
{
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status"
}

# switches PID: how often its threads were switched in, and so woke up
switches()
{
	awk '/ctxt_switches/ { total += $2 } END { print total }' /proc/"$1"/task/*/status
}

# median FILE, least FILE
median()
{
	sort -g "$1" | awk '{ all[NR] = $1 } END { print NR % 2 ? all[(NR + 1) / 2] : (all[NR / 2] + all[NR / 2 + 1]) / 2 }'
}
least()
{
	sort -g "$1" | head -n 1
}

# requests COUNT: so many GET /v1/report, 16 at a time, for two minutes at most; how many it were
requests()
{
	local total=0 end=$((SECONDS + 120))
	while [ $total -lt "$1" ] && [ $SECONDS -lt $end ]; do
		wrk -t 1 -c 16 -d 5s "http://127.0.0.1:$agent_port/v1/report" >"$folder/wrk"
		total=$((total + $(sed -n 's/^ *\([0-9]*\) requests in .*/\1/p' "$folder/wrk")))
	done
	echo $total
}

start_agent
sleep 1
idle_resident=$(resident $agent)
mkdir -p "$folder/www/v1"
curl -sS "http://127.0.0.1:$agent_port/v1/report" -o "$folder/www/v1/report"
one_port=$(free_port)
start_nginx "$one_port" 1
auto_port=$(free_port)
start_nginx "$auto_port" auto
exporter_port=$(free_port)
prometheus-node-exporter --web.listen-address="127.0.0.1:$exporter_port" 2>"$folder/exporter.log" &
exporter=$!
pids+=($exporter)
await "http://127.0.0.1:$exporter_port/metrics"
curl -sS "http://127.0.0.1:$agent_port/v1/report" | cmp - <(curl -sS "http://127.0.0.1:$one_port/v1/report") ||
	{ echo "load.sh: nginx serves other bytes" >&2; exit 1; }

echo "$(nproc) CPUs, load $(cut -d' ' -f1-3 /proc/loadavg), $(nginx -v 2>&1 | sed 's/.*: //'), wrk with 1 thread, $rounds interleaved rounds of $seconds s"
echo
echo "GET /v1/report, $(stat -c %s "$folder/www/v1/report") bytes, requests a second: median of the rounds; ratios: median of those within a round"
printf '%12s %10s %14s %14s %10s %10s\n' connections agent 'nginx 1 worker' 'nginx auto' ratio 'ratio auto'
for connections in 1 16 128; do
	rm -f "$folder"/rate.*
	for _ in $(seq "$rounds"); do
		agent_rate=$(rate $connections "http://127.0.0.1:$agent_port/v1/report")
		one_rate=$(rate $connections "http://127.0.0.1:$one_port/v1/report")
		auto_rate=$(rate $connections "http://127.0.0.1:$auto_port/v1/report")
		echo "$agent_rate" >>"$folder/rate.agent"
		echo "$one_rate" >>"$folder/rate.one"
		echo "$auto_rate" >>"$folder/rate.auto"
		awk "BEGIN { print $agent_rate / $one_rate }" >>"$folder/rate.ratio"
		awk "BEGIN { print $agent_rate / $auto_rate }" >>"$folder/rate.ratio_auto"
	done
	printf '%12d %10.0f %14.0f %14.0f %10.2f %10.2f   goal >= 1\n' $connections "$(median "$folder/rate.agent")" \
		"$(median "$folder/rate.one")" "$(median "$folder/rate.auto")" "$(median "$folder/rate.ratio")" \
		"$(median "$folder/rate.ratio_auto")"
done

echo
echo "GET /metrics, requests a second"
printf '%12s %10s %14s %10s\n' connections agent node_exporter ratio
for connections in 1 16; do
	agent_rate=$(rate $connections "http://127.0.0.1:$agent_port/metrics")
	exporter_rate=$(rate $connections "http://127.0.0.1:$exporter_port/metrics")
	printf '%12d %10.0f %14.0f %10.0f   goal >= 500\n' $connections "$agent_rate" "$exporter_rate" \
		"$(awk "BEGIN { print $agent_rate / $exporter_rate }")"
done

# scrape_cost PID PORT CURL-OPTIONS...: 100 scrapes, 20 ms apart, so that nothing is warm
scrape_cost()
{
	local before after
	before=$(cpu_ns "$1")
	curl -sS --rate 50/s -o /dev/null "${@:3}" "http://127.0.0.1:$2/metrics#[1-100]"
	after=$(cpu_ns "$1")
	awk "BEGIN { printf \"%.3f\", ($after - $before) / 100 / 1e6 }"
}
echo
echo "processor time of a scrape, milliseconds (goal <= 0.1; what a new connection adds is nearly all the kernel's)"
printf '%24s %10s %14s\n' '' agent node_exporter
for how in '' 'Connection: close'; do
	printf '%24s %10s %14s\n' "${how:-kept connection}" "$(scrape_cost $agent "$agent_port" ${how:+-H "$how"})" \
		"$(scrape_cost $exporter "$exporter_port" ${how:+-H "$how"})"
done

printf 'resident: idle %d kB (goal < 6144)' "$idle_resident"
first_million=$(requests "$million")
printf ', after %d requests %d kB (goal <= 10240)' "$first_million" "$(resident $agent)"
second_million=$(requests "$million")
printf ', after %d more %d kB; node_exporter %d kB\n' "$second_million" "$(resident $agent)" "$(resident $exporter)"

echo "bursts: milliseconds until the last of so many connections made at once has its answer (goal <= 50), $rounds each"
for count in 127 128 129 256 512; do
	printf '%12d' $count
	for _ in $(seq "$rounds"); do
		printf ' %8s' "$("$clients" burst "$agent_port" $count /v1/report)"
	done
	printf '\n'
done

sleep 11
before=$(switches $agent)
sleep 20
echo "idle for 20 s: $(($(switches $agent) - before)) switches to any thread of the agent (goal 0)"

for _ in $(seq 50); do
	port=$(free_port)
	"$clients" first "$port" /v1/report "$bin/cpucompatd" --config none --listen "127.0.0.1:$port" 2>"$folder/first.log"
done >"$folder/first"
echo "exec to the first answer, of 50: least $(least "$folder/first") ms, median $(median "$folder/first") ms (goal < 10)"
