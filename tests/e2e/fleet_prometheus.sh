#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Sixteen agents with the fingerprints of real processors, over TLS and with tokens, and the real Prometheus with the
# packaged configuration and rules: every alert is fired by changing an agent, the fleet is read back, and every
# expression of the packaged dashboard has an answer.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need prometheus promtool curl jq openssl

daemon=${CPC_BIN:?}/cpucompatd
cli=$CPC_BIN/cpucompat
packaged=${CPC_SOURCE:?}/packaging/prometheus
board=$CPC_SOURCE/packaging/grafana/cpucompat.json
declare -A process address
trap 'exec 2>/dev/null; kill -KILL "${process[@]}"; wait; rm -rf "$folder"' EXIT
secrets=$folder/etc/cpucompat
mkdir -p "$secrets" "$folder/rules" "$folder/hosts"

# agent NAME ARGUMENTS...: replays hosts/NAME with a certificate and a token, waits until it listens; its address
agent()
{
	local name=$1 found=
	shift
	"$daemon" --config none --listen 127.0.0.1:0 --tls-certificate "$folder/leaf.pem" --tls-key "$folder/leaf.key" \
		--tokens "$folder/tokens" --public /healthz --replay "$folder/hosts/$name" "$@" 2>"$folder/$name.log" &
	process[$name]=$!
	for _ in $(seq 300); do
		found=$(sed -n 's|^<6>cpucompatd: listening on https://\(.*\)/$|\1|p' "$folder/$name.log" | head -n 1)
		[ -n "$found" ] && break
		kill -0 "${process[$name]}" 2>/dev/null || break
		sleep 0.1
	done
	[ -n "$found" ] || { cat "$folder/$name.log" >&2; echo "FAIL: $name does not start" >&2; exit 1; }
	address[$name]=$found
}

# put NAME: standard input as its host, whole at once; an agent that runs looks again
put()
{
	cat >"$folder/next"
	mv "$folder/next" "$folder/hosts/$1"
	[ -z "${process[$1]:-}" ] || kill -HUP "${process[$1]}"
}

# of NAME: a fingerprint of the catalogue
of()
{
	"$cli" probe --from "@$1" --format fingerprint
}

# dump KINDS MSR-3A: an Ice Lake-SP; of two kinds where the second CPU has no avx2; with VT-x locked on (5) or off (1)
dump()
{
	local cpu bits=(0x219c07ab 0x219c078b)
	for cpu in $(seq 0 $(($1 - 1))); do
		cat <<-DUMP
			CPU $cpu:
			   0x00000000 0x00: eax=0x00000007 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69
			   0x00000001 0x00: eax=0x000606a6 ebx=0x00100800 ecx=0x7ffafbff edx=0xbfebfbff
			   0x00000007 0x00: eax=0x00000000 ebx=${bits[cpu]} ecx=0x00000000 edx=0x00000000
			   0x80000000 0x00: eax=0x80000008 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
			   0x80000001 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000121 edx=0x2c100800
			   0x80000007 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
			   0x80000008 0x00: eax=0x0000302e ebx=0x00000000 ecx=0x00000000 edx=0x00000000
			   0x0000003a: 0x000000000000000$2
			   0x0000010a: 0x000000000000002b
		DUMP
	done
}

# report MICROCODE
report()
{
	dump 1 5 >"$folder/one"
	"$cli" probe --from "$folder/one" --format json | jq --arg microcode "$1" '.cpu.microcode = $microcode'
}

# query EXPRESSION [JQ]: of the result of an instant query
query()
{
	curl -sS --max-time 10 -G --data-urlencode "query=$1" "http://$server/api/v1/query" | jq -cS "${2:-.data.result}"
}

# until WHAT EXPECTED COMMAND...: until the command says so, for a minute at most
until_it()
{
	local what=$1 expected=$2 got= end=$((SECONDS + 60))
	shift 2
	while [ $SECONDS -lt $end ]; do
		got=$("$@" 2>/dev/null)
		[ "$got" = "$expected" ] && return
		sleep 0.3
	done
	fail "$what: expected '$expected', got '$got'"
	return 1
}

# firing FILTER: how many alerts of Prometheus' that pass jq's filter are firing
firing()
{
	curl -sS --max-time 10 "http://$server/api/v1/alerts" |
		jq "[.data.alerts[] | select(.state == \"firing\") | select($1)] | length"
}

# fires ALERT [FILTER]
fires()
{
	until_it "$1 is not firing" true \
		eval "[ \"\$(firing '.labels.alertname == \"$1\" and (${2:-true})')\" -gt 0 ] && echo true"
	fired="$fired $1"
}

# says ALERT FILTER: the description of the one that passes jq's filter
says()
{
	curl -sS --max-time 10 "http://$server/api/v1/alerts" |
		jq -r --arg alert "$1" "[.data.alerts[] | select(.labels.alertname == \$alert and ($2))][0].annotations.description"
}

certificates()
{
	local token
	token=$(openssl rand -hex 32)
	printf %s "$token" >"$secrets/token"
	printf 'prometheus sha256:%s\n' "$(printf %s "$token" | sha256sum | cut -d ' ' -f 1)" >"$folder/tokens"
	chmod 600 "$secrets/token" "$folder/tokens"
	{
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test-ca \
			-keyout "$folder/ca.key" -out "$secrets/ca.pem"
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=agent \
			-keyout "$folder/leaf.key" -out "$folder/leaf.csr"
		openssl x509 -req -in "$folder/leaf.csr" -CA "$secrets/ca.pem" -CAkey "$folder/ca.key" -CAcreateserial \
			-days 2 -extfile <(echo subjectAltName=IP:127.0.0.1) -out "$folder/leaf.pem"
	} 2>/dev/null
	chmod 600 "$folder/leaf.key"
}

agents()
{
	local name
	for name in web01 web02 edge01; do of xeon-gold-6336y | put $name; done
	dump 1 5 | put web03
	dump 1 5 | put web04
	report 0xd0003a5 | put web05
	report 0xd0003a5 | put web06
	of xeon-gold-5520-plus | put web07
	for name in web08 db01 db02; do of epyc-7713 | put $name; done
	of epyc-9124 | put db03
	of epyc-7402p | put db04
	of xeon-gold-5215 | put edge02
	of epyc-7351 | put edge03
	# Leaf 7 was not read.
	of xeon-gold-6336y | sed 's/-f1bf2ffb-/-x-/' | put edge04
	for name in web02 web03 web04 web05 web06 web07 web08 db01 db02 db03 db04 edge01 edge02 edge03 edge04; do
		agent $name
	done
	# The others of edge are its peers.
	local peers=()
	for name in edge01 edge02 edge03 edge04; do peers+=(--peer "$name https://${address[$name]}"); done
	agent web01 --peer-interval 1s --peer-ca "$secrets/ca.pem" --peer-token "$secrets/token" "${peers[@]}"
	equal "without a token" 401 "$(curl -sS --cacert "$secrets/ca.pem" -o "$folder/body" -w '%{http_code}' \
		"https://${address[web02]}/metrics")"
}

# targets NAME...: a file of file_sd
targets()
{
	local name
	for name in "$@"; do echo "${address[$name]}"; done |
		jq -Rn '[{targets: [inputs], labels: {cluster: "db"}}]' >"$folder/next"
	mv "$folder/next" "$secrets/db.json"
}

# The packaged files with other hosts and shorter times, and nothing else changed.
configure()
{
	local web="${address[web01]}" name
	for name in web02 web03 web04 web05 web06 web07 web08; do web="$web, ${address[$name]}"; done
	sed -e "s|web01.example.org:10789, web02.example.org:10789|$web|" \
		-e "s|db01.example.org:10789\]|${address[db01]}]|" \
		-e "s|https://web01.example.org:10789/|https://${address[web01]}/|" \
		-e "s|/etc/prometheus/|$folder/etc/|" \
		-e 's/\(_interval\): 1m$/\1: 2s/; s/\(_timeout\): 10s$/\1: 2s/' \
		"$packaged/cpucompat.yml" >"$folder/prometheus.yml"
	grep -v '^ *#' "$folder/prometheus.yml" | grep -nE 'example|/etc/prometheus|1m|10s' && fail "not all was replaced"
	for name in recording alerts; do
		sed -e 's/^\( *for\): .*/\1: 3s/; s/^\( *interval\): .*/\1: 1s/' \
			"$packaged/rules/cpucompat-$name.yml" >"$folder/rules/cpucompat-$name.yml"
	done
	promtool check config "$folder/prometheus.yml" >"$folder/said" 2>&1 || fail "promtool: $(cat "$folder/said")"
}

start_prometheus()
{
	local port
	# It cannot say which port it picked for 0, so a free one is looked for.
	for port in $(seq $((20000 + $$ % 10000)) 30100); do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	server=127.0.0.1:$port
	prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/data" \
		--storage.tsdb.retention.time=1h --web.listen-address="$server" --web.external-url="http://$server" \
		--query.lookback-delta=15s --log.level=warn 2>"$folder/prometheus.log" &
	process[prometheus]=$!
}

# What it has of all of them, from three ways of finding them, before anything changes.
everything_is_found()
{
	local expected name
	until_it "sixteen hosts" 16 query 'count(cpucompat_build_info)' '.data.result[0].value[1] | tonumber' ||
		{ cat "$folder/prometheus.log" >&2; exit 1; }
	# And every rule has seen all of them, some more than once.
	sleep 4
	equal "hosts by cluster" '{"cpucompat-peers":4,"db":4,"web":8}' \
		"$(query 'count by (cluster) (cpucompat_build_info)' '[.data.result[] | {(.metric.cluster): (.value[1] | tonumber)}] | add')"
	equal "hosts by job" '{"cpucompat":9,"cpucompat-files":3,"cpucompat-peers":4}' \
		"$(query 'count by (job) (up == 1)' '[.data.result[] | {(.metric.job): (.value[1] | tonumber)}] | add')"
	for name in "${!address[@]}"; do
		echo "$name $(curl -sS --cacert "$secrets/ca.pem" -H "Authorization: Bearer $(cat "$secrets/token")" \
			"https://${address[$name]}/v1/fingerprint")"
	done >"$folder/list"
	expected=$("$cli" fleet "$folder/list" --format json | jq -cS '[.classes[] | [.id, .count]] | sort')
	equal "classes by fleet prometheus+http" "16 $expected" "$("$cli" fleet "prometheus+http://$server" --format json |
		jq -rcS '"\(.hosts) \([.classes[] | [.id, .count]] | sort)"')"
	equal "classes of db" "4 3" "$("$cli" fleet "prometheus+http://$server" --match 'cluster="db"' --format json |
		jq -r '"\(.hosts) \(.classes | length)"')"
	equal "classes of db by rule" 3 \
		"$(query 'cluster_view:cpucompat_fingerprint_info:classes{cluster="db",view="cpuid"}' '.data.result[0].value[1] | tonumber')"
	# What scale.md does above many servers, where classes are known and hosts are not.
	query 'sum by (id, fingerprint) (cluster_view_id_fingerprint:cpucompat_fingerprint_info:count{view="cpuid"})' \
		'.data.result[].metric | .id + " " + .fingerprint' | jq -r . | "$cli" fleet - --format json >"$folder/body"
	equal "classes by rule" "$(jq -cS '[.[][0]]' <<<"$expected")" "$(jq -cS '[.classes[].id] | sort' "$folder/body")"
	# And how it gets them, with the selector that stands there.
	curl -sS -G --data-urlencode "match[]=$(sed -n "s/^ *match\[\]: \['\(.*\)'\]\$/\1/p" "$packaged/scale.md")" \
		"http://$server/federate" >"$folder/body"
	equal "hosts of db, federated" 4 "$(sed -n 's/^cluster:cpucompat_build_info:count{cluster="db".*} \([0-9]*\) .*/\1/p' "$folder/body")"
	grep -qE 'requirement|127.0.0.1' "$folder/body" && fail "more than what was recorded is federated"
	equal "alerts too early" 0 "$(firing '.labels.alertname | test("Gone|Nothing|Failing|Missing|Kinds|Down|Changed|Off|Microcode")')"
}

change_agents()
{
	kill -KILL "${process[web08]}" "${process[edge04]}"
	wait "${process[web08]}" "${process[edge04]}" 2>/dev/null
	unset 'process[web08]' 'process[edge04]'
	of xeon-gold-5215 | put web02
	dump 1 1 | put web03
	dump 2 5 | put web04
	report 0xd0003b9 | put web06
	echo nonsense | put web07
	targets db02 db03
}

every_alert_fires()
{
	local alert
	fired=
	fires CpucompatMixedFingerprints '.labels.cluster == "web"'
	fires CpucompatImpossiblePair ".labels.instance == \"${address[web01]}\""
	fires CpucompatCompatibilityModeNeeded '.labels.direction == "to_peer"'
	fires CpucompatVerdictUnknown
	fires CpucompatValuesUnread ".labels.instance == \"${address[edge04]}\""
	says CpucompatCompatibilityModeNeeded '.labels.direction == "to_peer"' >"$folder/compatibility"
	change_agents
	fires CpucompatAgentGone ".labels.instance == \"${address[web08]}\""
	fires CpucompatPeerDown '.labels.peer == "edge04"'
	fires CpucompatFingerprintChanged ".labels.instance == \"${address[web02]}\""
	fires CpucompatVirtualizationSwitchedOff ".labels.instance == \"${address[web03]}\""
	fires CpucompatRequirementMissing ".labels.status == \"disabled-by-firmware\""
	fires CpucompatRequirementNotMet ".labels.instance == \"${address[web03]}\" and .labels.requirement == \"processor\""
	fires CpucompatKindsDiffer ".labels.instance == \"${address[web04]}\""
	fires CpucompatMicrocodeDiffers '.labels.model == "106"'
	fires CpucompatProbeFailing ".labels.instance == \"${address[web07]}\""
	fires CpucompatTargetGone ".labels.instance == \"${address[db04]}\""
}

# The sentences are whole, and their commands are commands.
descriptions()
{
	local command
	curl -sS "http://$server/api/v1/alerts" |
		jq -r '.data.alerts[].annotations | .summary, .description' >"$folder/sentences"
	grep -nE '<error|<no value>|\{\{|  |%!' "$folder/sentences" && fail "a broken sentence"
	holds "the command for a pair" "cpucompat compare self https://127.0.0.1:" "$folder/compatibility"
	# The same, asked from outside of the host.
	command=$(sed -n "s|.* cpucompat \(compare\) self \(https://[^ ]* --policy [a-z]*\)\$|\1 https://${address[web01]} \2|p" "$folder/compatibility")
	eval "\"\$cli\" $command --ca '$secrets/ca.pem' --token-file '$secrets/token'" >"$folder/body" 2>"$folder/said"
	equal "cpucompat $command" 10 $?
	holds "what $command says" "needs a lower CPU model" "$folder/body"
	command=$(says CpucompatFingerprintChanged ".labels.instance == \"${address[web02]}\"" | sed -n 's/.* run: cpucompat \(compare .*\)/\1/p')
	eval "\"\$cli\" $command" >"$folder/body" 2>"$folder/said"
	equal "cpucompat $command" 10 $?
	holds "what changed" "avx512ifma" "$folder/body"
	command=$(says CpucompatMixedFingerprints '.labels.cluster == "web"' | sed -n 's/.* run: cpucompat \(fleet .*\)/\1/p')
	eval "\"\$cli\" $command" >"$folder/body" 2>"$folder/said"
	equal "cpucompat $command" 0 $?
	holds "the fleet" " hosts, " "$folder/body"
}

# Each expression of the dashboard is one for promtool, and has an answer here, now that everything is wrong somewhere.
dashboard()
{
	local expression label selector count=0
	jq -r '.panels[].targets[]?.expr' "$board" |
		sed 's/\$job/cpucompat.*/g; s/\$cluster/.*/g; s/\$view/cpuid/g; s/\$policy/kvm/g; s/\$__range/1h/g' >"$folder/expressions"
	grep -n '\$' "$folder/expressions" && fail "a variable that the dashboard has not"
	jq -Rn '{groups: [{name: "board", rules: [foreach inputs as $e (0; . + 1; {record: "board:\(.)", expr: $e})]}]}' "$folder/expressions" >"$folder/board.yml"
	promtool check rules "$folder/board.yml" >"$folder/said" 2>&1
	grep -q "SUCCESS: $(grep -c . "$folder/expressions") rules found" "$folder/said" || fail "promtool: $(cat "$folder/said")"
	while read -r expression; do
		[ "$(query "$expression" '.data.result | length')" -gt 0 ] || fail "no answer to: $expression"
		count=$((count + 1))
	done <"$folder/expressions"
	while IFS=$'\t' read -r selector label; do
		[ "$(curl -sS -G --data-urlencode "match[]=$selector" "http://$server/api/v1/label/$label/values" | jq '.data | length')" -gt 0 ] ||
			fail "nothing to choose of $selector"
		count=$((count + 1))
	done < <(jq -r '.templating.list[] | select(.type == "query") | .query.query' "$board" |
		sed 's/\$job/.*/; s/\$cluster/.*/; s/^label_values(\(.*\), \([a-z]*\))$/\1\t\2/')
	[ $count -ge 20 ] || fail "the dashboard has $count expressions"
}

# Its shape, as far as Grafana's own documentation of the JSON model tells; Grafana itself is not here.
shape()
{
	jq -e '([.panels[].id] | length == (unique | length)) and all(.panels[]; .id > 0 and (.title | length > 0)) and
		all(.panels[]; .gridPos | .x >= 0 and .y >= 0 and .w > 0 and .h > 0 and .x + .w <= 24)' "$board" >/dev/null ||
		fail "ids, titles or places of panels"
	equal "panels that overlap" '[]' "$(jq -c '[.panels as $all | range($all | length) as $i | range($i) as $j |
		[$all[$i, $j].gridPos] | select(.[0].x < .[1].x + .[1].w and .[1].x < .[0].x + .[0].w and
			.[0].y < .[1].y + .[1].h and .[1].y < .[0].y + .[0].h) | [$all[$i, $j].id]]' "$board")"
	jq -e '.schemaVersion >= 36 and (.uid | length <= 40) and .title and .time and
		([.templating.list[].name] == ["datasource", "job", "cluster", "view", "policy"]) and
		all(.panels[] | select(.type != "row"); .datasource.uid == "${datasource}" and (.description | length > 0) and
			(.targets | length > 0) and all(.targets[]; .refId and .expr))' "$board" >/dev/null || fail "keys of the dashboard"
}

# Nobody to scrape: the last alert. The last answers stay for as long as Prometheus looks back, here 15 seconds.
nothing_is_scraped()
{
	sed -i '/^scrape_configs:/,$d' "$folder/prometheus.yml"
	kill -HUP "${process[prometheus]}"
	fires CpucompatNothingScraped
	for alert in $(sed -n 's/^ *- alert: //p' "$packaged/rules/cpucompat-alerts.yml"); do
		[[ " $fired " == *" $alert "* ]] || fail "$alert was never fired"
	done
}

certificates
agents
targets db02 db03 db04
configure
start_prometheus
everything_is_found
every_alert_fires
descriptions
shape
dashboard
nothing_is_scraped

[ $failures -eq 0 ] && echo "prometheus: 16 hosts,$(wc -w <<<"$fired") alerts fired, $(grep -c . "$folder/expressions") expressions of the dashboard answered, $SECONDS s"
finish
