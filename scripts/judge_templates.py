#!/usr/bin/env python3
"""Holds the job files of `keystorm sweep template` against what their engines say of themselves.

usage: judge_templates.py KEYSTORM FOLDER             judge all of them, working in this folder
       judge_templates.py --faults KEYSTORM FOLDER    whether faults put into them are found

Kubernetes: both Jobs against the published schema of batch/v1, strictly. AWS Batch: what the script
hands to the AWS CLI against botocore's model of the service. GNU parallel and HyperQueue run their
files for real. What Kubernetes and Batch would start is started here, with the variables that they
set; every engine's result must be that of one process, to the last byte. What is not installed is
named.
"""
import copy
import json
import os
import pathlib
import shutil
import subprocess
import sys

import botocore.session
import botocore.validate
import kubernetes_validate
import yaml

SHARDS = 5
KUBERNETES = ("1.33", kubernetes_validate.latest_version())
SCENARIO = pathlib.Path(__file__).resolve().parent.parent / "scenarios/library/quickstart.toml"
RESULTS = ("result.json", "result.csv", "report.html")
SECONDS_MAX = 120  # that an engine may take


class Wrong(Exception):
    """What is wrong with a job file."""


def validated_job(document):
    """Refuses what is no Job of Kubernetes, or what contradicts itself."""
    for version in KUBERNETES:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            raise Wrong(f"Kubernetes {version}: {str(error).splitlines()[0]}") from error
    pod = document["spec"]["template"]["spec"]
    claimed = {volume["name"] for volume in pod["volumes"]}
    for container in pod["containers"]:
        for mount in container["volumeMounts"]:
            if mount["name"] not in claimed:
                raise Wrong(f"no volume is called {mount['name']}")
    spec = document["spec"]
    if "backoffLimitPerIndex" in spec and pod["restartPolicy"] != "Never":
        raise Wrong("retries of an index need restartPolicy: Never")
    if spec.get("completionMode") == "Indexed":
        its = {it["name"]: it["value"] for it in pod["containers"][0]["env"]}
        if its.get("SHARD_COUNT") != str(spec["completions"]):
            raise Wrong(f"SHARD_COUNT is not {spec['completions']}")


def batch_validator():
    """A function that refuses what an operation of AWS Batch does not take."""
    model = botocore.session.get_session().get_service_model("batch")

    def validated(operation, parameters):
        shape = model.operation_model(operation).input_shape
        report = botocore.validate.ParamValidator().validate(parameters, shape)
        if report.has_errors():
            raise Wrong(f"{operation}: {report.generate_report()}")
        size = parameters.get("arrayProperties", {}).get("size", 2)
        if not 2 <= size <= 10_000:
            raise Wrong(f"{operation}: an array of {size}")

    return validated


# Stands for the AWS CLI: writes down what it is asked, and answers with an id.
AWS = """#!{python}
import json, sys
words = sys.argv[1:]
said = json.loads(words[words.index("--cli-input-json") + 1])
with open({log!r}, "a+") as log:
    log.seek(0)
    number = len(log.readlines())
    print(json.dumps([words[1], said]), file=log)
print(f"id-{{number}}")
"""

# Stands for HyperQueue's program, of which the Python package has everything but the command line.
HQ = """#!{python}
import argparse, pathlib
from hyperqueue import Job, LocalCluster
from hyperqueue.cluster import WorkerConfig
its = argparse.ArgumentParser()
its.add_argument("submit")
for flag in ("--name", "--array", "--env", "--cpus", "--crash-limit"):
    its.add_argument(flag, required=True)
its.add_argument("--wait", action="store_true", required=True)
its.add_argument("command", nargs="+")
its = its.parse_args()
first, last = map(int, its.array.split("-"))
assert first == 0, its.array  # the package numbers tasks by itself
job = Job(max_fails=None)
for _ in range(last + 1):
    job.program(its.command, env=dict([its.env.split("=")]), cwd=pathlib.Path.cwd())
with LocalCluster() as cluster:
    cluster.start_worker(WorkerConfig(cores=2))
    client = cluster.client()
    client.wait_for_jobs([client.submit(job)], raise_on_error=False)
"""


class Judge:
    """A sweep, what one process makes of it, and the job files for it."""

    def __init__(self, keystorm, folder):
        self.keystorm, self.folder = pathlib.Path(keystorm).resolve(), folder
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "bin").mkdir(parents=True)
        (folder / "bin/keystorm").symlink_to(self.keystorm)
        path = f"{folder / 'bin'}:{os.environ['PATH']}"
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("SHARD_", "SLURM_", "AWS_", "HQ_", "PMI_", "OMPI_"))}
        self.environment = {**kept, "PATH": path}
        self.run("keystorm", "sweep", "prepare", SCENARIO, "--replications", "2",
                 "--requests-max", "20000", "--vary", "mode=sse-kms,sse-kms+bucket-key", "--vary",
                 "kms.request-quota=3_000/s,5_500/s,10_000/s", "-o", folder / "one")
        self.run("keystorm", "sweep", "run", folder / "one", "--quiet")

    def run(self, *command, cwd=None, **environment):
        done = subprocess.run(list(map(str, command)), cwd=cwd or self.folder,
                              env={**self.environment, **environment}, timeout=SECONDS_MAX,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise Wrong(f"{command} exits with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def template(self, engine, *flags):
        """A job file, in a folder of its own with the plan beside it."""
        folder = self.folder / engine
        folder.mkdir(exist_ok=True)
        shutil.copy(self.folder / "one/sweep.json", folder)
        text = self.run("keystorm", "sweep", "template", engine, "sweep.json", "--shards",
                        str(SHARDS), *flags, cwd=folder)
        (folder / "job").write_text(text)
        if engine != "k8s":
            self.run("bash", "-n", "job", cwd=folder)
        return folder, text

    def program(self, name, text):
        """Puts a program where job files find it."""
        path = self.folder / "bin" / name
        path.write_text(text)
        path.chmod(0o755)

    def same(self, folder):
        """Refuses results that are not those of one process."""
        for name in RESULTS:
            ours, alone = folder / name, self.folder / "one" / name
            if not alone.exists() and name != "report.html":
                raise Wrong(f"{name} is not there")
            if alone.exists() and (not ours.exists() or ours.read_bytes() != alone.read_bytes()):
                raise Wrong(f"{ours} is not what one process writes")

    def kubernetes(self):
        folder, text = self.template("k8s", "--image", "registry.example/keystorm:1")
        shards, merge = yaml.safe_load_all(text)
        for document in (shards, merge):
            validated_job(document)
        container = shards["spec"]["template"]["spec"]["containers"][0]
        its = {it["name"]: it["value"] for it in container["env"]}
        here = [word.replace("/sweep", str(folder), 1) if word.startswith("/sweep") else word
                for word in container["command"]]
        for index in range(shards["spec"]["completions"]):
            self.run(*here, JOB_COMPLETION_INDEX=str(index), **its)
        command = merge["spec"]["template"]["spec"]["containers"][0]["command"]
        self.run(*[word.replace("/sweep", str(folder)) for word in command])
        self.same(folder)

    def submitted(self, folder, *shards):
        """What the script for AWS Batch hands to the AWS CLI."""
        log = folder / f"log{len(shards)}"
        self.program("aws", AWS.format(python=sys.executable, log=str(log)))
        self.run("bash", "job", *shards, cwd=folder, IMAGE="registry.example/keystorm:1",
                 QUEUE="queue", FILE_SYSTEM="fs-0123456789abcdef0")
        return [json.loads(line) for line in log.read_text().splitlines()]

    def batch(self):
        folder, _ = self.template("batch")
        validated = batch_validator()
        names = {"register-job-definition": "RegisterJobDefinition", "submit-job": "SubmitJob"}
        definition, array, merge = all_of = self.submitted(folder)
        for operation, parameters in all_of:
            validated(names[operation], parameters)
        if merge[1]["dependsOn"] != [{"jobId": "id-1"}]:
            raise Wrong(f"the merge waits for {merge[1]['dependsOn']}")
        its = definition[1]["containerProperties"]
        environment = {it["name"]: it["value"] for it in its["environment"]}
        here = [word.replace("/sweep", str(folder), 1) if word.startswith("/sweep") else word
                for word in its["command"]]
        size = array[1]["arrayProperties"]["size"]
        # Two are left out at first, and submitted again as jobs of their own.
        for index in range(size - 2):
            self.run(*here, **environment, AWS_BATCH_JOB_ARRAY_INDEX=str(index),
                     AWS_BATCH_JOB_ARRAY_SIZE=str(size))
        again = self.submitted(folder, str(size - 2), str(size - 1))
        for operation, parameters in again:
            validated(names[operation], parameters)
        for _, parameters in again[1:-1]:
            override = parameters["containerOverrides"]["environment"]
            self.run(*here, **environment, **{it["name"]: it["value"] for it in override})
        if again[-1][1]["dependsOn"] != [{"jobId": "id-1"}, {"jobId": "id-2"}]:
            raise Wrong(f"the second merge waits for {again[-1][1]['dependsOn']}")
        command = again[-1][1]["containerOverrides"]["command"]
        self.run(*[word.replace("/sweep", str(folder)) for word in command])
        self.same(folder)

    def parallel(self):
        folder, _ = self.template("parallel")
        self.run("bash", "job", cwd=folder)
        self.same(folder)
        # Everything is complete: again it only merges.
        (folder / "result.json").unlink()
        self.run("bash", "job", "3", cwd=folder)
        self.same(folder)

    def hyperqueue(self):
        self.program("hq", HQ.format(python=sys.executable))
        folder, _ = self.template("hyperqueue")
        self.run("bash", "job", cwd=folder)
        self.same(folder)


def faults_found(judge):
    """Whether each fault in a sound job file is found."""
    _, text = judge.template("k8s")
    sound, _ = yaml.safe_load_all(text)
    validated_job(sound)
    faulty = {
        "a word for a number": lambda it: it["spec"].update(completions="5"),
        "an unknown field": lambda it: it["spec"].update(completion=5),
        "a missing status": lambda it: it["spec"]["podFailurePolicy"]["rules"][0].update(
            onPodConditions=[{"type": "DisruptionTarget"}]),
        "another count": lambda it: it["spec"].update(completions=6),
        "no such volume": lambda it: it["spec"]["template"]["spec"]["volumes"][0].update(name="x"),
    }
    found = True
    for what, put in faulty.items():
        document = copy.deepcopy(sound)
        put(document)
        found &= refused(f"k8s: {what}", validated_job, document)
    folder, _ = judge.template("batch")
    definition, array, merge = (it[1] for it in judge.submitted(folder))
    validated = batch_validator()
    for what, operation, parameters in (
            ("a word for a number", "SubmitJob", {**array, "arrayProperties": {"size": "5"}}),
            ("an array of one", "SubmitJob", {**array, "arrayProperties": {"size": 1}}),
            ("an unknown field", "SubmitJob", {**merge, "dependOn": []}),
            ("a missing type", "RegisterJobDefinition",
             {name: it for name, it in definition.items() if name != "type"})):
        found &= refused(f"batch: {what}", validated, operation, parameters)
    folder = judge.folder / "other"
    shutil.copytree(judge.folder / "one", folder)
    with open(folder / "result.csv", "a", encoding="utf-8") as result:
        result.write("\n")
    found &= refused("another result", judge.same, folder)
    return found


def refused(what, judged, *arguments):
    try:
        judged(*arguments)
    except Wrong as wrong:
        print(f"{what}: found: {str(wrong).splitlines()[0]}")
        return True
    print(f"{what}: not found")
    return False


def main():
    words = sys.argv[1:]
    faults = "--faults" in words
    keystorm, folder = [word for word in words if word != "--faults"]
    judge = Judge(keystorm, pathlib.Path(folder).resolve())
    if faults:
        return 0 if faults_found(judge) else 1
    engines = [judge.kubernetes, judge.batch, judge.hyperqueue]
    if shutil.which("parallel"):
        engines.append(judge.parallel)
    status = 0
    for engine in engines:
        try:
            engine()
            print(f"{engine.__name__}: same bytes")
        except Wrong as wrong:
            print(f"{engine.__name__}: {wrong}")
            status = 1
    names = ", ".join(engine.__name__ for engine in engines)
    print(f"step-note: {names}: valid, and the same bytes as one process")
    return status


if __name__ == "__main__":
    sys.exit(main())
