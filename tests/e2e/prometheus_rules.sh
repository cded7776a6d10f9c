#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The packaged rules of Prometheus against promtool's unit tests in tests/prometheus, and those tests against rules that
# were broken on purpose: each of these must be noticed.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need promtool

source=${CPC_SOURCE:?}
rules=packaging/prometheus/rules

promtool check rules "$source/$rules"/*.yml >"$folder/said" 2>&1 || fail "promtool check rules: $(cat "$folder/said")"
promtool test rules "$source"/tests/prometheus/*.yml >"$folder/said" 2>&1 || fail "promtool test rules: $(cat "$folder/said")"

# The configurations that scale.md shows, each a whole one.
awk -v folder="$folder" '/^ *```yaml$/ { file = folder "/shown" ++n ".yml"; next } /^ *```$/ { file = "" } file { print >file }' \
	"$source/packaging/prometheus/scale.md"
for shown in "$folder"/shown*.yml; do
	promtool check config --syntax-only "$shown" >"$folder/said" 2>&1 || fail "scale.md: $(cat "$folder/said")"
done

# Every rule has a test, and every alert one in which it fires and one in which it does not.
for record in $(sed -n 's/^ *- record: //p' "$source/$rules"/*.yml); do
	grep -q "expr:.*$record" "$source/tests/prometheus/recording.yml" || fail "no test has $record"
done
for alert in $(sed -n 's/^ *- alert: //p' "$source/$rules"/*.yml); do
	for expected in '\[\]$' '$'; do
		grep -hA 1 "alertname: $alert\$" "$source"/tests/prometheus/*.yml | grep -q "exp_alerts: *$expected" ||
			fail "$alert is not tested with exp_alerts: ${expected%$}"
	done
done

# Breaks: the file, the lines (a basic regular expression), and what sed does to each of them, one at a time.
breaks()
{
	local alerts=cpucompat-alerts.yml recording=cpucompat-recording.yml
	cat <<-BREAKS
		$alerts	^ *- alert: 	s/\$/2/
		$alerts	^ *for: 5m\$	s/5m/6m/
		$alerts	^ *for: 10m\$	s/10m/11m/
		$alerts	^ *for: 15m\$	s/15m/16m/
		$alerts	^ *for: 1h\$	s/1h/61m/
		$alerts	^ *for: 5m\$	s/5m/4m/
		$alerts	^ *for: 10m\$	s/10m/9m/
		$alerts	^ *for: 15m\$	s/15m/14m/
		$alerts	^ *for: 1h\$	s/1h/59m/
		$alerts	up{job=~"cpucompat	s/cpucompat/other/
		$alerts	up{job=~"cpucompat.*== 0	s/{job.*}//
		$alerts	== [01]\$	s/== [01]\$/!= 99/
		$alerts	> 1\$	s/> 1\$/> 0/
		$alerts	> 1\$	s/> 1\$/> 2/
		$alerts	\[1h\]))	s/1h/6m/
		$alerts	\[1h\]) == 1	s/1h/6m/
		$alerts	unless on (job	s/unless .*/unless up{instance="x"}/
		$alerts	expr:.*{status=~"absent	s/absent|//
		$alerts	{status=~"absent	s/|disabled-by-firmware//
		$alerts	{status=~"absent	s/{status.*}/{status!="present"}/
		$alerts	{column="minimum"	s/column="minimum",//
		$alerts	{column="minimum"	s/,status="[a-z-]*"//
		$recording	{column=""})	s/{column=""}//
		$recording	{column!=""})	s/{column!=""}//
		$recording	requirement, column,	s/column, //
		$alerts	and on (job	s/and on .*/or/
		$alerts	x(\[-:\]	s/|.*=x(,.*)?//
		$alerts	x(\[-:\]	s/(.*\[-:\])?x/x/
		$alerts	x(\[-:\]	s/x(\[-:\]/x.*(/
		$alerts	{verdict="	s/{verdict.*}//
		$alerts	microcode!=	s/{.*}//
		$alerts	(count by (cluster, vendor,	s/(cluster, /(/
		$alerts	job, instance, view, id)	s/view, id/id/
		$recording	^ *- record: 	s/\$/2/
		$recording	by (cluster, [a-z]	s/cluster, //
		$recording	by (.*, [a-z]*)	s/, [a-z]*)/)/
		$recording	by (cluster) 	s/ by (cluster)//
		$recording	(increase(	s/1h/2h/
	BREAKS
}

# test_of FILE LINE: the test of the group that a line is in
test_of()
{
	sed -n "1,$2s/^ *- name: cpucompat-//p" "$source/$rules/$1" | tail -n 1
}

# concerning FILE LINE TEST: the test file with those tests alone that name the rule which a line is in
concerning()
{
	local rule
	rule=$(sed -nE "1,$2s/^ *- (alert|record): //p" "$source/$rules/$1" | tail -n 1)
	awk -v rule="$rule" '
		function flush() { if (!tests || index(block, ": " rule) || index(block, "(" rule)) printf "%s", block; block = "" }
		/^  - name: / { flush(); tests = 1 }
		{ block = block $0 "\n" }
		END { flush() }' "$3"
}

count=0
what=()
tests=()
while IFS=$'\t' read -r file lines change; do
	numbers=$(grep -ne "$lines" "$source/$rules/$file" | sed '/^[0-9]*: *#/d; s/:.*//')
	[ -n "$numbers" ] || fail "$file has no line '$lines'"
	for number in $numbers; do
		test=$(test_of "$file" "$number").yml
		mkdir -p "$folder/$count/$rules" "$folder/$count/tests/prometheus"
		cp "$source/$rules"/*.yml "$folder/$count/$rules/"
		concerning "$file" "$number" "$source/tests/prometheus/$test" >"$folder/$count/tests/prometheus/$test"
		sed -i "$number$change" "$folder/$count/$rules/$file"
		cmp -s "$source/$rules/$file" "$folder/$count/$rules/$file" && fail "$file:$number: '$change' changes nothing"
		what[count]="$file:$number: $change"
		tests[count]=$folder/$count/tests/prometheus/$test
		count=$((count + 1))
	done
done < <(breaks)

# All of them in two runs. What is no rule at all fails as well, but without a word of what was expected.
half=$((count / 2))
promtool test rules "${tests[@]::half}" >"$folder/first" 2>&1 &
promtool test rules "${tests[@]:half}" >"$folder/second" 2>&1
wait $!
noticed=0
for i in "${!tests[@]}"; do
	sed -n "\|^Unit Testing:  ${tests[i]}\$|,/^Unit Testing:  .*[^ ]\$/p" "$folder/first" "$folder/second" | tail -n +2 |
		sed '/^Unit Testing/d' >"$folder/said"
	if grep -q '^ *exp:' "$folder/said"; then
		noticed=$((noticed + 1))
	else
		fail "no test notices ${what[i]}: $(head -c 300 "$folder/said")"
	fi
done

echo "prometheus rules: $noticed of $count broken rules are noticed"
finish
