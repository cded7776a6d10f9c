# SPDX-License-Identifier: MIT
# Sourced by run.sh here and in tests/: what a build needs, from the distribution.

# Say what is wrong in one line and stop.
die() {
	echo "${0##*/}: $*" >&2
	exit 69
}

# ensure_packages LIST...: install what the lists name and is not there yet.
ensure_packages() {
	local package missing=()
	command -v dpkg-query >/dev/null || die "dpkg-query is missing: this installs its packages on Debian and its derivatives only"
	while read -r package; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
	done < <(cat "$@")
	[ ${#missing[@]} -eq 0 ] && return 0
	[ "$(id -u)" = 0 ] || die "missing packages; as root run: apt-get install ${missing[*]}"
	echo "Installing ${missing[*]}"
	{
		apt-get -qq update &&
			DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "${missing[@]}"
	} >"$log" 2>&1 </dev/null || die "apt-get could not install ${missing[*]}; its output is in $log"
}

# quietly COMMAND...: run it, and show what it printed only if it fails.
quietly() {
	{ : >"$log"; } 2>/dev/null || die "$log cannot be written: run as its owner, or from a copy of the sources"
	"$@" >"$log" 2>&1 </dev/null || {
		tail -n 40 "$log" >&2
		die "failed: $*; its whole output is in $log"
	}
}
