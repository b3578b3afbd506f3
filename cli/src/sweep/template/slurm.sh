#!/usr/bin/env bash
#SBATCH --job-name=@JOB@
#SBATCH --output=%x-%A-%a.log
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=01:00:00
#
# A sweep of keystorm on Slurm: @RUNS@ simulations in @SHARDS@ shards, then one merge.
#   @TITLE@
#
# Once, on the login node, in a folder that all nodes share:
#   @PREPARE@
#
# Then:
#   bash sweep.slurm                submits the array of @SHARDS@ tasks, and the merge behind it
#   bash sweep.slurm submit 3,17    submits these shards again, and the merge behind them
#
# The merge runs when all tasks have ended, however they ended. Where something is missing it exits
# with 12 and its log names the shards to submit again. Shards that are complete are skipped at
# once, and one that was cut off goes on where it stopped: submitting too many again costs nothing.
#
# Adapt the lines with #SBATCH above: time, memory and cores are those of one shard, and what one
# shard takes is said by `@SHARD@ --shard 0/@SHARDS@`.
# A task should work for a minute at least: every task costs the scheduler about a second.
# Clusters limit the length of an array (`scontrol show config | grep MaxArraySize`, 1001 where
# nothing is set), and --array=0-@LAST@%50 limits how many of its tasks run at a time.
set -euo pipefail
shopt -s inherit_errexit

# All shards of the plan, also when only some of them are submitted: a task must know of how many
# it is a part.
export SHARD_COUNT=@SHARDS@

case "${1-submit}" in
    submit)
        shards=$(sbatch --parsable --array="${2-0-@LAST@}" "$0" shard)
        merge=$(sbatch --parsable --dependency=afterany:"${shards%%;*}" \
            --output=%x-merge-%j.log "$0" merge)
        echo "submitted ${shards%%;*} (shards ${2-0-@LAST@}) and ${merge%%;*} (merge)"
        ;;
    shard)
        # SLURM_ARRAY_TASK_ID says which shard this is.
        exec @SHARD@ --jobs "${SLURM_CPUS_PER_TASK-1}"
        ;;
    merge)
        exec @MERGE@
        ;;
    *)
        echo "usage: bash $0 [submit [SHARDS]]" >&2
        exit 2
        ;;
esac
