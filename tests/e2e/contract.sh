#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What HTTP itself promises, on every path: design, section 8, and RFC 9110. What each path holds is serve.sh's, and
# whether the contract says so openapi.sh's.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need curl jq


start --listen 127.0.0.1:0
url=${url%/}

# The paths of the contract, and of the design.
ask "$url/openapi.json"
mapfile -t paths < <(jq -r '.paths | keys[]' "$folder/body")
for path in / /v1/report /v1/fingerprint /v1/snapshot /v1/compare /v1/peers /v1/fleet /v1/ready /metrics /healthz /readyz /openapi.json; do
	[[ " ${paths[*]} " = *" $path "* ]] || fail "the contract has no $path"
done
# What a schema requires it names once (JSON Schema, required: its elements are unique), which validators let pass.
equal "required twice" '[]' "$(jq -c '[.components.schemas[] | .. | objects | .required? | arrays | select(length != (unique | length))]' "$folder/body")"
fingerprint=$(curl -sS "$url/v1/fingerprint")

# on_every_path PATH: what all of them have in common
on_every_path()
{
	local path=$1 target=$1 method allow tag got
	[ "$path" = /v1/compare ] && target="$path?with=$fingerprint"
	ask "$url$target"
	equal "GET $path" 200 "$status"
	tag=$(header ETag)
	grep -q '^Date: [A-Z][a-z][a-z], [0-9][0-9] [A-Z][a-z][a-z] 20[0-9][0-9] [0-9:]* GMT' "$folder/headers" || fail "GET $path: no Date"
	[[ $(header Cache-Control) =~ ^no-(cache|store)$ ]] || fail "GET $path: Cache-Control: $(header Cache-Control)"
	grep -v '^Date' "$folder/headers" >"$folder/get"
	ask -I "$url$target"
	equal "HEAD $path" 200 "$status"
	grep -v '^Date' "$folder/headers" | diff "$folder/get" - >&2 || fail "HEAD $path differs from GET"

	allow='GET, HEAD'
	jq -e --arg path "$path" '.paths[$path].post' "$folder/contract" >/dev/null && allow='GET, HEAD, POST'
	for method in POST PUT OPTIONS TRACE get; do
		[[ ", $allow, " = *", $method, "* ]] && continue
		ask --request-target "$path" -X "$method" "$url$path"
		equal "$method $path" 405 "$status"
		equal "$method $path: Allow" "$allow" "$(header Allow)"
		problem "$method $path"
	done
	ask "$url$path?nobody=knows"
	equal "$path?nobody=knows" 400 "$status"
	problem "$path?nobody=knows"
	grep -q nobody "$folder/body" || fail "$path?nobody=knows: the parameter is not named"

	[ "$path" = /v1/compare ] && return
	[[ $tag =~ ^\"[0-9a-f]{16}\"$ ]] || fail "$path: no strong ETag: $tag"
	for got in "$tag" "W/$tag" '*' "\"a\", \"b,c\" ,W/\"d\",$tag"; do
		for method in '' -I; do
			ask $method -H "If-None-Match: $got" "$url$path"
			equal "$path If-None-Match: $got ($method)" 304 "$status"
			equal "$path ETag of 304" "$tag" "$(header ETag)"
			equal "$path body of 304" 0 "$size"
		done
	done
	ask -H 'If-None-Match: "a"' -H "If-None-Match: $tag" "$url$path"
	equal "$path If-None-Match in two lines" 304 "$status"
	for got in '"a"' '"*"' '"a,*,b"' "${tag//\"/}" "x$tag" "\"a$tag" ''; do
		ask -H "If-None-Match;" -H "If-None-Match: $got" "$url$path"
		equal "$path If-None-Match: $got" 200 "$status"
	done
	for got in "$tag" '*' "\"a\", $tag"; do
		ask -H "If-Match: $got" "$url$path"
		equal "$path If-Match: $got" 200 "$status"
	done
	for got in '"a"' "W/$tag"; do
		ask -H "If-Match: $got" -H "If-None-Match: $tag" "$url$path"
		equal "$path If-Match: $got" 412 "$status"
		problem "$path If-Match: $got"
	done
}

# problem WHAT: the last answer is an RFC 9457 problem document about its own status
problem()
{
	local length
	equal "$1: type" application/problem+json "$(header Content-Type)"
	equal "$1: Cache-Control" no-store "$(header Cache-Control)"
	length=$(header Content-Length)
	[ "${length:-0}" -gt 0 ] || fail "$1: no length"
	[ "$size" != 0 ] || return 0
	jq -e --arg status "$status" '(.status | tostring) == $status and (.title | length > 0) and (.detail | length > 0)
		and (keys - ["type", "title", "status", "detail", "instance"] == [])' "$folder/body" >/dev/null ||
		fail "$1: no problem document: $(head -c 300 "$folder/body")"
}

# accept HEADER TYPE: which of the two texts of /metrics comes
accept()
{
	local tag
	ask -H "Accept: $1" "$url/metrics"
	equal "/metrics Accept: $1" 200 "$status"
	equal "/metrics Accept: $1, type" "$2; charset=utf-8" "$(header Content-Type)"
	equal "/metrics Accept: $1, Vary" Accept "$(header Vary)"
	tag=$(header ETag)
	tags[$2]=$tag
	ask -H "Accept: $1" -H "If-None-Match: $tag" "$url/metrics"
	equal "/metrics Accept: $1, 304" 304 "$status"
	equal "/metrics Accept: $1, Vary of 304" Accept "$(header Vary)"
}

cp "$folder/body" "$folder/contract"
for path in "${paths[@]}"; do
	on_every_path "$path"
done

declare -A tags
plain='text/plain; version=0.0.4'
open='application/openmetrics-text; version=1.0.0'
accept '*/*' "$plain"
accept 'text/html, */*;q=0.8' "$plain"
accept 'application/json' "$plain"
accept 'application/openmetrics-text; version=1.0.0; q=0.4, text/plain; q=0.5' "$plain"
accept 'application/openmetrics-text; version=1.0.0, text/plain; version=0.0.4; q=0.5, */*; q=0.1' "$open"
[ "${tags[$plain]}" != "${tags[$open]}" ] || fail "both texts of /metrics have one ETag"
ask -H 'Accept: application/openmetrics-text' -H "If-None-Match: ${tags[$plain]}" "$url/metrics"
equal "the other text's ETag" 200 "$status"
ask -H 'Accept: text/plain;q=0.5' -H 'Accept: application/openmetrics-text' "$url/metrics"
equal "Accept in two lines" "$open; charset=utf-8" "$(header Content-Type)"
equal "the end of OpenMetrics" '# EOF' "$(tail -n 1 "$folder/body")"
# Where there is one representation, Accept is disregarded (RFC 9110, 12.5.1).
ask -H 'Accept: application/json' "$url/"
equal "/ as JSON" 200 "$status"

echo "contract: ${#paths[@]} paths"
finish
