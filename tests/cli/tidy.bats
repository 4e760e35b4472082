# SPDX-License-Identifier: MIT
# tools/tidy finds what it says it finds: each check is shown one file that breaks it.
# It runs on a small project of its own.

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	folder=$(mktemp -d "${TMPDIR:-/tmp}/ringside-tidy.XXXXXX")
	mkdir -p "$folder"/{tools,src/base,src/engine,src/job,src/result,tests/unit/base,tests/cli}
	cp "$root/tools/tidy" "$folder/tools/"
	cp "$root/.clang-format" "$folder/"
	cd "$folder" || return 1
	put src/base/good.h '#ifndef BASE_GOOD_H' '#define BASE_GOOD_H' 'int good(void);' '#endif'
	put src/base/good.c '#include "base/good.h"' '' 'int good(void)' '{' $'\treturn 1;' '}'
	put tests/unit/base/test_good.c 'int main(void)' '{' $'\treturn 0;' '}'
}

teardown() {
	cd / && rm -rf "$folder"
}

# put FILE LINE...: writes a C file with its licence.
put() {
	local file=$1
	shift
	printf '%s\n' '/* SPDX-License-Identifier: MIT */' "$@" >"$file"
}

# fails CHECK WHERE: that check fails, and its message begins with WHERE.
fails() {
	run tools/tidy "$1"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ ${lines[0]} == "$2"* ]]
	[ "${lines[-1]}" = "tidy: 0 checks passed, 1 failed, 0 skipped" ]
}

passes() {
	run tools/tidy "$1"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "tidy: 1 checks passed, 0 failed, 0 skipped" ]
}

@test "tidy: a clean project passes every check" {
	run tools/tidy
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} == "tidy: "*" checks passed, 0 failed, "*" skipped" ]]
}

@test "tidy: what a run has left is not kept" {
	git init -q .
	truncate -s 3M src/base/good.bin
	touch x.0.0
	git add -A
	fails strays 'src/base/good.bin:1: 3145728 bytes, the limit is 2097152'
	[[ ${lines[1]} == "x.0.0:1: the top level has no such file"* ]]
	git rm -q --cached x.0.0 src/base/good.bin
	passes strays
	rm x.0.0 src/base/good.bin
}

@test "tidy: a layer may not include a higher one" {
	put src/base/good.c '#include "engine/engine.h"'
	fails layers 'src/base/good.c:2: base (layer 0) may not include engine (layer 2)'
}

@test "tidy: a test asserts nothing by a line that begins with !" {
	printf '%s\n' '# SPDX-License-Identifier: MIT' '@test "x" {' $'\t! false' '}' \
		>tests/cli/x.bats
	fails negations 'tests/cli/x.bats:3:'
	sed -i 's/! false/must_fail false/' tests/cli/x.bats
	passes negations
}

@test "tidy: the map has each folder with its layer, and files that are there" {
	local page=src/README.md
	printf '%s\n' '| `base/` | 0 | x |' '- `base/good.c`: `good.h`, `nil`' >$page
	passes the_map
	printf '%s\n' '| `base/` | 1 | x |' >$page
	fails the_map 'src/README.md:1: base has layer 0 in tools/tidy'
	printf '%s\n' '| `base/` | 0 | x |' '- `base/good.c`: `gone.h`' >$page
	fails the_map 'src/README.md:2: there is no src/base/gone.h'
	printf '%s\n' '| `base/` | 0 | x |' 'x is decided in `base/gone.c`' >$page
	fails the_map 'src/README.md:2: there is no src/base/gone.c'
	put src/job/job.c 'int job;'
	printf '%s\n' '| `base/` | 0 | x |' >$page
	fails the_map 'src/README.md:1: has no row of src/job/'
}

@test "tidy: modules of a folder may not include each other, directly or through others" {
	put src/base/good.h '#include "base/near.h"'
	put src/base/near.h '#include "base/far.h"'
	put src/base/far.h 'int far(void);'
	put src/base/far.c '#include "base/far.h"'
	passes circles
	put src/base/far.c '#include "base/far.h"' '#include "base/good.h"'
	fails circles 'src/base/far.c:3: "base/good.h" closes a circle: base/far, base/good, base/'
	[ "${#lines[@]}" -eq 4 ]
}

@test "tidy: a unit test names flavours that there are" {
	put tests/unit/base/test_good.c '/* flavours: plain address */' 'int main(void);'
	passes test_flavours
	put tests/unit/base/test_good.c '/* flavours: plain, sanitized */' 'int main(void);'
	fails test_flavours 'tests/unit/base/test_good.c:2: '
}

@test "tidy: two folders of one layer may not include each other" {
	put src/job/job.c '#include "result/result.h"'
	fails layers 'src/job/job.c:2: job (layer 3) may not include result (layer 3)'
}

@test "tidy: a layer includes itself and lower ones" {
	put src/engine/null.c '#include "engine/engine.h"' '#include "base/good.h"'
	passes layers
}

@test "tidy: includes are written from src/" {
	put src/base/good.c '#include "good.h"'
	fails layers 'src/base/good.c:2: "good.h" is not written from src/'
}

@test "tidy: a folder without a layer is found" {
	mkdir src/misc
	put src/misc/a.c ''
	fails layers "src/misc/a.c:1: folder 'misc' has no layer"
}

@test "tidy: the licence stands in the first line" {
	echo 'int x;' >src/base/good.c
	fails licence 'src/base/good.c:1: '
	put src/base/good.c ''
	printf '#!/bin/bash\necho\n' >tools/script
	fails licence 'tools/script:2: '
}

@test "tidy: lines have 100 columns, a tab is 8" {
	put src/base/good.c "$(printf '\t// %089d' 0)"
	passes line_length
	put src/base/good.c "$(printf '\t// %090d' 0)"
	fails line_length 'src/base/good.c:2: 101 columns'
}

@test "tidy: functions have 70 lines" {
	put src/base/good.c 'int good(void)' '{' "$(yes '	x++;' | head -n 67)" '}'
	passes function_length
	put src/base/good.c 'int good(int a,' $'\tint b)' '{' "$(yes '	x++;' | head -n 67)" '}'
	fails function_length 'src/base/good.c:2: a function of 71 lines'
}

@test "tidy: functions of scripts have 70 lines too" {
	printf '%s\n' '#!/bin/bash' '# SPDX-License-Identifier: MIT' 'f() {' \
		"$(yes '	true' | head -n 69)" '}' >tools/script
	fails function_length 'tools/script:3: a function of 71 lines'
}

@test "tidy: files have a limit" {
	put src/base/good.c "$(yes 'int x;' | head -n 800)"
	fails file_length 'src/base/good.c:801: 801 lines'
	put src/base/good.c ''
	put src/base/good.h "$(yes 'int x;' | head -n 119)"
	passes file_length
	put src/base/good.h "$(yes 'int x;' | head -n 120)"
	fails file_length 'src/base/good.h:121: 121 lines, the limit is 120'
	put src/base/good.h ''
	mkdir -p src/job
	put src/job/job.h "$(yes 'int x;' | head -n 230)"
	fails file_length 'src/job/job.h:231: 231 lines, the limit is 230'
}

@test "tidy: banned calls are found in code, not in comments and strings" {
	put src/base/good.c '/* strcpy(a, b) */' 'const char *s = "gets(x)";' 'int my_rand(int);'
	passes banned_calls
	put src/base/good.c $'\tstrcpy(a, b);'
	fails banned_calls 'src/base/good.c:2: strcpy() is banned'
	put src/base/good.c $'\tsystem("ls");'
	fails banned_calls 'src/base/good.c:2: system() is banned'
}

@test "tidy: nothing may be left for later" {
	put src/base/good.c "/* TO""DO: more */"
	fails unfinished 'src/base/good.c:2: '
}

@test "tidy: every module has a test" {
	put src/base/lone.c ''
	fails module_tests 'src/base/lone.c:1: '
	echo '# covers: src/base/lone.c' >tests/cli/lone.bats
	passes module_tests
	echo '# covers: src/base/gone.c src/base/lone.c' >tests/cli/lone.bats
	fails module_tests 'src/base/gone.c:1: '
}

@test "tidy: a test of a part of a module counts, one of a namesake does not" {
	put src/base/lone.c ''
	put tests/unit/base/test_loneliness.c ''
	fails module_tests 'src/base/lone.c:1: '
	put tests/unit/base/test_lone_fakeclock.c ''
	passes module_tests
}

@test "tidy: what a file exports begins with its name, or its folder's" {
	put src/base/good_deed.c 'int good_deed_done(void)' '{' '}' \
		'struct good *good_find(const char *name,' $'\tint count)' '{' '}' \
		'const int base_limit = 1;' 'static int other(void)' '{' '}' \
		'const struct good goods[] = {' '};'
	passes prefixes
	put src/base/good_deed.c 'int other(void)' '{' '}'
	fails prefixes 'src/base/good_deed.c:2: other begins neither with good_ nor base_'
	put src/base/good_deed.c 'const struct good *const others[] = {' '};'
	fails prefixes 'src/base/good_deed.c:2: others begins neither'
	put src/base/good_deed.c 'const char *other_name(const char *a,' $'\tint b)' '{' '}'
	fails prefixes 'src/base/good_deed.c:2: other_name begins neither'
}

@test "tidy: header guards follow the path" {
	put src/base/good.h '#ifndef GOOD_H' '#define GOOD_H' '#endif'
	fails header_guards 'src/base/good.h:1: has no guard BASE_GOOD_H'
}

@test "tidy: no typedefs for structs, no forward declarations" {
	put src/base/good.c 'typedef struct {' $'\tint x;' '} x_t;'
	fails declarations 'src/base/good.c:2: a typedef for a struct'
	put src/base/good.c 'static int help(int a,' $'\tint b);'
	fails declarations 'src/base/good.c:2: a forward declaration'
}

@test "tidy: blanks at the end are found" {
	put src/base/good.c 'int x; '
	fails blanks 'src/base/good.c:2: blanks'
	put src/base/good.c 'int x;' ''
	fails blanks 'src/base/good.c:3: does not end with one newline'
}

@test "tidy: broken scripts are found" {
	printf '%s\n' '@test "x" {' 'if true; then' '}' >tests/cli/broken.bats
	fails shell_syntax 'tests/cli/broken.bats:3: '
	rm tests/cli/broken.bats
	printf '#!/usr/bin/python3\ndef f(:\n' >tools/script
	fails python_syntax 'tools/script:2: '
}

@test "tidy: what clang-format would change is found" {
	command -v clang-format >/dev/null || skip "there is no clang-format"
	[[ $(clang-format --version) == *"version 14."* ]] || skip "clang-format is not version 14"
	put src/base/good.c 'int good( void )' '{' '  return 1;' '}'
	fails clang_format 'src/base/good.c:2: '
}

@test "tidy: a check that cannot be made is skipped and counted" {
	mkdir bin
	for program in python3 git env bash; do ln -s "$(command -v $program)" bin/; done
	PATH=$folder/bin run tools/tidy clang_format
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "tidy: clang_format skipped: there is no clang-format" ]
	[ "${lines[1]}" = "tidy: 0 checks passed, 0 failed, 1 skipped" ]
}

@test "tidy: an unknown check is a usage error" {
	run tools/tidy no_such_check
	[ "$status" -eq 2 ]
}
