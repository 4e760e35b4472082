#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What `ringside probe` says of drives that can be polled, and of NVMe's character nodes.

ringside=$BATS_TEST_DIRNAME/../../build/ringside

# answer TARGET EXPRESSION: a Python expression over the document `d`.
answer() {
	"$ringside" probe --format=json "$1" | /usr/bin/python3 -c 'import json, sys
d = json.load(sys.stdin)
abilities = {a["name"]: a["answer"] for a in d["target"]["abilities"]}
engines = {e["name"]: e for e in d["engines"]}
print(eval(sys.argv[1]))' "$2"
}

@test "a drive with poll queues can be polled" {
	[ "$(answer /dev/nvme0n1 "abilities['polled I/O']")" = yes ]
	[ "$(answer /dev/nvme0n1 "d['device']['queue']['poll_queues']")" = 2 ]
	[ "$(answer /dev/nvme0n1 "d['device']['queue']['io_poll']")" = 1 ]
}

@test "alignment is the namespace's, and its character node is named" {
	[ "$(answer /dev/nvme0n2 "d['target']['direct_offset_align']")" = 4096 ]
	[ "$(answer /dev/nvme0n2 "d['device']['nvme_character_node']")" = /dev/ng0n2 ]
	[ "$(answer /dev/nvme0n2 "engines['io_uring']['answer']")" = yes ]
	[ "$(answer /dev/nvme0n2 "engines['io_uring']['tried_direct']")" = True ]
}

@test "a character node takes commands only" {
	[ "$(answer /dev/ng0n1 "d['target']['kind']")" = nvme-character ]
	[ "$(answer /dev/ng0n1 "engines['psync']['answer']")" = no ]
	[[ $(answer /dev/ng0n1 "engines['psync']['reason']") == *passthrough* ]]
	[[ $(answer /dev/ng0n1 "engines['psync']['cure']") == */dev/nvme0n1 ]]
}
