#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `ringside verify`: targets against the states of runs that ended, or were killed, or were damaged.
# covers: src/command/verify.c src/verify/audit.c src/verify/state_file.c
# RINGSIDE_CRASHES: how many runs are killed (8; `make simulate`: 200).

load helper

# Random writes of a target of 8 MiB, with a state.
job=(--name=job --filename=target --size=8m --rw=randwrite --norandommap=1 --iodepth=16
	--verify=crc32c --do_verify=0 --verify_state_save=1 --output=said)

write_job() {
	"$ringside" run "${job[@]}" "$@"
}

# look OPTIONS...: the target against the state.
look() {
	ringside verify target --state=job-verify.state "$@"
}

# counts NAME...: these counts of blocks of the last `look --format=json`, on a line.
counts() {
	python3 -c 'import json, sys
blocks = json.load(sys.stdin)["blocks"]
print(*(blocks[name] for name in sys.argv[1:]))' "$@" <<<"$output"
}

# first_written: the number of the first 4k block that the run wrote.
first_written() {
	python3 - "$@" <<-'END'
		data = open("target", "rb").read()
		for at in range(0, len(data), 4096):
		    if data[at:at + 2] == b"\xca\xac":
		        print(at // 4096)
		        break
	END
}

@test "a run that was refused does not cost an earlier state" {
	local job=(--name=a --size=64k --rw=write --verify=crc32c --verify_state_save=1)
	ringside run "${job[@]}" --filename=f
	expect_status 0
	cp a-verify.state before
	${CC:-cc} -o forbid "$root/tests/cli/forbid_io_uring.c"
	run --separate-stderr ./forbid "$ringside" run "${job[@]}" --filename=f --ioengine=io_uring
	expect_status 4
	cmp a-verify.state before
	# Of two jobs the one that can be prepared starts, and its state alone is new.
	printf '%s\n' '[global]' verify=crc32c verify_state_save=1 size=64k rw=write \
		'[a]' filename=f ioengine=io_uring '[b]' filename=g >job
	run --separate-stderr ./forbid "$ringside" run job
	expect_status 4
	cmp a-verify.state before
	ringside verify --state=a-verify.state
	expect_status 0
	ringside verify --state=b-verify.state
	expect_status 0
	[ -z "$(find . -name '*.new.*')" ]
	ringside run "${job[@]}" --filename=f
	expect_status 0
	must_fail cmp -s a-verify.state before
}

@test "what a run wrote and ended with is there" {
	write_job --ioengine=psync --io_size=80m
	look
	expect_status 0
	expect_text "the run ended"
	expect_text "all that was acknowledged is there"
	look --format=json
	[ "$(counts wrong in_flight_before in_flight_after unjudged)" = "0 0 0 0" ]
	[ "$(counts right)" -gt 2000 ]
}

@test "the document of a verification follows its schema" {
	python3 -c 'import jsonschema' || skip "python3-jsonschema is not installed"
	write_job --ioengine=psync --number_ios=1000
	dd if=/dev/zero of=target bs=4k seek="$(first_written)" count=1 conv=notrunc status=none
	ringside help verify-schema
	printf '%s' "$output" >schema.json
	look --format=json
	expect_status 5
	printf '%s' "$output" >document.json
	python3 -c 'import json, jsonschema
jsonschema.validate(json.load(open("document.json")), json.load(open("schema.json")))'
}

# kill_after MS OPTIONS...: a run that is killed by SIGKILL so many milliseconds after its state is
# there, and with it all but its first write.
kill_after() {
	local milliseconds=$1 child tries
	shift
	touch -d '-1 sec' before
	[ ! -e job-verify.state ] || touch -d '-2 sec' job-verify.state
	"$ringside" run "${job[@]}" --time_based=1 --runtime=60 "$@" 3>&- &
	child=$!
	for ((tries = 0; tries < 400; tries++)); do
		[ job-verify.state -nt before ] && break
		sleep 0.05
	done
	sleep "$(printf '0.%03d' "$milliseconds")"
	kill -9 "$child"
	wait "$child" 2>/dev/null || true
}

# Each acknowledged write is there, and nothing is a false alarm, whenever the process is killed.
@test "runs that are killed at random moments have written what they acknowledged" {
	local engines=(io_uring libaio psync posixaio)
	local sizes=(--bs=4k --bsrange=4k-16k --bs=512 --bssplit=4k/60:64k/40)
	local crashes=${RINGSIDE_CRASHES:-8} judged=0 flown=0 round right before after
	for ((round = 0; round < crashes; round++)); do
		rm -f target job-verify.state
		kill_after $((RANDOM % 400)) --ioengine="${engines[round % 4]}" --sync=dsync \
			"${sizes[round * 5 / 4 % 4]}" --randseed="$RANDOM"
		look --format=json
		[ "$status" -eq 0 ] || cp target job-verify.state "${TMPDIR:-/tmp}/"
		expect_status 0
		expect_text '"ended": "killed"'
		read -r right before after <<<"$(counts right in_flight_before in_flight_after)"
		judged=$((judged + right))
		flown=$((flown + before + after))
	done
	echo "judged $judged, in flight $flown"
	[ "$judged" -gt $((crashes * 20)) ]
	[ "$flown" -gt 0 ]
}

# The clock of writes goes on in a run that loads the state of another.
@test "an acknowledged write that is lost is told, with its age" {
	local block
	write_job --ioengine=psync --io_size=80m
	cp target older
	kill_after 500 --ioengine=psync --sync=dsync --verify_state_load=1
	look
	expect_status 0
	block=$(cmp -l older target | awk 'NR == 1 { print int(($1 - 1) / 4096) }')
	dd if=older of=target bs=4k skip="$block" seek="$block" count=1 conv=notrunc status=none
	look --format=json
	expect_status 5
	expect_text "\"offset\": $((block * 4096)),"
	expect_text '"kind": "older"'
	[[ $output =~ "a lost write: write "[0-9]+" where write "[0-9]+" was expected" ]]
}

@test "damage of each kind is told by its kind" {
	local a b
	write_job --ioengine=psync --io_size=80m
	cp target good
	look
	expect_status 0
	# A flipped bit, two blocks exchanged, a block torn at a sector, zeros.
	python3 - <<-'END'
		block = 4096
		data = bytearray(open("target", "rb").read())
		def part(n): return data[n * block:(n + 1) * block]
		data[100 * block + 1000] ^= 4
		a, b = part(200), part(201)
		data[200 * block:201 * block], data[201 * block:202 * block] = b, a
		data[300 * block + 1536:301 * block] = part(301)[1536:]
		data[400 * block:401 * block] = bytes(block)
		open("target", "wb").write(data)
	END
	look
	expect_status 5
	expect_text "at 409600, 4096 bytes: a flipped bit: bit 2 of byte 1000"
	expect_text "at 819200, 4096 bytes: the content of the block at 823296 (write"
	expect_text "at 823296, 4096 bytes: the content of the block at 819200 (write"
	expect_text "at 1228800, 4096 bytes: torn at byte 1536 (a sector's boundary)"
	expect_text "of the block at 1232896"
	expect_text "at 1638400, 4096 bytes: zeros"
	expect_text "5: a flipped bit 1, zeros 1, another block's content 2, torn 1"
}

@test "a state that is damaged, of another version or of another file is refused" {
	write_job --ioengine=psync --number_ios=1000
	cp job-verify.state state
	printf 'x' | dd of=job-verify.state bs=1 seek=9000 conv=notrunc status=none
	look
	expect_status 2
	expect_error "its checksum is wrong: it is damaged"
	cp state job-verify.state
	printf '\2' | dd of=job-verify.state bs=1 seek=8 conv=notrunc status=none
	look
	expect_status 2
	expect_error "it has version 2, and this ringside reads 1"
	cp state job-verify.state
	truncate -s -1 job-verify.state
	look
	expect_status 2
	cp state job-verify.state
	head -c 8m /dev/urandom >other
	ringside verify other --state=job-verify.state
	expect_status 2
	expect_error "is of another file"
	cp target copy
	ringside verify copy --state=job-verify.state
	expect_status 0
	expect_text "is taken for a copy of it"
}

@test "a state of fio is known as one" {
	need_command fio
	fio --name=x --rw=randwrite --bs=4k --size=256k --verify=crc32c --do_verify=0 \
		--filename=target --verify_state_save=1 --output=/dev/null
	ringside verify target --state=local-x-0-verify.state
	expect_status 2
	expect_error "is a state of fio (job 'x'): it tells that 64 writes were issued"
}

# fio leaves the header of the write before in the payload there.
@test "sha512 with a pattern and verify_offset: blocks of fio are right" {
	need_command fio
	local settings=(--name=j --filename=f --size=384k --bs=8k --verify=sha512
		--verify_offset=200 --verify_pattern=0xdeadbeef)

	fio "${settings[@]}" --rw=write > /dev/null
	ringside run "${settings[@]}" --rw=read
	expect_status 0
	printf x | dd of=f bs=1 seek=8392 conv=notrunc status=none
	ringside run "${settings[@]}" --rw=read --verify_fatal=0
	expect_status 5
}
