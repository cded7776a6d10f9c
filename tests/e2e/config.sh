#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The configuration file as an administrator meets it: --check, exit codes, the default file, SIGHUP.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need curl

daemon=${CPC_BIN:?}/cpucompatd
cli=$CPC_BIN/cpucompat
seeds=${CPC_SOURCE:?}/tests/fuzz/seeds
file=$folder/cpucompat.conf


# says CODE TEXT COMMAND...: that exit code, and one line with that text
says()
{
	local code=$1 text=$2 out rc
	shift 2
	out=$("$@" 2>&1)
	rc=$?
	[ $rc -eq "$code" ] || fail "$*: exit code $rc, not $code: $out"
	[ "$(printf '%s\n' "$out" | wc -l)" -eq 1 ] || fail "$*: more than a line: $out"
	[[ $out == *"$text"* ]] || fail "$*: no '$text' in: $out"
}

# --check says what it looked at, and both names of the agent know it.
printf 'listen = 127.0.0.1:0\nreplay = %s/cpuid_r.txt\n' "$seeds" >"$file"
says 0 "$file: ok" "$daemon" --config "$file" --check
says 0 "$file: ok" "$cli" serve --config "$file" --check
says 0 "ok; no file is read" "$daemon" --config none --check

# Each way of going wrong has its exit code.
says 64 "bad option --frobnicate" "$daemon" --frobnicate --config "$file" --check
says 64 "no value for --config" "$daemon" --check --config
says 66 "$folder/absent: No such file or directory" "$daemon" --config "$folder/absent" --check
says 66 "$folder/absent: No such file or directory" "$daemon" --config "$folder/absent"
says 65 "$folder: not a regular file" "$daemon" --config "$folder" --check
printf '\nreply = /dump\n' >"$folder/broken"
says 65 "$folder/broken:2: unknown key reply; did you mean replay?" "$daemon" --config "$folder/broken" --check
says 65 "$folder/broken:2: unknown key reply; did you mean replay?" "$daemon" --config "$folder/broken"
printf 'replay = %s/absent.txt\n' "$folder" >"$folder/broken"
says 66 "$folder/absent.txt: No such file or directory" "$daemon" --config "$folder/broken" --check
says 0 "$folder/broken: ok" "$daemon" --config "$folder/broken" --replay "$seeds/cpuid_r.txt" --check
if [ "$(id -u)" -ne 0 ]; then
	install -m 0 /dev/null "$folder/closed"
	says 77 "$folder/closed: Permission denied" "$daemon" --config "$folder/closed" --check
fi

# The default file: nothing where it does not exist, and read where it does. Needs a place of its own for /etc.
in_own_etc()
{
	unshare --mount --map-root-user sh -c 'mount -t tmpfs none /etc && mkdir /etc/cpucompat && eval "$1"' sh "$1"
}
if in_own_etc : 2>/dev/null; then
	says 0 "ok; /etc/cpucompat/cpucompat.conf does not exist" in_own_etc "'$daemon' --check"
	says 65 "/etc/cpucompat/cpucompat.conf:1: unknown key x" \
		in_own_etc "echo x = y >/etc/cpucompat/cpucompat.conf; '$daemon' --check"
	says 0 "ok; no file is read" \
		in_own_etc "echo x = y >/etc/cpucompat/cpucompat.conf; '$daemon' --config none --check"
	says 0 "/etc/cpucompat/cpucompat.conf: ok" \
		in_own_etc "echo replay = '$seeds/cpuid_r.txt' >/etc/cpucompat/cpucompat.conf; '$daemon' --check"
else
	echo "no mount namespace: the default file is not tried"
fi

# A running agent rereads its file.
printf 'listen = 127.0.0.1:0\nreplay = %s/libcpuid.txt\n' "$seeds" >"$file"
: >"$folder/log"
"$daemon" --config "$file" 2>>"$folder/log" &
pid=$!
logged "listening on "
url=$(sed -n 's|^<6>cpucompatd: listening on ||p' "$folder/log" | head -n 1)

# serves SEED: the processor of that dump, in a while
serves()
{
	local expected
	expected=$("$cli" probe --from "$seeds/$1" --format fingerprint | cut -d : -f 1-3)
	for _ in $(seq 200); do
		[ "$(curl -sS --max-time 20 "${url}v1/fingerprint" | cut -d : -f 1-3)" = "$expected" ] && return
		sleep 0.05
	done
	fail "does not serve $1"
}
serves libcpuid.txt

printf 'listen = 127.0.0.1:1\nreplay = %s/cpuid_r_hyperv.txt\n' "$seeds" >"$file"
kill -HUP "$pid"
logged "<5>cpucompatd: listen changed in $file; restart to apply"
logged "<6>cpucompatd: replay changed in $file"
serves cpuid_r_hyperv.txt

printf 'listen = 127.0.0.1:0\nreplay = %s/libcpuid.txt\nreplay = x\n' "$seeds" >"$file"
kill -HUP "$pid"
logged "<4>cpucompatd: $file:3: replay again; line 2 has it already; the settings stay as they were"
serves cpuid_r_hyperv.txt

printf 'replay = %s/libcpuid.txt\n' "$seeds" >"$file"
kill -HUP "$pid"
logged "<6>cpucompatd: replay changed in $file" 2
serves libcpuid.txt
stop

finish
