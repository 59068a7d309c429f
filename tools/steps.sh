# shellcheck shell=bash
# Sourced by ./test: steps, parts, and two lanes of parts.  A step is one
# command; what it printed is in $out/NAME.log, its exit status in NAME.rc.
# tools/failing.py shows what failed in it; tools/tally.py counts what the steps
# left in $out.

# One line, or one block, at a time: two lanes write to the same terminal.
tell() {
	flock "$out/terminal" printf '%s\n' "$1"
}

# step NAME COMMAND...
step() {
	local name=$1 started=$SECONDS rc=0
	shift
	("$@") >"$out/$name.log" 2>&1 </dev/null || rc=$?
	echo "$rc" >"$out/$name.rc"
	if [ "$rc" = 0 ]; then
		tell "$(printf '  ok     %4d s  %s' $((SECONDS - started)) "$name")"
	else
		tell "$(printf '  FAILED %4d s  %s\n' $((SECONDS - started)) "$name"
			"$python" tools/failing.py "$out/$name.log" | sed 's/^/    | /')"
	fi
}

# skip NAME WHY: what cannot be judged here.
skip() {
	echo "ok 1 - $1 # skip $2" >"$out/$1.tap"
	tell "  skipped       $1: $2"
}

# TAP on standard output of a command becomes NAME.tap.
tap_step() {
	local name=$1
	step "$@"
	grep -E '^(not ok|ok)\b' "$out/$name.log" >"$out/$name.tap" || true
}

pytest_step() {
	local name=$1
	shift
	step "$name" "$python" -m pytest -q -p no:cacheprovider --junitxml="$out/$name.xml" "$@"
}

# A part that ends before its steps could is a failure by its own name.
run_part() {
	local started=$SECONDS
	("part_$1") || echo 1 >"$out/part-$1.rc"
	tell "$(printf '%4d s  part %s' $((SECONDS - started)) "$1")"
}

# run_parts LANES PART...: so many at a time, begun in this order.
run_parts() {
	local lanes=$1 part
	shift
	for part in "$@"; do
		while [ "$(jobs -rp | wc -l)" -ge "$lanes" ]; do
			wait -n || true
		done
		run_part "$part" &
	done
	wait
}
