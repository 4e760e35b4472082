# SPDX-License-Identifier: MIT
# Many ranks as one run, by mpirun on this machine. (The rest, which takes longer: mpi_more.bats)
# covers: src/cluster/cluster.c src/cluster/collective.c src/cluster/link.c src/cluster/clock_ask.c
# covers: src/cluster/pulse.c src/cluster/said.c src/cluster/merge.c src/base/peers.c
# covers: src/run/wave_outcome.c src/result/series_state.c
# covers: src/result/ranks_fields.c src/result/text_ranks.c

load helper
load mpi

# expect_sums FILE: what all ranks have by themselves (--per-rank) is what is merged, count by
# count.
expect_sums() {
	/usr/bin/python3 - "$@" <<-'P'
		import collections, json, sys
		document = json.load(open(sys.argv[1]))
		def counts(latency):
		    histogram = latency.get("histogram") or {"counts": []}
		    return collections.Counter(dict(map(tuple, histogram["counts"])))
		def buckets(interval, name):
		    part = interval.get(name)
		    counts = part["lat_ns"]["counts"] if part else []
		    return collections.Counter(dict(map(tuple, counts)))
		for index, job in enumerate(document["jobs"]):
		    own = [member["jobs"][index] for member in document["cluster"]["members"]]
		    assert len(own) == document["cluster"]["ranks"]
		    for name in ("read", "write"):
		        for key in ("ios", "bytes"):
		            assert job[name][key] == sum(o[name][key] for o in own), (name, key)
		        for key in ("min", "max", "count"):
		            values = [o[name]["lat_ns"][key] for o in own]
		            whole = {"min": min, "max": max, "count": sum}[key](values)
		            assert job[name]["lat_ns"][key] == whole, (name, key)
		        assert counts(job[name]["lat_ns"]) == sum(
		            (counts(o[name]["lat_ns"]) for o in own), collections.Counter()), name
		        assert job[name]["ios"] > 0, name
		        series = sum((buckets(i, name) for i in job["series"]["intervals"]),
		                     collections.Counter())
		        assert series == counts(job[name]["lat_ns"]), name
		    end = 0
		    for interval in job["series"]["intervals"]:
		        assert interval["start_ns"] == end
		        end += interval["duration_ns"]
		    assert end == job["elapsed_ns"], (end, job["elapsed_ns"])
		    assert len(job["series"]["intervals"]) >= 3, job["series"]["intervals"]
		    assert job["cpu"]["total_ns"] == sum(o["cpu"]["total_ns"] for o in own)
		    assert min(o["started_ns"] for o in own) == job["started_ns"]
		    starts = [o["started_ns"] for o in own]
		    assert max(starts) - min(starts) < 100000000, starts # as clocks are known
	P
}

@test "1, 2, 4 and 16 ranks are one run, whose counts and histograms are the sum of theirs" {
	local count
	mixed_job
	for count in 1 2 4 16; do
		ranks $count run --per-rank --interval=100ms --json=result.json job
		expect_status 0
		validate result.json
		expect_whole result.json $count
		expect_sums result.json
	done
	expect_text "ranks     16"
	[ "${#lines[@]}" -lt 40 ]
	ringside report --format=json result.json
	expect_status 0
	[ "$output" = "$(cat result.json)" ]
}

@test "only rank 0 reads job files, includes and variables" {
	mkdir first others
	printf '%s\n' '[job]' 'include more' 'size=${SIZE}' >first/job
	printf '%s\n' filename=/dev/zero rw=read ioengine=null time_based runtime=100ms >first/more
	cat >start <<-S
		#!/bin/bash
		rank=\${OMPI_COMM_WORLD_RANK:-\$PMI_RANK}
		if [ "\$rank" -eq 0 ]; then
			cd first && export SIZE=64k
		else
			cd others
		fi
		exec "$ringside-mpi" "\$@"
	S
	chmod +x start
	need_mpi
	ln -s "$PWD/start" start-mpi
	ringside=$PWD/start ranks 3 run --json=result.json job
	expect_status 0
	expect_whole first/result.json 3
	[ -z "$(ls others)" ]
}

@test "what is wrong with a job file is said once" {
	echo '[job' >job
	ranks 3 run --filename=/dev/zero --bogus=1
	expect_status 2
	[ "$(grep -c "unknown option 'bogus'" <<<"$stderr")" -eq 1 ]
	ranks 3 run missing.job
	expect_status 2
	[ "$(grep -c "missing.job: error: cannot be read" <<<"$stderr")" -eq 1 ]
}

@test "processes of a launcher that do not know of each other are told" {
	mixed_job
	OMPI_COMM_WORLD_SIZE=3 ringside run --runtime=10ms --json=result.json job
	expect_status 0
	expect_error "the launcher started 3 processes, and each runs all by itself"
	expect_error "mpirun ringside-mpi run … makes them one run"
	# Those of a rank say which one they are.
	OMPI_COMM_WORLD_SIZE=3 ringside run --runtime=10ms --rank=1/3 job
	expect_status 0
	[[ $stderr != *launcher* ]]
	OMPI_COMM_WORLD_SIZE=3 ringside lint job
	[[ $stderr != *launcher* ]]
	[ -x "$ringside-mpi" ] || skip "ringside-mpi is not built: there is no mpicc"
	# srun without --mpi=pmix; mpirun of another MPI.
	rm result.json
	SLURM_STEP_NUM_TASKS=4 run --separate-stderr -- "$ringside-mpi" run --json=result.json job
	expect_status 2
	expect_error "the launcher started 4 processes, and by MPI this one is alone"
	[ ! -e result.json ]
}
