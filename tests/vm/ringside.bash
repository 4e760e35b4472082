# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# ringside in the guest: what the ringside_*.bats files share. `load ringside`, and faults.bash is
# there too.

bats_require_minimum_version 1.5.0
# shellcheck source=tests/vm/faults.bash
source "${BASH_SOURCE[0]%/*}/faults.bash"

binary=$BATS_TEST_DIRNAME/../../build/ringside

setup() { cd "$BATS_TEST_TMPDIR" || return; }
teardown() {
	if [ -n "${job-}" ]; then pkill -KILL -P "$job" || true; fi # Of a test that failed.
	faults_undo
}

# ringside OPTION...: sets status, output, stderr.
ringside() { run --separate-stderr timeout -s KILL 120 "$binary" "$@"; }

# run_job ENGINE NODE OPTION...: one job, its result in the file result.json.
run_job() {
	ringside run --name=job --ioengine="$1" --filename="$2" --size=1m --format=json \
		--output=result.json "${@:3}"
}

must_fail() { if "$@"; then echo "must fail: $*"; return 1; fi; }
expect_status() { [ "$status" -eq "$1" ] || { echo "status $status: $stderr"; return 1; }; }
expect_stderr() { [[ $stderr == *"$1"* ]] || { echo "stderr: $stderr"; return 1; }; }

# expect_refusal CODE TEXT ENGINE NODE OPTION...: nothing is run, and that is said.
expect_refusal() { run_job "${@:3}" && expect_status "$1" && expect_stderr "$2"; }

# expect_result EXPRESSION...: of Python, over result.json `d` and its first job `j`, are true.
expect_result() {
	/usr/bin/python3 -ISc 'import json, sys
d = json.load(open("result.json"))
j = d["jobs"][0]
for expression in sys.argv[1:]:
    if not eval(f"({expression})"):
        sys.exit(f"not so: {expression}")' "$@"
}

# flow: grows with the I/O of the drive of plug_drive. Polled I/O is counted by the block device
# only, passthrough by its interrupts only (q0 is the admin queue).
flow() {
	awk -v queue=" ${drive_controller}q[1-9]" '
		FILENAME != "/proc/interrupts" { n += $1 + $5 }
		$0 ~ queue { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i }
		END { print n + 0 }' "/sys/block/${drive_block#/dev/}/stat" /proc/interrupts
}

# The tests wait for what they need, and no job ends by time: a slow machine is no fault.
# start NODE OPTION...: a job on the drive of plug_drive, in the background, until finish or stop;
# returns when its I/O flows: more than the 50 or so that look for signatures before it opens.
start() {
	local before
	before=$(flow)
	timeout -s KILL 240 "$binary" run --name=job --filename="$1" --rw=randread --bs=4k \
		--time_based --runtime=10m --iodepth=4 --format=json --output=result.json \
		"${@:2}" 2>errors 3>&- &
	job=$!
	wait_until has_flown $((before + 500))
}
has_flown() { [ "$(flow)" -ge "$1" ]; }

# goes_on: returns when more I/O has flown.
goes_on() { wait_until has_flown $(($(flow) + 50)); }

# finish: waits for the job to end by itself, and sets status to its code.
finish() {
	status=0
	wait "$job" || status=$?
	stderr=$(cat errors)
}

# stop: ends the job as Ctrl-C does; what it has measured until then is its result.
stop() { kill -INT "$(pgrep -P "$job")" && finish && expect_status 130; }
