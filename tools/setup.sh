# shellcheck shell=bash
# Sourced by ./run and ./test: installs what is missing, from Debian's packages
# and npm with lockfiles, and nothing from elsewhere.  What is there is kept.
# Known to work on Debian 12 and 13; other systems are told so.

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# Such as "debian 12".
os_release=/etc/os-release
system() (
	ID=unknown VERSION_ID=
	# shellcheck disable=SC1090
	[ ! -r "$os_release" ] || . "$os_release"
	printf '%s %s\n' "$ID" "$VERSION_ID"
)

is_known() {
	case $(system) in
	'debian 12' | 'debian 13') ;;
	*) return 1 ;;
	esac
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "This step needs root: run it as root, or install sudo. The step: $*"
	fi
}

packages_build=(gcc libc6-dev meson ninja-build pkg-config python3 libsqlite3-dev libpq-dev libjansson-dev libmicrohttpd-dev
	libcurl4-openssl-dev libargon2-dev libutf8proc-dev libssl-dev zlib1g-dev)
packages_test=(libcmocka-dev postgresql python3-pytest chromium fonts-liberation procps curl openssl nginx prometheus poppler-utils python3-aiosmtpd)
# Another version formats and warns otherwise: without these, what they judge is
# skipped, and judged on Debian 12.
packages_clang=(clang-14 libclang-rt-14-dev clang-tidy-14 clang-format-14)
[ "$(system)" != 'debian 12' ] || packages_test+=("${packages_clang[@]}")

# What the build looks for, where the packages are not Debian's.
commands=(gcc meson ninja pkg-config python3 node npm)
libraries=(sqlite3 libpq jansson libmicrohttpd libcurl libargon2 libutf8proc libcrypto zlib)

# absent_here: the names of what is not there.
absent_here() {
	local name
	for name in "${commands[@]}"; do
		command -v "$name" >/dev/null || echo "$name"
	done
	command -v pkg-config >/dev/null || return 0
	for name in "${libraries[@]}"; do
		pkg-config --exists "$name" || echo "$name"
	done
}

# Elsewhere nothing is installed: it goes on if all is there.
go_on_elsewhere() {
	local absent
	say "This system ($(system)) was not tried: ./run and ./test are known to work on Debian 12, and on Debian 13 as far as docs/next-steps.md says. Here nothing is installed; what is there is used."
	absent=$(absent_here | paste -sd' ')
	[ -z "$absent" ] || die "To go on, install: $absent"
}

has_package() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

install_packages() {
	local missing=() name
	is_known || { go_on_elsewhere; return; }
	for name in "$@"; do
		has_package "$name" || missing+=("$name")
	done
	# Another Node with its own npm may be on the machine already: keep it.
	command -v node >/dev/null || missing+=(nodejs)
	command -v npm >/dev/null || missing+=(npm)
	[ ${#missing[@]} -gt 0 ] || return 0
	say "Installing from Debian: ${missing[*]}"
	as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		-o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null
	# Debian lets it serve port 80 at once; the tests start their own.
	case " ${missing[*]} " in
	*' nginx '*) ! command -v systemctl >/dev/null || as_root systemctl disable --now --quiet nginx || true ;;
	esac
}

# npm_install DIR: exactly what the lockfile says; done again when it changes or
# when an earlier try was cut off.
npm_install() {
	local stamp="$1/node_modules/.lockfile-installed"
	cmp -s "$1/package-lock.json" "$stamp" && return 0
	say "Installing the npm packages of $1 (lockfile)"
	(cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
	cp "$1/package-lock.json" "$stamp"
}

# build_c DIR [meson options]: what it printed is in build-logs/DIR.log.
build_c() {
	local dir=$1 log=build-logs/$1.log
	shift
	mkdir -p build-logs
	if [ ! -f "$dir/build.ninja" ]; then
		rm -rf "$dir"
		meson setup "$@" "$dir" >"$log" 2>&1 || { tail -n 20 "$log" >&2; die "meson could not configure $dir"; }
	fi
	ninja -C "$dir" --quiet >"$log" 2>&1 || { tail -n 40 "$log" >&2; die "the build in $dir failed"; }
}

# build_with COMPILER DIR ...
build_with() {
	local CC=$1
	export CC
	shift
	build_c "$@"
}

# Two lanes may want it at once.
build_web() {
	mkdir -p build-logs
	(
		flock 9
		npm_install web
		if [ -f web/dist/index.html ]; then
			local newer
			newer=$(find docs/vi web/src web/tools web/package.json web/tsconfig.json -newer web/dist/index.html)
			[ -n "$newer" ] || exit 0
		fi
		say "Building the web client"
		cd web && npm run --silent build
	) 9>build-logs/web.lock
}
