#!/usr/bin/env bash
# A real Slurm runs a sweep: the job file of `keystorm sweep template slurm` as an array of 40 tasks
# on three emulated nodes, with the merge behind it. One task is killed midway; the merge must say
# what is missing, what it says is submitted again, and the result must be that of one process, to
# the last byte.
#
# usage: scripts/judge_slurm.sh KEYSTORM
#
# Needs slurmctld, slurmd, sbatch and munged (Debian: slurmctld slurmd slurm-client munge), and to
# be root. Everything has its own folder, ports and keys, and is gone afterwards; no other Slurm of
# this machine is touched.
set -uo pipefail
keystorm=$(realpath "${1:?usage: scripts/judge_slurm.sh KEYSTORM}")
root=$(cd "$(dirname "$0")/.." && pwd)
shards=40
waited_max=100 # seconds that an array may take

# A short path: sockets have about a hundred characters.
folder=$(mktemp -d /tmp/slurm-XXXXXX)
export SLURM_CONF="$folder/slurm.conf"

# Ends a process by its file, and waits until it has gone.
ended() {
    local pid tries=0
    pid=$(cat "$1" 2>/dev/null) || return 0
    kill "$pid" 2>/dev/null
    while kill -0 "$pid" 2>/dev/null; do
        ((tries++ < 50)) || { kill -9 "$pid" 2>/dev/null; break; }
        sleep 0.1
    done
}

stop() {
    local node
    [[ -e $folder/slurmctld.pid ]] && timeout 10 scancel --user=root >/dev/null 2>&1
    for node in n1 n2 n3; do
        ended "$folder/slurmd.$node.pid"
    done
    ended "$folder/slurmctld.pid"
    ended "$folder/munge/pid"
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' INT TERM

fail() {
    echo "$*" >&2
    tail -n 20 "$folder"/log/*.log "$folder"/jobs/*.log >&2 2>/dev/null
    exit 1
}

# Four ports in a row that nothing listens on.
free_ports() {
    local base port
    for _ in {1..50}; do
        base=$((20000 + RANDOM % 20000))
        for port in {0..3}; do
            (: </dev/tcp/127.0.0.1/$((base + port))) 2>/dev/null && continue 2
        done
        echo "$base"
        return
    done
    return 1
}

start() {
    local host base node
    host=$(hostname -s)
    base=$(free_ports) || fail "no free ports"
    mkdir -p "$folder"/{log,state,jobs,spool.n1,spool.n2,spool.n3}
    mkdir -m 700 "$folder/munge"
    head -c 1024 /dev/urandom >"$folder/munge/key" && chmod 400 "$folder/munge/key"
    # --force: root runs it, and its folder is not where it would be.
    munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
        --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" \
        --seed-file="$folder/munge/seed" || fail "munged does not start"
    cat >"$SLURM_CONF" <<CONF
ClusterName=keystorm
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
ReturnToService=2
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmdSpoolDir=$folder/spool.%n
StateSaveLocation=$folder/state
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.%n.log
SlurmdParameters=config_overrides
# The default scheduler waits for seconds between tasks, which fits jobs of hours.
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=1,bf_continue
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
SlurmctldPort=$base
NodeName=DEFAULT CPUs=1 RealMemory=4000
NodeName=n[1-3] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((base + 1))-$((base + 3))]
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
    slurmctld -f "$SLURM_CONF" >"$folder/log/start.log" 2>&1 || fail "slurmctld does not start"
    for node in n1 n2 n3; do
        slurmd -f "$SLURM_CONF" -N "$node" >>"$folder/log/start.log" 2>&1 ||
            fail "slurmd does not start"
    done
    for _ in {1..100}; do
        [[ $(sinfo --noheader --format=%D --states=idle 2>/dev/null) == 3 ]] && return
        sleep 0.1
    done
    fail "the three nodes do not come up: $(sinfo 2>&1)"
}

# queued JOB: how many of its tasks are in the queue.
queued() { squeue --noheader --array --jobs="$1" 2>/dev/null | wc -l; }

# over JOB: waits until it has ended.
over() {
    local until=$((SECONDS + waited_max))
    while (($(queued "$1") > 0)); do
        ((SECONDS < until)) || fail "job $1 has not ended in $waited_max s: $(squeue 2>&1)"
        sleep 0.2
    done
}

# exited JOB: its exit code.
exited() { scontrol show job "$1" | sed -n 's/.*ExitCode=\([0-9]*\):.*/\1/p' | head -n 1; }

# Kills a task that is in the middle of its runs, with SIGKILL; its number is in `killed`.
kill_one() {
    local until=$((SECONDS + waited_max)) journal environ pid
    while ((SECONDS < until)); do
        for journal in "$folder"/jobs/sweep/shard-*.journal; do
            # A line of a finished run, and more to come.
            [[ -s $journal ]] || continue
            killed=${journal##*/shard-} killed=${killed%%-*}
            for environ in /proc/[0-9]*/environ; do
                pid=${environ#/proc/} pid=${pid%/environ}
                [[ /proc/$pid/exe -ef $keystorm ]] || continue
                tr '\0' '\n' <"$environ" 2>/dev/null |
                    grep -qx "SLURM_ARRAY_TASK_ID=$killed" || continue
                tr '\0' '\n' <"$environ" | grep -qx "SLURM_CONF=$SLURM_CONF" || continue
                kill -9 "$pid" && sleep 0.2
                # It may have ended a moment before.
                [[ -e $journal ]] && return
            done
        done
        sleep 0.05
    done
    fail "no task was there to kill"
}

start
echo "$(sinfo --version), three nodes, after $SECONDS s"
cd "$folder/jobs" || exit 1
PATH="$(dirname "$keystorm"):$PATH"
# 8 × 5 points × 3 replications: three runs for each shard.
keystorm sweep prepare "$root/scenarios/library/quickstart.toml" --replications 3 \
    --requests-max 800000 --vary mode=sse-kms,sse-kms+bucket-key \
    --vary kms.request-quota=3_000/s,5_500/s,10_000/s,20_000/s \
    --vary clients.retry.standard.attempts-max=1,2,3,5,8 -o sweep || fail "no plan"
keystorm sweep template slurm sweep/sweep.json --shards $shards >sweep.slurm || fail "no job file"

said=$(bash sweep.slurm) || fail "not submitted"
echo "$said"
[[ $said =~ submitted\ ([0-9]+)\ \(shards\ 0-39\)\ and\ ([0-9]+) ]] || fail "what is that: $said"
array=${BASH_REMATCH[1]} merge=${BASH_REMATCH[2]}
kill_one
echo "killed task $killed after $SECONDS s"
over "$array"
over "$merge"
echo "the array has ended after $SECONDS s"
[[ $(exited "$merge") == 12 ]] || fail "the merge exits with $(exited "$merge"), not 12"
log=(*-merge-"$merge".log)
cat "${log[0]}"
again=$(grep -o -- '--array=[0-9,-]*' "${log[0]}" | head -n 1)
[[ ${again#--array=} == "$killed" ]] || fail "the merge asks for '$again', not for $killed alone"
[[ ! -e sweep/result.json ]] || fail "there is a result of half a sweep"
nodes=$(grep -l "Launching batch job" "$folder"/log/slurmd.n?.log | wc -l)
((nodes == 3)) || fail "tasks ran on $nodes nodes only"

said=$(bash sweep.slurm submit "${again#--array=}") || fail "not submitted again"
echo "$said"
[[ $said =~ submitted\ ([0-9]+)\ .*\ and\ ([0-9]+) ]] || fail "what is that: $said"
over "${BASH_REMATCH[2]}"
[[ $(exited "${BASH_REMATCH[2]}") == 0 ]] || fail "the second merge fails"

mkdir alone && cp sweep/sweep.json alone/
keystorm sweep run alone --quiet || fail "one process fails"
for result in result.json result.csv report.html; do
    [[ -e alone/$result || $result == report.html ]] || fail "there is no $result"
    [[ ! -e alone/$result ]] || cmp "sweep/$result" "alone/$result" || fail "$result differs"
done
echo "step-note: 40 tasks on 3 nodes, task $killed killed and submitted again, same bytes"
