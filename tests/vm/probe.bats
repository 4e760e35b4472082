#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What `ringside probe` says of drives that can be polled, and of NVMe's character nodes.

ringside=$BATS_TEST_DIRNAME/../../build/ringside

# expect_answers TARGET EXPRESSION...: of Python, over the document `d`, are true.
expect_answers() {
	"$ringside" probe --format=json "$1" >answers.json
	/usr/bin/python3 -ISc 'import json, sys
d = json.load(open("answers.json"))
abilities = {a["name"]: a["answer"] for a in d["target"]["abilities"]}
engines = {e["name"]: e for e in d["engines"]}
for expression in sys.argv[1:]:
    if not eval(expression):
        sys.exit(f"not so: {expression}")' "${@:2}"
}

setup() { cd "$BATS_TEST_TMPDIR" || return; }

@test "a drive with poll queues can be polled" {
	expect_answers /dev/nvme0n1 "abilities['polled I/O'] == 'yes'" \
		"str(d['device']['queue']['poll_queues']) == '2'" \
		"str(d['device']['queue']['io_poll']) == '1'"
}

@test "alignment is the namespace's, and its character node is named" {
	expect_answers /dev/nvme0n2 "d['target']['direct_offset_align'] == 4096" \
		"d['device']['nvme_character_node'] == '/dev/ng0n2'" \
		"engines['io_uring_cmd']['cure'].endswith('filename=/dev/ng0n2')" \
		"engines['io_uring']['answer'] == 'yes'" "engines['io_uring']['tried_direct']"
}

@test "no setting of the block layer is advised to who passes it by" {
	expect_answers /dev/nvme0n1 "[h for h in d['hints'] if '/queue/' in h['command']]"
	expect_answers /dev/ng0n1 "not [h for h in d['hints'] if '/queue/' in h['command']]"
}

@test "a character node takes commands only" {
	expect_answers /dev/ng0n1 "d['target']['kind'] == 'nvme-character'" \
		"engines['psync']['answer'] == 'no'" \
		"'passthrough' in engines['psync']['reason']" \
		"engines['psync']['cure'].endswith('/dev/nvme0n1')"
}
