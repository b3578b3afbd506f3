"""A real program with boto3 that makes a number of calls from several threads, for judge_boto3.py.

usage: quota_client.py JSON

JSON has `port`, `operation` (generate-data-key, decrypt, encrypt, put, head), `mode`, `attempts`,
`threads`, `calls` (of each thread) and `shared` (one client for all threads, or one each). Prints
what it measured as JSON: the latency of each call [s], whether it went well, and its attempts.
"""

import json
import sys
import threading
import time

import boto3
import botocore.config
import botocore.exceptions

SETTINGS = json.loads(sys.argv[1])
SESSION = boto3.session.Session(
    aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
)
CALLS = {
    "generate-data-key": lambda it: it.generate_data_key(KeyId="key", KeySpec="AES_256"),
    "decrypt": lambda it: it.decrypt(CiphertextBlob=b"0"),
    "encrypt": lambda it: it.encrypt(KeyId="key", Plaintext=b"0"),
    "put": lambda it: it.put_object(Bucket="bucket", Key="key", Body=b"0"),
    "head": lambda it: it.head_object(Bucket="bucket", Key="key"),
}


def client():
    retries = {"mode": SETTINGS["mode"]}
    if SETTINGS["attempts"]:
        retries["total_max_attempts"] = SETTINGS["attempts"]
    config = botocore.config.Config(
        retries=retries,
        max_pool_connections=SETTINGS["threads"],
        s3={"addressing_style": "path"},
    )
    service = "s3" if SETTINGS["operation"] in ("put", "head") else "kms"
    return SESSION.client(
        service, endpoint_url=f"http://127.0.0.1:{SETTINGS['port']}", config=config
    )


def work(client, barrier, results):
    call = CALLS[SETTINGS["operation"]]
    barrier.wait()
    for _ in range(SETTINGS["calls"]):
        began = time.perf_counter()
        try:
            answer, ok = call(client)["ResponseMetadata"], True
        except botocore.exceptions.ClientError as error:
            answer, ok = error.response["ResponseMetadata"], False
        results.append((time.perf_counter() - began, ok, 1 + answer["RetryAttempts"]))


def main():
    threads = SETTINGS["threads"]
    client()  # Reads the service's model; those after it are quick to make.
    if SETTINGS["shared"]:
        clients = [client()] * threads
    else:
        clients = [client() for _ in range(threads)]
    barrier = threading.Barrier(threads + 1)
    results = [[] for _ in range(threads)]
    workers = [
        threading.Thread(target=work, args=(clients[i], barrier, results[i]))
        for i in range(threads)
    ]
    for worker in workers:
        worker.start()
    barrier.wait()
    began, cpu = time.perf_counter(), time.process_time()
    for worker in workers:
        worker.join()
    measured = {
        "completion": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "calls": [call for of_thread in results for call in of_thread],
    }
    print(json.dumps(measured))


main()
