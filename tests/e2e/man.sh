#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The manual pages: well formed, at home in 80 columns, installed, and naming what the programs know.
set -u
cli=${CPC_BIN:?}/cpucompat
cd "${CPC_SOURCE:?}/packaging/man" || exit 1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0

fail()
{
	echo "FAIL: $*" >&2
	failures=$((failures + 1))
}

# Every command is an item of its own, every policy and format is named.
commands=$("$cli" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
[ "$(wc -w <<<"$commands")" -ge 7 ] || fail "--help lists too few commands to be all"
for command in $commands; do
	grep -qx "\.It Cm $command" cpucompat.1 || fail "cpucompat.1: no '.It Cm $command'"
	grep -qx "\.Cm $command" cpucompat.1 || fail "cpucompat.1: no synopsis of $command"
	usage=$("$cli" "$command" --help)
	[ -n "$usage" ] || fail "$command --help says nothing"
	for flag in $(sed -n '/^Usage/,/^$/p' <<<"$usage" | grep -oE '\[--[a-z-]+' | tr -d '['); do
		[ "$command" = serve ] || grep -q "^\.It Fl ${flag#-}" cpucompat.1 || fail "cpucompat.1: no '.It Fl ${flag#-}'"
	done
done
words=$("$cli" list policies | awk '{ print $1 }'; "$cli" list formats | sed -n '/^Printed/,/^$/s/^  [a-z]* *//p')
[ "$(wc -w <<<"$words")" -gt 15 ] || fail "too few policies and formats to be all"
for word in $words; do
	grep -qE "^(\.It |\.)Cm (.* )?$word( |$)" cpucompat.1 || fail "cpucompat.1: no $word"
done
for command in $(sed -n '/^\.Ss Commands/,/^\.El/s/^\.It Cm //p' cpucompat.1); do
	"$cli" "$command" --help >/dev/null 2>&1 || fail "cpucompat.1: there is no command $command"
done

# Where the build tree can install, the pages and the example are among it.
if cmake --install "$CPC_BIN" --prefix "$folder" >"$folder/log" 2>&1; then
	for page in *; do
		[ -s "$folder/share/man/man${page##*.}/$page" ] || fail "$page is not installed"
	done
	cmp -s ../cpucompat.conf "$folder/share/doc/cpucompat/cpucompat.conf" || fail "cpucompat.conf is not installed"
	for path in $(sed -n 's|^\.It Pa /usr/\(share/doc/cpucompat/.*\)|\1|p' ./*.[58]); do
		[ -e "$folder/$path" ] || fail "$path is not installed"
	done
	for file in prometheus/cpucompat.yml prometheus/rules/cpucompat-alerts.yml grafana/cpucompat.json; do
		cmp -s "../$file" "$folder/share/doc/cpucompat/$file" || fail "$file is not installed"
	done
else
	fail "cmake --install: $(tail -n 3 "$folder/log")"
fi

command -v groff >/dev/null || { echo "man: groff is not installed, so nothing is rendered"; exit $((failures > 0)); }
for page in *; do
	warnings=$(groff -ww -mandoc -z "$page" 2>&1)
	[ -z "$warnings" ] || fail "groff: $warnings"
	wide=$(groff -mandoc -Tascii -P-c -rLL=78n "$page" | sed 's/.\x08//g' | awk 'length > 80')
	[ -z "$wide" ] || fail "$page is wider than 80 columns: $wide"
done
if command -v mandoc >/dev/null; then
	warnings=$(mandoc -Tlint -Wwarning ./* 2>/dev/null)
	[ -z "$warnings" ] || fail "$warnings"
fi
[ $failures -eq 0 ] && echo "man: $(ls | wc -l) pages, well formed and complete"
exit $((failures > 0))
