#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Arrows between folders point one way, core includes nothing but include/, and each third party has one door.
set -euo pipefail
cd "$CPC_SOURCE"
failures=0

# libc and kernel headers that a layer of pure C may use: nothing that opens, forks or tells the time.
pure='assert|ctype|errno|inttypes|limits|stdarg|stdbool|stddef|stdint|stdio|stdlib|string'

# allow FOLDER SYSTEM LOCAL: every #include in FOLDER is <cpucompat/...>, a <header> matching SYSTEM, or a "header" that
# lies in FOLDER or in one of the folders LOCAL.
allow() {
	local folder=$1 system=$2 local_folders="$1 $3" file header found near
	while IFS=: read -r file header; do
		case $header in
		'<cpucompat/'*) continue ;;
		'<'*) [[ ${header:1:-1} =~ ^($system)$ ]] && continue ;;
		'"'*)
			found=no
			for near in $local_folders; do [ -e "$near/${header:1:-1}" ] && found=yes; done
			[ $found = yes ] && continue
			;;
		esac
		echo "$file may not include $header"
		failures=$((failures + 1))
	done < <(grep -Hno '^ *# *include *[<"][^>"]*[>"]' "$folder"/*.[ch] | sed -E 's/^([^:]*):[0-9]+:[^<"]*/\1:/')
}

os='(sys/|linux/|netinet/|arpa/|scsi/)?[a-z_]+\.h'
allow include/cpucompat "($pure)\.h" ""
allow agent/core "($pure)\.h" ""
allow agent/digest "($pure)\.h|nettle/.*" ""
allow agent/formats "($pure)\.h|jansson\.h|expat\.h" ""
allow agent/render "($pure)\.h|time\.h|jansson\.h" "agent/digest"
allow agent/secrets "$os" ""
allow agent/client "($pure|dlfcn|pthread|stdatomic|time)\.h|curl/curl\.h|jansson\.h" ""
allow agent/serve "$os|microhttpd\.h|gnutls/.*" "agent/formats agent/render agent/digest agent/secrets"
allow agent/daemon "$os" "agent/serve agent/secrets agent/client agent/formats agent/render probes"
allow agent/cli "$os" "agent/formats agent/render agent/client agent/secrets probes"
allow probes "$os|libcpuid/libcpuid\.h|nettle/.*" ""
allow agent "$os" "agent/cli agent/daemon agent/serve agent/formats agent/render probes"

# one_door HEADER PLACE...: only files of those places include it.
one_door() {
	local header=$1 pattern
	shift
	pattern=$(printf '|^%s' "$@")
	while read -r file; do
		[[ $file =~ ${pattern:1} ]] && continue
		echo "$file includes $header, whose door is $*"
		failures=$((failures + 1))
	done < <(grep -rlE "^ *# *include *<$header" agent include probes)
}
one_door microhttpd.h agent/serve/
one_door gnutls/ agent/serve/tls.c agent/serve/wire.c
one_door curl/curl.h agent/client/
one_door libcpuid/ probes/libcpuid.c
one_door seccomp.h agent/daemon/call_filter.c
one_door nettle/ agent/digest/ probes/machine_id.c
one_door expat.h agent/formats/xml.c
one_door jansson.h agent/formats/report agent/render/ agent/client/
for header in jansson.h curl/curl.h; do
	[ -z "$(grep -rl "include *<$header" agent/core include)" ] || { echo "core includes $header"; failures=$((failures + 1)); }
done

# Every source file of the core has its test program.
for file in agent/core/*.c; do
	name=$(basename "$file")
	[ -e "tests/unit/test_$name" ] || { echo "$file has no tests/unit/test_$name"; failures=$((failures + 1)); }
done

# The core's objects call nothing of the operating system.
archive=$CPC_PLAIN_BIN/libcpucompat.a
if [ -e "$archive" ]; then
	forbidden=$(nm --undefined-only "$archive" | awk '$1 == "U" { print $2 }' | sort -u |
		grep -xE 'open|fopen|read|write|time|clock_gettime|gettimeofday|getenv|socket|system|fork|puts|printf|fprintf' || true)
	[ -z "$forbidden" ] || { echo "core calls" $forbidden; failures=$((failures + 1)); }
fi

[ $failures -eq 0 ] && echo "layers: every include points down the line"
exit $((failures > 0))
