#!/usr/bin/env bash
# ./run and ./test on the Debian that this machine has not, in a folder made by
# debootstrap and removed afterwards.  What is judged is the committed tree.
#   tools/other_debian.sh [12|13] [PART...]   parts of ./test; none: all of it;
#                                             run: ./run alone
#   tools/other_debian.sh --why-not           what is missing to do so; false if nothing
# The mirror, certificates and npm settings are this machine's.  Packages stay in
# build-other, so that the next time is faster.  It ends with the tally of ./test.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/setup.sh

why_not() {
	[ "$(id -u)" = 0 ] || { echo 'it needs root' && return; }
	command -v debootstrap >/dev/null || { echo 'it needs debootstrap (apt-get install debootstrap)' && return; }
	[ -n "$(mirror)" ] || { echo 'apt-get names no mirror of Debian' && return; }
	return 1
}

# Where this machine has its packages of Debian from.
mirror() {
	! command -v apt-get >/dev/null ||
		apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' 'Origin: Debian' 'Label: Debian' | sed -n 1p
}

# in_root COMMAND...: in mounts and processes of its own, which end with it, so
# that nothing is left of either.
in_root() {
	# shellcheck disable=SC2016
	unshare --mount --pid --fork --kill-child bash -ec '
		root=$1 kept=$2 && shift 2
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
		mount --bind "$kept/debs" "$root/var/cache/apt/archives"
		mount --bind "$kept/npm" "$root$HOME/.npm"
		exec chroot "$root" env -i HOME="$HOME" LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
			${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} \
			"$@"' bash "$root" "$kept" "$@"
}

make_root() {
	mkdir -p "$kept/debs/partial" "$kept/npm" "$kept/base"
	say "Debian $1 into $root"
	debootstrap --cache-dir="$kept/base" --include=ca-certificates "$2" "$root" "$(mirror)" >"$kept/debootstrap.log" 2>&1 ||
		{ tail -n 20 "$kept/debootstrap.log" >&2; die "debootstrap could not make Debian $1"; }
	mkdir -p "$root$HOME/.npm" "$root/usr/etc" "$root/usr/local/share/ca-certificates"
	cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates"
	local settings
	for settings in /etc/npmrc /usr/etc/npmrc "$HOME/.npmrc"; do
		[ ! -f "$settings" ] || cp "$settings" "$root$settings"
	done
	# No service of a package begins: tests start their own.
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod +x "$root/usr/sbin/policy-rc.d"
	# What is thrown away needs no flush for each file.
	echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/thrown-away"
	in_root update-ca-certificates >/dev/null 2>&1
	git clone --quiet --no-hardlinks . "$root/truc"
}

# Until it answers; it stops with its mounts and processes.
try_run() {
	# shellcheck disable=SC2016
	in_root bash -ec '
		cd /truc
		./run --listen 127.0.0.1:0 >run.log 2>&1 &
		until url=$(sed -n "s|^Trục: \(http://[^ ]*\).*|\1|p" run.log) && [ -n "$url" ]; do
			kill -0 $! 2>/dev/null || { tail -n 40 run.log >&2; exit 1; }
			sleep 1
		done
		python3 - "$url" <<-"END"
			import sys, urllib.request
			for path in ("readyz", ""):
			    urllib.request.urlopen(sys.argv[1] + path, timeout=60).read()
		END
		kill $!
		wait $! || exit 1'
	say "./run answers"
}

[ "${1:-}" != --why-not ] || { why_not && exit 0 || exit 1; }
! why=$(why_not) || die "other-debian: $why"
version=$([ "$(system)" = 'debian 13' ] && echo 12 || echo 13)
case ${1:-} in
12 | 13) version=$1 && shift ;;
esac
suites=([12]=bookworm [13]=trixie)
kept=$PWD/build-other/$version
root=$(mktemp -d "${TMPDIR:-/tmp}/truc-debian-$version.XXXXXX")
trap 'rm -rf --one-file-system "$root"' EXIT
chmod 755 "$root" # others than root work in it, too
make_root "$version" "${suites[$version]}"
try_run
[ "$*" != run ] || exit 0
# shellcheck disable=SC2016
in_root bash -c 'cd /truc && exec ./test "$@"' bash "$@"
