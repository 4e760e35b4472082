# SPDX-License-Identifier: MIT
# What tests of ringside-mpi by mpirun on this machine share: `load mpi`, after `load helper`.

# need_mpi: the program, a launcher, and what that has to be told.
need_mpi() {
	[ -x "$ringside-mpi" ] || skip "ringside-mpi is not built: there is no mpicc"
	need_command mpirun
	# Open MPI wants to be told, twice, that root is meant; MPICH does not look.
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
	export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
}

# need_open_mpi: likewise, where mpirun is Open MPI's.
need_open_mpi() {
	need_mpi
	mpirun --version | grep -q 'Open MPI' || skip "mpirun is not Open MPI's"
}

# ranks N ARGUMENTS...: ringside-mpi as N ranks; sets what `ringside` sets.
ranks() {
	local count=$1
	shift
	need_mpi
	run --separate-stderr -- timeout 120 mpirun -n "$count" "$ringside-mpi" "$@"
}

# ./job: random reads and writes that cost nothing.
mixed_job() {
	cat >job <<-'J'
		[mixed]
		filename=/dev/zero
		size=1m
		rw=randrw
		ioengine=null
		time_based
		runtime=300ms
	J
}

# expect_whole FILE COUNT: of each job the ranks' I/Os and bytes add up to the job's, and there are
# COUNT of them.
expect_whole() {
	/usr/bin/python3 - "$@" <<-'P'
		import json, sys
		document = json.load(open(sys.argv[1]))
		count = int(sys.argv[2])
		assert document["cluster"]["ranks"] == count
		assert [m["rank"] for m in document["cluster"]["members"]] == list(range(count))
		for job in document["jobs"]:
		    rows = job["ranks"]["rows"]
		    assert [row["rank"] for row in rows] == list(range(count)), rows
		    data = [job[name] for name in ("read", "write", "trim")]
		    for key in ("ios", "bytes"):
		        total = sum(part[key] for part in data)
		        assert sum(row[key] for row in rows) == total, (key, rows, total)
		    assert all(row["ios"] > 0 for row in rows), rows
		    for part in data:
		        lat = part["lat_ns"]
		        counts = lat.get("histogram", {"counts": []})["counts"]
		        assert sum(n for _, n in counts) == part["ios"], (counts, part["ios"])
		    assert job["numjobs"] == count
		    assert 0 < job["ranks"]["first_end_ns"]
		    assert job["ranks"]["ios_by_then"] <= sum(part["ios"] for part in data)
	P
}
