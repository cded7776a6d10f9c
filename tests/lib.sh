# SPDX-License-Identifier: MIT
# Sourced by scripts of e2e/, those first that start an agent and ask it. They have a folder of their own, $folder, which goes
# with them; a script ends with `finish`.

folder=$(mktemp -d)
failures=0
pid=
trap '[ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null; rm -rf "$folder"' EXIT

# need TOOL...: skip where one is missing
need()
{
	local tool
	for tool in "$@"; do
		command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
	done
}

fail()
{
	echo "FAIL: $*" >&2
	failures=$((failures + 1))
}

# equal WHAT EXPECTED ACTUAL
equal()
{
	[ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

# holds WHAT NEEDLE FILE
holds()
{
	grep -qF -e "$2" "$3" || fail "$1: no '$2' in: $(head -c 600 "$3" | tr -d '\0')"
}

# What a script asks of the program every time, before what it asks once; and how wide the output is.
subcommand=()
columns=80

# run CODE ARGUMENTS...: cpucompat, with its output in $folder/out and its errors in $folder/err
run()
{
	local expected=$1 code
	shift
	COLUMNS=$columns "${CPC_BIN:?}/cpucompat" "${subcommand[@]}" "$@" >"$folder/out" 2>"$folder/err"
	code=$?
	[ $code = "$expected" ] || fail "cpucompat ${subcommand[*]} $*: exit code $code instead of $expected:" \
		"$(cat "$folder/err" "$folder/out" | head -n 5)"
}

# shows NEEDLE...: the output has each
shows()
{
	local needle
	for needle; do holds "the output" "$needle" "$folder/out"; done
}

# What curl is told at every request.
asking=()

# ask CURL-ARGUMENTS...: $status and $size of the answer to one request, 000 where there was none; its body and headers
ask()
{
	read -r status size < <(curl -sS --max-time 20 "${asking[@]}" -o "$folder/body" -D "$folder/headers" \
		-w '%{http_code} %{size_download}\n' "$@" 2>"$folder/curl")
}

# header NAME: of the last answer
header()
{
	sed -n "s/^$1: *//Ip" "$folder/headers" | tr -d '\r'
}

# start ARGUMENTS...: start $daemon, under $CPC_WRAP where that is set (valgrind wants no filter): $pid, and $url and $port
# of its first address, once it says so
start()
{
	# Emptied here: the agent's own shell may do so only after the first look.
	: >"$folder/log"
	${CPC_WRAP:-} "${daemon:=${CPC_BIN:?}/cpucompatd}" ${CPC_WRAP:+--no-sandbox} --config none "$@" 2>>"$folder/log" &
	pid=$!
	for _ in $(seq 200); do
		url=$(sed -n 's|^<6>cpucompatd: listening on ||p' "$folder/log" | head -n 1)
		[ -n "$url" ] && break
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	[ -n "$url" ] || { cat "$folder/log" >&2; echo "FAIL: the agent does not start: $*" >&2; exit 1; }
	port=${url##*:}
	port=${port%/}
}

# stop: SIGTERM, after which the exit code must be 0
stop()
{
	local code
	kill -TERM "$pid"
	wait "$pid"
	code=$?
	pid=
	equal "exit code after SIGTERM" 0 "$code"
}

# logged NEEDLE [TIMES]: until the log has it, so many times
logged()
{
	local _
	for _ in $(seq 200); do
		[ "$(grep -cF -e "$1" "$folder/log")" -ge "${2:-1}" ] && return
		sleep 0.1
	done
	fail "not logged ${2:-1} times: '$1' in: $(cat "$folder/log")"
}

# finish: the exit code of the script
finish()
{
	[ $failures -eq 0 ] || { echo "$failures failures" >&2; exit 1; }
	exit 0
}
