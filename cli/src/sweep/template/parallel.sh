#!/usr/bin/env bash
#
# A sweep of keystorm with GNU parallel: @RUNS@ simulations in @SHARDS@ shards, then one merge.
#   @TITLE@
#
# Once:
#   @PREPARE@
#
# Then:
#   bash sweep.sh         all shards, and the merge
#   bash sweep.sh 3 17    these shards again, and the merge
#
# On one machine `@SHARD@` without shards does the same on all cores; this is for several
# machines, or for a machine that is shared with others. Give more machines with
#   PARALLEL='--sshlogin 8/node1,8/node2 --workdir .' bash sweep.sh
# where all of them see this folder under the same path and have keystorm installed.
#
# A shard that fails is tried three times. Where something is missing at the end, the merge exits
# with 12 and names the shards to do again. Shards that are complete are skipped at once, and one
# that was cut off goes on where it stopped: calling this file again costs nothing.
set -euo pipefail

if (($# == 0)); then
    mapfile -t shards < <(seq 0 @LAST@)
else
    shards=("$@")
fi

# One core for each shard; the number of cores is what runs at a time (PARALLEL='--jobs 4').
# A failure is no reason to stop: the merge says what is missing.
parallel --quote --retries 3 --joblog @JOBLOG@ \
    @SHARD@ --shard {}/@SHARDS@ --jobs 1 ::: "${shards[@]}" || true

exec @MERGE@
