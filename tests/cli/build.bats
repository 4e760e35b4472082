# SPDX-License-Identifier: MIT
# The build file: what is rebuilt when, what is installed, what is listed.

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	folder=$(mktemp -d "${TMPDIR:-/tmp}/ringside-build.XXXXXX")
	cd "$root" || return 1
	unset MAKEFLAGS MAKELEVEL
}

teardown() {
	rm -rf "$folder"
}

@test "build: a changed header rebuilds what includes it, and only that" {
	make -s build/libringside.a
	run make -n -W src/base/arena.h build/libringside.a
	[ "$status" -eq 0 ]
	[[ $output == *" -o build/obj/base/text.o "* ]]
	[[ $output != *" -o build/obj/base/io_op.o "* ]]
}

@test "build: make help lists the targets with what they do" {
	run make help
	[ "$status" -eq 0 ]
	for target in all demo test unit bench sanitize fuzz install clean; do
		grep -qE "^$target +[a-z]" <<<"$output"
	done
}

@test "build: make install puts the program under DESTDIR and PREFIX" {
	[ -x build/ringside ] || skip "build/ringside is not built"
	run make install DESTDIR="$folder" PREFIX=/opt/rs
	echo "$output"
	[ "$status" -eq 0 ]
	[ -x "$folder/opt/rs/bin/ringside" ]
	cmp build/ringside "$folder/opt/rs/bin/ringside"
}

@test "build: install-deps knows its arguments" {
	run tools/install-deps --help
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == "usage: tools/install-deps"* ]]
	run tools/install-deps --nonsense
	[ "$status" -eq 2 ]
}

@test "build: install-deps says what to install where there is no apt" {
	mkdir "$folder/bin"
	for program in bash sed; do ln -s "$(command -v $program)" "$folder/bin/"; done
	PATH=$folder/bin run tools/install-deps
	[ "$status" -eq 1 ]
	[[ $output == *"this is no Debian or Ubuntu"* ]]
	[[ $output == *"liburing-dev"* ]]
}
