# SPDX-License-Identifier: MIT
# Claims with the real binary: verdicts, documents, the list, what is refused and what breaks off.
# covers: src/command/claims.c

load helper

# claim_file: ./zeros.job, a claim about reads of zeros in short trials; its lines from stdin.
claim_file() {
	cat >zeros.job <<-END
		[claim]
		title=Larger blocks cost more
		statement=A read of 1 MiB of zeros costs more CPU time than one of 4 KiB.
		trial-time=50ms
		ramp-time=5ms
		blocks=6
		$(cat)

		[global]
		filename=/dev/zero
		size=4m
		rw=randread
		ioengine=psync

		[small]
		bs=4k
		[large]
		bs=1m
	END
}

@test "a claim is confirmed and another refuted, by far, and the document reads back" {
	claim_file <<-END
		claim.less=small.cpu_ns_per_io <= 0.7 * large.cpu_ns_per_io
		claim.more=small.cpu_ns_per_io >= large.cpu_ns_per_io
	END
	ringside claims zeros.job --quiet --json=claims.json --markdown=claims.md
	expect_status 0
	expect_text "Larger blocks cost more"
	expect_text "again     ringside claims zeros.job"
	printf '%s\n' "$output" >first
	validate_by claims-schema claims.json
	expect_json claims.json "d['schema']" ringside-claims/1
	expect_json claims.json "[l['verdict'] for l in d['claims'][0]['lines']]" \
		"['confirmed', 'refuted']"
	expect_json claims.json "d['claims'][0]['points'][0]['blocks']" 6
	ringside report claims.json
	expect_status 0
	printf '%s\n' "$output" | diff first -
	ringside report claims.json --format=json
	printf '%s\n' "$output" | diff claims.json -
	ringside report claims.json --format=markdown
	printf '%s\n' "$output" | diff claims.md -
	grep -q '^## Larger blocks cost more' claims.md
	/usr/bin/python3 "$root/tools/ringside.py" rows claims.json --what=tests >rows
	[ "$(wc -l <rows)" -eq 3 ]
	# A verdict that its tests do not give, and one of no test.
	/usr/bin/python3 - <<-END
		import json
		document = json.load(open("claims.json"))
		line = document["claims"][0]["lines"][0]
		line["verdict"] = "refuted"
		json.dump(document, open("altered.json", "w"))
		line["tests"] = []
		json.dump(document, open("empty.json", "w"))
	END
	ringside report altered.json
	expect_status 2
	expect_error "claims[0].lines[0]: 'verdict' does not follow from those of its tests"
	ringside report empty.json
	expect_status 2
	expect_error "claims[0].lines[0]: 'tests' is empty"
}

@test "a refuted claim is a finding, and an error where it is required" {
	claim_file <<<"claim=small.cpu_ns_per_io >= large.cpu_ns_per_io"
	ringside claims zeros.job --quiet
	expect_status 0
	ringside claims zeros.job --quiet --require
	expect_status 1
	ringside claims zeros.job --quiet --require --quick
	expect_status 2
	expect_error "--require and --quick"
}

@test "the null engine in the short form confirms nothing" {
	cat >null.job <<-END
		[claim]
		title=Nothing costs nothing
		statement=The engine that does nothing needs no system call.
		claim=nothing.syscalls_per_io <= 0.5

		[nothing]
		ioengine=null
		rw=randread
		size=1g
	END
	ringside claims null.job --quick --quiet --format=json
	expect_status 0
	expect_json - "d['procedure']['is_exploratory']" True
	expect_json - "d['claims'][0]['lines'][0]['verdict']" "not resolved"
	expect_json - "d['claims'][0]['lines'][0]['tests'][0]['measured']" 0
}

@test "what this machine lacks is not testable here, and nothing is run" {
	claim_file <<-END
		needs=cpus>=100000
		claim=small.iops >= 100
	END
	ringside claims zeros.job --quiet --json=claims.json
	expect_status 4
	expect_text "not testable here"
	expect_text "it needs 100000 CPUs, and this process may run on"
	expect_json claims.json "d['claims'][0]['points']" "[]"
	ringside claims zeros.job --quiet --require
	expect_status 4
}

@test "a sweep has a test at each point" {
	claim_file <<-END
		vary=iodepth=1,2
		claim=small.iops >= large.iops
	END
	ringside claims zeros.job --quiet --json=claims.json
	expect_status 0
	expect_text "iodepth=2"
	expect_json claims.json "[t['point'] for t in d['claims'][0]['lines'][0]['tests']]" \
		"['iodepth=1', 'iodepth=2']"
	expect_json claims.json "d['claims'][0]['lines'][0]['verdict']" confirmed
}

@test "several claims are one screen, and share in --max-time" {
	claim_file <<<"claim=small.iops >= 100"
	cp zeros.job more.job
	ringside claims zeros.job more.job --quiet --max-time=20s
	expect_status 0
	expect_text "2 claims in"
	expect_text "Larger blocks cost more  zeros,"
	expect_text "Larger blocks cost more  more,"
	ringside claims zeros.job more.job --max-time=100ms
	expect_status 2
	expect_error "is over too soon"
}

@test "bad files: each with its place, nothing is run, nothing is written" {
	claim_file <<<"claim=huge.iops >= 100"
	ringside claims zeros.job --json=claims.json
	expect_status 2
	expect_error "zeros.job:7:7"
	[ ! -e claims.json ]
	ringside claims absent.job
	expect_status 2
	printf '[a]\nioengine=null\nsize=1m\n' >job.job
	ringside claims job.job
	expect_status 2
	expect_error "claim"
	claim_file <<-END
		vary=iodpth=1,2
		claim=small.iops >= 100
	END
	ringside claims zeros.job
	expect_status 2
	expect_error "unknown option 'iodpth'"
	expect_error "zeros.job:7:6: note: each contender gets these values"
	ringside claims zeros.job zeros.job
	expect_status 2
	expect_error "zeros.job is named twice"
	ringside claims no-such-claim
	expect_status 2
	expect_error "neither a file nor a claim"
	claim_file <<<"claim=small.iops >= 100"
	ringside claims zeros.job --json=zeros.job
	expect_status 2
	grep -q '^title=' zeros.job
}

@test "a claim is read from stdin and from a pipe, which have their text once" {
	claim_file <<-END
		vary=bs=4k,8k
		claim=small.iops >= 1
	END
	ringside claims - --quick --quiet --json=claims.json <zeros.job
	expect_status 0
	expect_json claims.json "[len(p['contenders']) for p in d['claims'][0]['points']]" "[2, 2]"
	cat zeros.job | "$ringside" claims - --quick --quiet --json=claims.json
	expect_json claims.json "d['claims'][0]['claim']['file']" "(stdin)"
	mkfifo pipe.job
	cat zeros.job >pipe.job &
	ringside claims pipe.job --quick --quiet
	expect_status 0
	ringside compare - --engines=psync,io_uring --trial-time=20ms --blocks=3 --quiet \
		<<<$'[a]\nfilename=/dev/zero\nsize=1m\nrw=read'
	expect_status 0
}

@test "the list runs nothing, and takes no options of what runs" {
	claim_file <<-END
		needs=root
		claim=small.iops >= 100
	END
	ringside claims --list zeros.job
	expect_status 0
	expect_text "zeros  Larger blocks cost more  root"
	ringside claims --list zeros.job --quick
	expect_status 2
	expect_error "--list runs nothing"
	ringside claims --list zeros.job --json=claims.json
	expect_status 2
}

@test "the claims of an installation are found beside the program" {
	mkdir -p usr/bin usr/share/ringside/jobs/claims
	cp "$ringside" usr/bin/ringside
	claim_file <<<"claim=small.iops >= 100"
	mv zeros.job usr/share/ringside/jobs/claims/
	run --separate-stderr -- usr/bin/ringside claims --list
	expect_status 0
	expect_text "zeros"
	run --separate-stderr -- usr/bin/ringside claims zeros --quick --quiet --json=zeros.json
	expect_status 0
	expect_text "Larger blocks cost more"
	# Not by a path of this machine: pages of it are compared with others.
	expect_json zeros.json "d['claims'][0]['claim']['file']" jobs/claims/zeros.job
}

@test "make claims writes its page and document, whole or not at all" {
	local makefile=$root/Makefile
	mkdir -p tree/build tree/results
	ln -s "$ringside" tree/build/ringside
	cp "$makefile" tree/Makefile
	claim_file <<<"claim=small.iops >= 100"
	# Of the rules only this one: nothing is built.
	run make -s -C tree -o all claims CLAIMS_FLAGS="--quick --quiet" CLAIMS="$PWD/zeros.job"
	expect_status 0
	grep -q '^## Larger blocks cost more' tree/results/claims.md
	expect_json tree/results/claims.json "d['schema']" ringside-claims/1
	[ ! -e tree/build/claims ]
	cp tree/results/claims.md before
	run make -s -C tree -o all claims CLAIMS_FLAGS=--quick CLAIMS=absent.job
	[ "$status" -ne 0 ]
	diff before tree/results/claims.md
}

@test "Ctrl-C writes what was measured" {
	claim_file <<<"claim=small.iops >= large.iops"
	cp zeros.job long.job
	sed -i 's/trial-time=.*/trial-time=60s/' long.job
	"$ringside" claims zeros.job long.job --json=claims.json >text 2>said &
	local process=$!
	# The document is there when the first claim is done: the second one runs.
	for _ in {1..600}; do
		[ -s claims.json ] && break
		sleep 0.1
	done
	kill -INT "$process"
	local code=0
	wait "$process" || code=$?
	[ "$code" -eq 130 ]
	validate_by claims-schema claims.json
	expect_json claims.json "d['signal']" 2
	expect_json claims.json "d['claims'][0]['lines'][0]['verdict']" confirmed
	expect_json claims.json "d['claims'][1]['lines'][0]['verdict']" "not resolved"
	grep -q "broken off" text
}

@test "every claim that comes with ringside is read, and is a job file as well" {
	[ -d "$root/jobs/claims" ] || skip "there is no jobs/claims"
	ringside claims --list
	expect_status 0
	for file in "$root"/jobs/claims/*.job; do
		expect_text "$(basename "$file" .job)"
		grep -q '^needs=.*nvme' "$file" && continue # a drive that may not be there
		"$ringside" run --dry-run "$file" >/dev/null || [ $? -eq 4 ]
	done
}
