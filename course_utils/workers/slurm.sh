#!/bin/bash
# Train on four machines with eight GPUs each. DATA and BACKUP lie on a disk that all of them share:
#   sbatch --export=ALL,DATA=/shared/digits.npz,BACKUP=/shared/backup slurm.sh
# With 70 steps of 100 images this is a trial of the machines, not a use of them.
# --requeue is for lost machines and preemption. When --time is over nothing begins again: submit once more.
#SBATCH --job-name=share-a-batch
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=32
#SBATCH --time=04:00:00
#SBATCH --requeue
set -euo pipefail

port=$((10000 + SLURM_JOB_ID % 20000)) # two jobs on one machine must not meet
hosts=$(scontrol show hostnames "$SLURM_JOB_NODELIST")
WORKERS=$(echo "$hosts" | sed "s/\$/:$port/" | paste -sd, -)
export WORKERS

for attempt in 1 2 3; do
    # shellcheck disable=SC2016  # each task puts in its own number
    if srun --cpus-per-task="$SLURM_CPUS_PER_TASK" --kill-on-bad-exit=1 bash -c 'exec python -m course_utils.workers.train \
        --data "$DATA" --backup "$BACKUP" --workers "$WORKERS" --index "$SLURM_PROCID" --seconds 12600'; then
        exit 0
    fi
    echo "Attempt $attempt ended early: on from the last backup." >&2
done
exit 1
