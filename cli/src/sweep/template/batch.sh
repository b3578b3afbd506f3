#!/usr/bin/env bash
#
# A sweep of keystorm on AWS Batch: @RUNS@ simulations in @SHARDS@ shards, then one merge.
#   @TITLE@
#
# Needs the AWS CLI, an image that holds keystorm, a job queue whose compute environment can run
# it, and an EFS file system that it can mount. Once, copy the plan to the root of that file
# system, as sweep.json:
#   @PREPARE@
#
# Then:
#   export IMAGE=…        such as 111122223333.dkr.ecr.eu-west-3.amazonaws.com/keystorm:@VERSION@
#   export QUEUE=…        name or ARN of the job queue
#   export FILE_SYSTEM=…  such as fs-0123456789abcdef0
#   bash sweep.sh         submits the array of @SHARDS@ jobs, and the merge behind it
#   bash sweep.sh 3 17    submits these shards again, and the merge behind them
#
# A shard is tried three times. AWS Batch starts the merge only if every shard succeeds; submit
# what failed again (the console shows the indexes of an array's failed children), and the merge
# comes behind. Where something is missing, the merge exits with 12 and its log names the shards.
# Shards that are complete are skipped at once, and one that was cut off goes on where it stopped:
# submitting too many again costs nothing but the starts of containers.
set -euo pipefail
shopt -s inherit_errexit
: "${IMAGE:?name the image that holds keystorm}"
: "${QUEUE:?name the job queue}"
: "${FILE_SYSTEM:?name the EFS file system}"
(($# <= 20)) || { echo "20 shards at a time, or all" >&2; exit 2; }

# Standard output is the id of the job.
submit() {
    aws batch submit-job --cli-input-json "$1" --query jobId --output text
}

aws batch register-job-definition --query jobDefinitionArn --output text --cli-input-json '{
  "jobDefinitionName": "@JOB@",
  "type": "container",
  "platformCapabilities": ["EC2"],
  "containerProperties": {
    "image": "'"$IMAGE"'",
    "command": ["keystorm", "sweep", "run", "/sweep/sweep.json", "--jobs", "1"],
    "environment": [{ "name": "SHARD_COUNT", "value": "@SHARDS@" }],
    "resourceRequirements": [
      { "type": "VCPU", "value": "1" },
      { "type": "MEMORY", "value": "2048" }
    ],
    "mountPoints": [{ "sourceVolume": "sweep", "containerPath": "/sweep" }],
    "volumes": [{
      "name": "sweep",
      "efsVolumeConfiguration": { "fileSystemId": "'"$FILE_SYSTEM"'", "transitEncryption": "ENABLED" }
    }]
  },
  "timeout": { "attemptDurationSeconds": 14400 },
  "retryStrategy": {
    "attempts": 3,
    "evaluateOnExit": [
      { "action": "EXIT", "onExitCode": "2" },
      { "action": "EXIT", "onExitCode": "12" }
    ]
  }
}'

depends=""
if (($# == 0)); then
    # AWS_BATCH_JOB_ARRAY_INDEX says which shard a child is.
    depends='{ "jobId": "'"$(submit '{
      "jobName": "@JOB@",
      "jobQueue": "'"$QUEUE"'",
      "jobDefinition": "@JOB@",
      "arrayProperties": { "size": @SHARDS@ }
    }')"'" }'
else
    # An array cannot be submitted in part: each shard is a job that is told which one it is.
    for shard in "$@"; do
        depends+="${depends:+, }"'{ "jobId": "'"$(submit '{
          "jobName": "@JOB@-'"$shard"'",
          "jobQueue": "'"$QUEUE"'",
          "jobDefinition": "@JOB@",
          "containerOverrides": { "environment": [{ "name": "SHARD_INDEX", "value": "'"$shard"'" }] }
        }')"'" }'
    done
fi

submit '{
  "jobName": "@JOB@-merge",
  "jobQueue": "'"$QUEUE"'",
  "jobDefinition": "@JOB@",
  "dependsOn": ['"$depends"'],
  "containerOverrides": { "command": ["keystorm", "sweep", "merge", "/sweep"] }
}'
