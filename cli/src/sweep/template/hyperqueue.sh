#!/usr/bin/env bash
#
# A sweep of keystorm on HyperQueue: @RUNS@ simulations in @SHARDS@ shards, then one merge.
#   @TITLE@
#
# HyperQueue needs no administrator and runs many short tasks inside few jobs of Slurm or PBS.
# Once, in a folder that all workers share:
#   @PREPARE@
#   hq server start &
#   hq worker start &                               a worker here, or
#   hq alloc add slurm --time-limit 1h -- -p main   workers as jobs of Slurm, as they are needed
#
# Then:
#   bash sweep.sh         all shards, and the merge
#   bash sweep.sh 3,17    these shards again, and the merge
#
# Where something is missing at the end, the merge exits with 12 and names the shards to submit
# again. Shards that are complete are skipped at once, and one that was cut off goes on where it
# stopped: submitting too many again costs nothing.
set -euo pipefail

# HQ_TASK_ID says which shard a task is, SHARD_COUNT of how many: all of the plan, also when only
# some of them are submitted. --crash-limit is how often a task is started again whose worker was
# lost.
hq submit --name @JOB@ --array "${1-0-@LAST@}" --env SHARD_COUNT=@SHARDS@ --cpus 1 \
    --crash-limit 3 --wait -- @SHARD@ --jobs 1 || true

exec @MERGE@
