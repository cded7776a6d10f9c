#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The pages in a real browser: at 2, 16 and 64 hosts, light and dark, wide and narrow, with scripts and without. What was
# seen stays in the build folder, page/*.png.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need node chromium chromedriver jq

out=${CPC_BIN:?}/page
mkdir -p "$out"
rm -f "$out"/*.png "$out"/*.html "$out"/*.txt
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; [ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null; wait; rm -rf "$folder"' EXIT

# An agent with peers of two kinds, one that is down, and one with a name to be careful with.
peers=()
for row in milan cascade-lake-sp ice-lake-sp; do
	"$CPC_BIN/cpucompat" probe --from @$row --format fingerprint >"$folder/$row"
	start --listen 127.0.0.1:0 --replay "$folder/$row"
	pids+=("$pid")
	peers+=(--peer "$row ${url%/}")
done
peers+=(--peer "<script>alert(1)</script> ${url%/}")
# It knows what its host has beside the processor, of which a port is one to be careful with, too.
mkdir "$folder/fc"
"$CPC_BIN/tests/site_make" fc "$folder/fc" || fail "site_make"
"$CPC_BIN/cpucompat" ready @cascade-lake-sp --sysroot "$folder/fc" --format json |
	jq '.facts[0].site.ports.items[0].name = "<img src=x onerror=alert(2)>"' >"$folder/table"
start --listen 127.0.0.1:0 --policy hyperv-2008r2 --replay "$folder/table" "${peers[@]}" --peer 'down http://127.0.0.1:9' --peer-interval 1h
logged "is up" 4
agent=$url

mkdir "$folder/home"
HOME=$folder/home TMPDIR=$folder chromedriver --port=0 >"$folder/driver" 2>&1 &
pids+=($!)
for _ in $(seq 100); do
	driver=$(sed -n 's/.*started successfully on port \([0-9]*\).*/\1/p' "$folder/driver")
	[ -n "$driver" ] && break
	sleep 0.1
done
[ -n "$driver" ] || { cat "$folder/driver" >&2; exit 1; }
timeout 200 node "$CPC_SOURCE/tests/page/check.mjs" "$driver" "$(command -v chromium)" "$CPC_BIN/cpucompat" "$out" "$agent" ||
	fail "the pages"
stop
finish
