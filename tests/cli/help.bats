# SPDX-License-Identifier: MIT
# What the program says of itself.
# covers: src/command/help.c src/command/help_topics.c src/command/command.c

load helper

@test "help names every command, and each has a page" {
	ringside help
	expect_status 0
	commands=$(sed -n 's/^  \([a-z]*\)  .*/\1/p' <<<"$output" | grep -v ringside)
	[ -n "$commands" ]
	for command in $commands; do
		ringside help "$command"
		expect_status 0
		expect_text "Usage: ringside $command"
		[[ $output != *"(null)"* ]]
		expect_silence
		ringside "$command" --help
		expect_status 0
		expect_text "Usage: ringside $command"
	done
}

@test "every job option that the list names has a page with its default" {
	ringside help options
	expect_status 0
	options=$(sed -n 's/^  \([a-z_]*\)  .*/\1/p' <<<"$output")
	[ "$(wc -w <<<"$options")" -gt 60 ]
	for option in $options; do
		ringside help "$option"
		expect_status 0
		expect_text "$option"
	done
}

@test "every engine that the list names has a page" {
	ringside help engines
	expect_status 0
	for engine in $(awk '{print $1}' <<<"$output"); do
		ringside help "$engine"
		expect_status 0
		expect_text "$engine"
	done
}

@test "the manual page is clean troff" {
	need_command groff
	ringside help man
	expect_status 0
	printf '%s\n' "$output" >ringside.1
	run --separate-stderr -- groff -k -K utf8 -man -Tutf8 -P-cbou -ww ringside.1
	expect_status 0
	[ -z "$stderr" ]
	expect_text "SYNOPSIS"
	expect_text "iodepth"
}

@test "the manual page names every option as a shell reads it, and every topic" {
	ringside help man
	printf '%s\n' "$output" >man
	for command in run compare plan check baseline history report prepare verify probe; do
		ringside help $command
		for option in $(sed -n 's/^  \(--[a-z-]*\).*/\1/p' <<<"$output"); do
			grep -qF -e "${option//-/\\-}" man
		done
	done
	ringside help
	for topic in schema probe-schema prepare-schema verify-schema \
		comparison-schema check-schema baseline-schema history-schema man exit; do
		expect_text "$topic"
	done
	for command in run compare check report; do
		ringside help $command
		expect_text "FILE of - is stdout"
	done
}

@test "bash completes commands, options and topics" {
	complete_line() { # WORD...: what the last one becomes
		"$ringside" help completion >completion
		bash -c '. ./completion; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _ringside
			printf "%s|" "${COMPREPLY[@]}"' - "$@"
	}
	touch a.job b.json
	[ "$(complete_line ringside co)" = "compare |" ]
	[ "$(complete_line ringside run --fo)" = "--format=|" ]
	[ "$(complete_line ringside run --dr)" = "--dry-run |" ]
	[ "$(complete_line ringside run --rwmixr)" = "--rwmixread=|" ]
	[ "$(complete_line ringside report --swe)" = "--sweep=|" ]
	[ "$(complete_line ringside report --rwmixr)" = "|" ]
	[ "$(complete_line ringside help stat)" = "statistics |" ]
	[ "$(complete_line ringside run a)" = "a.job|" ]
	[ "$(complete_line ringside run --json =b)" = "b.json|" ]
}

@test "each topic has a page, which fits a terminal and is in the manual" {
	local topics
	ringside help
	topics=$(sed '1,/help exit/d; /help man/,$d' <<<"$output" | awk '{print $3}')
	[ "$(wc -w <<<"$topics")" -ge 8 ]
	ringside help man
	printf '%s\n' "$output" >man
	for topic in metrics $topics; do
		ringside help "$topic"
		expect_status 0
		[ "${#lines[@]}" -ge 5 ]
		[ "$(wc -L <<<"$output")" -le 100 ]
		grep -qx ".SH ${topic^^}" man
	done
}

@test "help metrics lists each metric, and which of them are gates" {
	ringside help metrics
	expect_status 0
	grep -qE '^  read.iops +/s +higher +5 % +yes$' <<<"$output"
	grep -qE '^  read.lat.p99.9 +ns +lower +20 % +no$' <<<"$output"
	grep -qE '^  depth +higher +- +no$' <<<"$output"
	grep -qE '^  instructions_per_io +lower +3 % +yes$' <<<"$output"
	grep -qE '^  kernel_cycles_per_io +lower +5 % +no$' <<<"$output"
}

@test "each schema is a schema" {
	for schema in schema probe-schema comparison-schema check-schema; do
		ringside help $schema
		expect_status 0
		printf '%s\n' "$output" >$schema.json
	done
	/usr/bin/python3 -c 'import json, jsonschema, sys
for path in sys.argv[1:]:
    jsonschema.Draft202012Validator.check_schema(json.load(open(path)))' ./*schema.json
}

@test "the version names the commit and the compiler" {
	ringside --version
	expect_status 0
	expect_text "ringside 0."
	expect_text "gcc"
	version=$output
	ringside -V
	[ "$output" = "$version" ]
}

@test "there is no help about nonsense: exit 2" {
	ringside help frobnicate
	expect_status 2
	expect_error "frobnicate"
}

@test "a command that is none is answered with the nearest, or with the list" {
	ringside cmopare
	expect_status 2
	expect_error "ringside has no command 'cmopare'"
	expect_error "hint: did you mean 'compare'?"
	ringside frobnicate
	expect_status 2
	expect_error "hint: ringside help lists them"
	for help in -h --help ""; do
		ringside $help
		expect_status 0
		expect_text "Usage: ringside COMMAND"
	done
}

@test "a full stdout is an error" {
	[ -e /dev/full ] || skip "no /dev/full"
	run bash -c '"$1" help options >/dev/full' - "$ringside"
	[ "$status" -eq 5 ]
}

@test "help knows fio's options that ringside does not have" {
	ringside help write_barrier
	expect_status 0
	expect_text "an option of fio that ringside does not have"
	ringside help create_serialize
	expect_status 0
	expect_text "an option of fio that ringside accepts and does not need"
}

@test "help of a name that a command and an option have shows both" {
	ringside help verify
	expect_status 0
	expect_text "Usage: ringside verify"
	expect_text "sha3-512"
}

@test "help of an engine has its operations and its own options" {
	ringside help libaio
	expect_status 0
	expect_text "Operations: read write trim sync datasync"
	[[ $output != *"openread"* ]]
	expect_text "Options of its own:"
	expect_text "userspace_reap"
	ringside help psync
	[[ $output != *"Options of its own"* ]]
}

@test "what users of fio and benchstat type first is answered with what to type" {
	printf '[a]\nfilename=/dev/zero\nsize=4k\n' >a.job
	ringside a.job
	expect_status 2
	expect_error "hint: ringside run a.job …"
	ringside --name=a --rw=read
	expect_status 2
	expect_error "hint: ringside run --name=a …"
	ringside run a.job --json=a.json
	for command in compare run; do
		ringside $command a.json a.json
		expect_status 2
		expect_error "a.json: error: this is not a job file: it is JSON"
		expect_error "check NEW.json --baseline=OLD.json"
		[ "${#stderr_lines[@]}" -le 4 ]
	done
	ringside report a.json a.json
	expect_status 2
	expect_error "check NEW.json --baseline=OLD.json"
}
