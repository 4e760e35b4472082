# SPDX-License-Identifier: MIT
# Signals at random moments over run, compare, check and baseline: a result is there whole or not at
# all, and no folder, temporary file or process is left. SIGNAL_MOMENTS=500 is the long form.

load helper

# moments SIGNAL...: each moment another command, another signal of these; the seed is printed.
moments() {
	mkdir -p tmp
	TMPDIR=$folder/tmp timeout 3000 /usr/bin/python3 "$root/tests/cli/moments.py" "$ringside" \
		"${SIGNAL_MOMENTS:-20}" "${SIGNAL_SEED:-$RANDOM}" "$@"
}

@test "every ending signal leaves the result so far and nothing else" {
	moments SIGHUP SIGINT SIGQUIT SIGABRT SIGALRM SIGTERM SIGUSR1 SIGUSR2 SIGVTALRM SIGPROF \
		SIGIO SIGPWR SIGXCPU SIGSTKFLT
}

@test "what SIGKILL leaves is gone after the next start" {
	SIGNAL_MOMENTS=$(((${SIGNAL_MOMENTS:-20} + 4) / 5)) moments SIGKILL
	TMPDIR=$folder/tmp "$ringside" compare --engines=psync,sync --filename=/dev/zero \
		--size=64k --rw=read --trial-time=5ms --blocks=3 --quiet >/dev/null
	ls tmp
	[ -z "$(ls tmp)" ]
}

@test "a signal in the middle of a run ends each command with its figures, whatever it is" {
	mkdir tmp
	for signal in QUIT XCPU ALRM USR1 USR2 ABRT; do
		TMPDIR=$folder/tmp "$ringside" compare --engines=psync,sync --filename=/dev/zero \
			--size=64k --rw=read --trial-time=20ms --blocks=1000 --quiet \
			--json=c.json >/dev/null 2>&1 &
		for ((i = 0; i < 100; i++)); do [ -s c.json ] && break || sleep 0.1; done
		"$ringside" run --filename=/dev/zero --size=64k --rw=read --time_based \
			--runtime=60s --quiet --json=r.json >/dev/null 2>&1 &
		sleep 0.3
		kill -$signal %1 %2
		for job in %1 %2; do
			status=0
			wait $job || status=$?
			[ "$status" -eq $((128 + $(kill -l $signal))) ]
		done
		validate r.json
		validate_by comparison-schema c.json
		expect_json c.json "d['signal']" "$(kill -l $signal)"
		[ -z "$(ls tmp)" ]
		rm c.json r.json
	done
}

@test "SIGPIPE ends nothing" {
	"$ringside" run --filename=/dev/zero --size=64k --rw=read --time_based --runtime=500ms \
		--quiet --json=r.json >/dev/null &
	sleep 0.2
	kill -PIPE $!
	wait $!
	validate r.json
}
