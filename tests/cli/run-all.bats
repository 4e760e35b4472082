# SPDX-License-Identifier: MIT
# tests/run-all counts right, whatever the programs do. It runs on a small project of its own.

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	folder=$(mktemp -d "${TMPDIR:-/tmp}/ringside-run-all.XXXXXX")
	mkdir -p "$folder"/{tools,tests/unit/base,tests/fuzz/corpus/x,build/unit/base,build/seeds}
	cp "$root/tests/run-all" "$folder/tests/"
	cd "$folder" || return 1
}

teardown() {
	cd / && rm -rf "$folder"
}

# program NAME EXIT_CODE LINE...: a unit test that says that.
program() {
	local file=build/unit/base/test_$1 code=$2
	touch "tests/unit/base/test_$1.c"
	shift 2
	printf '%s\n' '#!/bin/bash' "cat <<'END'" "$@" END "exit $code" >"$file"
	chmod +x "$file"
}

# expect CODE LAST_LINE
expect() {
	echo "$output"
	[ "$status" -eq "$1" ]
	[ "${lines[-1]}" = "$2" ]
	[ "$(grep -cE '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' <<<"$output")" -eq 1 ]
}

@test "run-all: passed and skipped tests are counted, skips are shown" {
	program a 0 1..3 'ok 1 - one' 'not ok 2 # SKIP two' 'ok 3 - three'
	program b 0 1..2 'ok 1 four' 'ok 2 five # skip no root'
	run tests/run-all unit build
	expect 0 "3 passed, 0 failed, 2 skipped"
	[[ $output == *"skipped 1, no reason given: two"* ]]
	[[ $output == *"skipped 1, no root: five"* ]]
}

@test "run-all: a skip's reason printed before it is told once for all it stands for" {
	program a 0 1..3 'ok 1 - one' 'skipped: no loop device' 'not ok 2 # SKIP two' \
		'skipped: no loop device' 'ok 3 # SKIP three'
	run tests/run-all unit build
	expect 0 "1 passed, 0 failed, 2 skipped"
	[[ $output == *"skipped 2, no loop device: two …"* ]]
}

@test "run-all: the plan is not the reason of the first test that is skipped" {
	program a 0 1..2 'not ok 1 # SKIP one' 'ok 2 - two'
	run tests/run-all unit build
	expect 0 "1 passed, 0 failed, 1 skipped"
	[[ $output == *"skipped 1, no reason given: one"* ]]
}

@test "run-all: what passes when run again counts as passed, and is named" {
	touch tests/unit/base/test_a.c
	printf '%s\n' '#!/bin/bash' 'echo 1..1' \
		'rm second 2>/dev/null && { echo "ok 1 - one"; exit; }' \
		'touch second; echo "not ok 1 - one"; exit 1' >build/unit/base/test_a
	chmod +x build/unit/base/test_a
	run tests/run-all unit build
	expect 0 "1 passed, 0 failed, 0 skipped"
	[[ $output == *"passed only when run again: build/unit/base/test_a: not ok 1 - one"* ]]
}

@test "run-all: what a sanitizer said is shown, also of what passes when run again" {
	touch tests/unit/base/test_a.c
	printf '%s\n' '#!/bin/bash' 'echo 1..1' 'echo "ok 1 - one"' \
		'rm second 2>/dev/null && exit' 'touch second' \
		'echo "WARNING: ThreadSanitizer: data race"; echo "  at x.c"; exit 66' \
		>build/unit/base/test_a
	chmod +x build/unit/base/test_a
	run tests/run-all unit build
	expect 0 "1 passed, 0 failed, 0 skipped"
	[[ $output == *"ThreadSanitizer: data race"*"at x.c"* ]]
}

@test "run-all: a failure is shown in full, and the rest still runs" {
	program a 1 1..2 'ok 1 - one' 'not ok 2 - two' '# the reason'
	program b 0 1..1 'ok 1 - three'
	run tests/run-all unit build
	expect 1 "2 passed, 1 failed, 0 skipped"
	[[ $output == *"the reason"* ]]
	[ "${lines[-2]}" = "FAILED build/unit/base/test_a: not ok 2 - two" ]
}

@test "run-all: a crash after passed tests is a failure" {
	program a 139 1..2 'ok 1 - one'
	run tests/run-all unit build
	expect 1 "1 passed, 1 failed, 0 skipped"
	[[ $output == *"ended with code 139 after 1 of 2 tests"* ]]
}

@test "run-all: a leak reported at the end is a failure" {
	program a 23 1..1 'ok 1 - one'
	run tests/run-all unit build
	expect 1 "1 passed, 1 failed, 0 skipped"
}

@test "run-all: fewer tests than planned are a failure" {
	program a 0 1..3 'ok 1 - one'
	run tests/run-all unit build
	expect 1 "1 passed, 1 failed, 0 skipped"
}

@test "run-all: a program that says nothing is a failure" {
	program a 0 ''
	run tests/run-all unit build
	expect 1 "0 passed, 1 failed, 0 skipped"
}

@test "run-all: a program that was not built is a failure" {
	touch tests/unit/base/test_a.c
	run tests/run-all unit build
	expect 1 "0 passed, 1 failed, 0 skipped"
}

@test "run-all: each seed is a test, and the one that crashed is named" {
	touch tests/fuzz/fuzz_x.c tests/fuzz/corpus/x/{1,2,3}
	printf '%s\n' '#!/bin/bash' 'for f; do echo $f; [ ${f##*/} != $BAD ] || exit 6; done' \
		>build/seeds/fuzz_x
	chmod +x build/seeds/fuzz_x
	BAD=none run tests/run-all seeds build
	expect 0 "3 passed, 0 failed, 0 skipped"
	BAD=2 run tests/run-all seeds build
	expect 1 "1 passed, 1 failed, 0 skipped"
	[[ $output == *corpus/x/2* && $output != *corpus/x/3* ]]
}

@test "run-all: the counts of tidy are added" {
	printf '%s\n' '#!/bin/bash' 'echo "a.c:1: bad"' \
		'echo "tidy: 5 checks passed, 1 failed, 2 skipped"' 'exit 1' >tools/tidy
	chmod +x tools/tidy
	run tests/run-all tidy
	expect 1 "5 passed, 1 failed, 2 skipped"
	[[ $output == *"a.c:1: bad"* ]]
}

@test "run-all: an unknown stage is a usage error" {
	run tests/run-all no-such-stage
	[ "$status" -eq 2 ]
}

@test "run-all: a program is tested in the flavours that its source names, by default one" {
	printf '%s\n' '/* licence */' '/* flavours: plain thread */' >tests/unit/base/test_a.c
	touch tests/unit/base/test_b.c
	[ "$(tests/run-all list plain build)" = build/unit/base/test_a ]
	[ "$(tests/run-all list thread build/tsan)" = build/tsan/unit/base/test_a ]
	[ "$(tests/run-all list address build/asan)" = build/asan/unit/base/test_b ]
	[ "$(tests/run-all list all build | wc -l)" -eq 2 ]
}

@test "run-all: VERBOSE gives a line and the time of each program" {
	program a 0 1..1 'ok 1 - one'
	VERBOSE=1 run tests/run-all unit build
	expect 0 "1 passed, 0 failed, 0 skipped"
	[[ ${lines[0]} =~ ^"build/unit/base/test_a: 1 passed in "[0-9]+" s"$ ]]
}

@test "run-all: files of stage slow are of that stage alone" {
	mkdir tests/cli
	printf '%s\n' '@test "a" { true; }' >tests/cli/a.bats
	printf '%s\n' '# stage: slow' '@test "b" { true; }' '@test "c" { true; }' >tests/cli/b.bats
	VERBOSE=1 run tests/run-all cli # without the files it begins with, which are not here
	[[ $output == *"tests/cli/a.bats: 1 passed"* && $output != *b.bats* ]]
	run tests/run-all slow
	expect 0 "2 passed, 0 failed, 0 skipped"
}
