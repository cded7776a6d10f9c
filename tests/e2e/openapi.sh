#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The published contract (/openapi.json): a validator takes it, and every answer it lists is asked for and held against it.
# The validator is installed into the build folder, in the versions of tests/openapi/package-lock.json.
set -u
for tool in node npm; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done

sources=${CPC_SOURCE:?}/tests/openapi
work=${CPC_BIN:?}/openapi
log=$(mktemp)
pids=()
tokens=$(mktemp)
trap 'kill "${pids[@]}" 2>/dev/null; wait; rm -f "$log" "$tokens"' EXIT

mkdir -p "$work"
if ! cmp -s "$sources/package-lock.json" "$work/installed"; then
	cp "$sources/package.json" "$sources/package-lock.json" "$work/"
	if ! (cd "$work" && timeout 120 npm ci --no-audit --no-fund --ignore-scripts) >"$log" 2>&1 </dev/null; then
		cat "$log" >&2
		# Whoever is offline can build, and test all else.
		grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED' "$log" || exit 1
		echo "skipped: npm cannot reach its registry"
		exit 77
	fi
	cp "$sources/package-lock.json" "$work/installed"
fi
# Modules are looked for where the importing file lies.
cp "$sources"/*.mjs "$work/"

# start ARGUMENT...: an agent; its port in $port
start()
{
	: >"$log"
	"$CPC_BIN/cpucompatd" --config none --listen 127.0.0.1:0 "$@" 2>>"$log" &
	pids+=($!)
	port=
	for _ in $(seq 200); do
		port=$(sed -n 's|.*listening on http://127.0.0.1:\([0-9]*\)/$|\1|p' "$log")
		[ -n "$port" ] && return
		kill -0 "${pids[-1]}" 2>/dev/null || break
		sleep 0.1
	done
	cat "$log" >&2
	exit 1
}

# It has a peer that answers and one that does not, asked once, and wants a credential, which every request but those for
# a 401 has.
start
export TOKEN=the-contract-is-asked-for-with-this
echo "contract sha256:$(printf %s "$TOKEN" | sha256sum | cut -d' ' -f1)" >"$tokens"
start --tokens "$tokens" --public none --peer "near http://127.0.0.1:$port" --peer 'dead http://127.0.0.1:9' \
	--peer-interval 1h

# Hosts of many kinds: rows of the catalogue, one of each format, and every fortieth dump of the corpus.
dumps=("$CPC_SOURCE"/tests/fuzz/seeds/*)
[ ! -d "$CPC_SHARED/corpus" ] || mapfile -t -O ${#dumps[@]} dumps < <(find "$CPC_SHARED/corpus" -type f | LC_ALL=C sort | awk 'NR % 40 == 0')
timeout 300 node "$work/check.mjs" "$port" "$CPC_BIN/cpucompat" @cascade-lake-sp @ice-lake-sp @milan "${dumps[@]}"
