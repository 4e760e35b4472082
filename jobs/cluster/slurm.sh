#!/bin/bash
# SPDX-License-Identifier: MIT
# A job file on all nodes of a Slurm allocation, one rank on each, from a folder that they share:
#   sbatch --nodes=8 jobs/cluster/slurm.sh JOB [OPTION...]
# The result is in ringside-JOBID.json, its text in ringside-JOBID.txt.
# --mpi=pmix is for Open MPI; for MPICH set RINGSIDE_PMI=pmi2 (srun --mpi=list has what there is).
#SBATCH --job-name=ringside
#SBATCH --ntasks-per-node=1
#SBATCH --exclusive
#SBATCH --output=ringside-%j.txt
#SBATCH --time=01:00:00

exec srun --mpi="${RINGSIDE_PMI:-pmix}" "${RINGSIDE_MPI:-ringside-mpi}" run \
	--json="ringside-$SLURM_JOB_ID.json" "$@"
