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
