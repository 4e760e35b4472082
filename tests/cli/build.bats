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

@test "build: make install puts program, manual page and jobs under DESTDIR and PREFIX" {
	[ -x build/ringside ] || skip "build/ringside is not built"
	run make install DESTDIR="$folder" PREFIX=/opt/rs
	echo "$output"
	[ "$status" -eq 0 ]
	[ -x "$folder/opt/rs/bin/ringside" ]
	cmp build/ringside "$folder/opt/rs/bin/ringside"
	build/ringside help man | cmp - "$folder/opt/rs/share/man/man1/ringside.1"
	build/ringside help completion |
		cmp - "$folder/opt/rs/share/bash-completion/completions/ringside"
	diff <(cd jobs && cat ./*.job ./*/*.job) \
		<(cd "$folder/opt/rs/share/ringside/jobs" && cat ./*.job ./*/*.job)
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

# fake NAME LINE...: a program of that name goes before the real one.
fake() {
	mkdir -p "$folder/bin"
	printf '%s\n' '#!/bin/bash' "${@:2}" >"$folder/bin/$1"
	chmod +x "$folder/bin/$1"
}

@test "build: install-deps installs what is missing, and nothing else" {
	fake id 'echo 0'
	fake dpkg-query 'case $* in *libaio-dev | *bats) echo no ;; *) echo installed ;; esac'
	fake apt-get 'echo "apt-get $*"'
	PATH=$folder/bin:$PATH run tools/install-deps
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "install-deps: installing libaio-dev" ]
	[ "${lines[1]}" = "apt-get update -qq" ]
	[ "${lines[2]}" = "apt-get install -y -qq --no-install-recommends libaio-dev" ]
	[ "${#lines[@]}" -eq 3 ]
	PATH=$folder/bin:$PATH run tools/install-deps --tests
	[ "${lines[0]}" = "install-deps: installing libaio-dev bats" ]
}

@test "build: install-deps goes on without what only some tests need and apt does not know" {
	fake id 'echo 0'
	fake dpkg-query 'case $* in *chromium | *bats | *slurmd) exit 1 ;; esac; echo installed'
	fake apt-get 'echo "apt-get $*"'
	fake apt-cache 'case $* in *chromium | *bats) exit 100 ;; esac'
	PATH=$folder/bin:$PATH run tools/install-deps --tests
	[ "$status" -eq 0 ]
	[[ $output == *"chromium is not available here, going on without"* ]]
	# bats is needed: apt-get is to say what is wrong.
	[ "${lines[-1]}" = "apt-get install -y -qq --no-install-recommends bats slurmd" ]
}

@test "build: install-deps is silent when all is there" {
	fake dpkg-query 'echo installed'
	fake apt-get 'echo "apt-get was called" && exit 1'
	PATH=$folder/bin:$PATH run tools/install-deps --tests --vm
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "build: install-deps names the packages when it may not install them" {
	fake id 'echo 1000'
	fake dpkg-query 'echo not-installed'
	fake sudo 'exit 1'
	PATH=$folder/bin:$PATH run tools/install-deps </dev/null
	[ "$status" -eq 1 ]
	[[ $output == *"root is needed"*"Please install:"*"liburing-dev"* ]]
}

@test "build: install-deps fails when apt-get does" {
	fake id 'echo 0'
	fake dpkg-query 'echo not-installed'
	fake apt-get '[ "$1" = update ]'
	PATH=$folder/bin:$PATH run tools/install-deps
	[ "$status" -eq 1 ]
	[[ $output == *"apt-get could not install all"* ]]
}
