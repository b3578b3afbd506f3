#!/usr/bin/env python3
"""Holds our objects of the S3 Encryption Client against AWS's own client, both ways.

usage: judge_client_objects.py CLIENT_OBJECTS

CLIENT_OBJECTS is the built example of that name. Objects go through moto's S3 on the loopback, and
data keys come from moto's KMS: whenever ours needs one, it asks over its pipe with the encryption
context that it wants, and moto's answer to exactly that is passed on. So neither side knows what
the other one did, but for what S3 and KMS say.

AWS's client for Python writes no instruction files and reads no ranges: files of its objects are
put together here, as both clients' specification says, and have to be read by both sides; ranges
are read by ours alone.
"""
import base64
import json
import logging
import os
import random
import subprocess
import sys
import tempfile

os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", AWS_REGION="us-east-1",
                  AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true",
                  AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null")
for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[name]  # everything stays on the loopback

import boto3
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer
from s3_encryption import S3EncryptionClient, S3EncryptionClientConfig
from s3_encryption.exceptions import S3EncryptionClientError
from s3_encryption.materials.kms_keyring import KmsKeyring
from s3_encryption.materials.materials import AlgorithmSuite, CommitmentPolicy

logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line per request

BUCKET = "objects"
SIZES = [0, 1, 16, (1 << 20) + 1]
CONTEXTS = [{}, {"team": "data", "purpose": "quarterly \"figures\""}]
SUITES = {
    "V2": AlgorithmSuite.ALG_AES_256_GCM_IV12_TAG16_NO_KDF,
    "V3": AlgorithmSuite.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
}
# What V3 keeps on the object even if there is an instruction file.
ON_OBJECT = {"x-amz-c", "x-amz-d", "x-amz-i"}


def b64(data):
    return base64.b64encode(data).decode()


class Refused(Exception):
    """One side did not open an object."""


class Stored:
    """An object in S3 as it lies there, with its instruction file's text, if any."""

    def __init__(self, s3, key, body, metadata, instruction=None):
        self.s3, self.key, self.body = s3, key, body
        self.metadata, self.instruction = metadata, instruction

    @classmethod
    def get(cls, s3, key):
        """Without the instruction file."""
        got = s3.get_object(Bucket=BUCKET, Key=key)
        return cls(s3, key, got["Body"].read(), got["Metadata"])

    def put(self):
        self.s3.put_object(Bucket=BUCKET, Key=self.key, Body=self.body, Metadata=self.metadata)
        file = f"{self.key}.instruction"
        if self.instruction is None:
            self.s3.delete_object(Bucket=BUCKET, Key=file)
        else:
            self.s3.put_object(Bucket=BUCKET, Key=file, Body=self.instruction.encode(),
                               Metadata={"x-amz-crypto-instr-file": ""})

    def split(self):
        """Moves into an instruction file what belongs there."""
        moved = {name: text for name, text in self.metadata.items() if name not in ON_OBJECT}
        self.metadata = {name: self.metadata[name] for name in self.metadata if name in ON_OBJECT}
        self.instruction = json.dumps(moved)


class Ours:
    """Our side: the example, which asks us for data keys."""

    def __init__(self, binary, s3, kms, kms_key):
        self.s3, self.kms, self.kms_key = s3, kms, kms_key
        self.process = subprocess.Popen([binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def key(self, question):
        context = question["context"]
        try:
            if question["kms"] == "GenerateDataKey":
                got = self.kms.generate_data_key(
                    KeyId=self.kms_key, KeySpec="AES_256", EncryptionContext=context)
                return {"plaintext": b64(got["Plaintext"]), "wrapped": b64(got["CiphertextBlob"])}
            got = self.kms.decrypt(KeyId=self.kms_key, EncryptionContext=context,
                                   CiphertextBlob=base64.b64decode(question["wrapped"]))
            return {"plaintext": b64(got["Plaintext"])}
        except ClientError as error:
            return {"refused": str(error)}

    def ask(self, **request):
        message = request
        while True:
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
            if "kms" not in answer:
                break
            message = self.key(answer)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer

    def put(self, key, format, plain, context, instruction):
        answer = self.ask(do="seal", format=format, context=context, plain=b64(plain),
                          instruction=instruction)
        body = base64.b64decode(answer["body"])
        Stored(self.s3, key, body, answer["metadata"], answer["instruction"]).put()

    def get(self, key, context, do="open", accept_v2=True, **range):
        stored = Stored.get(self.s3, key)
        if not {"x-amz-key-v2", "x-amz-3"} & stored.metadata.keys():
            file = self.s3.get_object(Bucket=BUCKET, Key=f"{key}.instruction")
            stored.instruction = file["Body"].read().decode()
        answer = self.ask(do=do, context=context, body=b64(stored.body), metadata=stored.metadata,
                          instruction=stored.instruction, **{"accept-v2": accept_v2}, **range)
        return base64.b64decode(answer["plain"])

    def close(self):
        self.process.stdin.close()
        if self.process.wait(timeout=60) != 0:
            raise SystemExit("our side ended with an error")


class Theirs:
    """AWS's client, one per format, policy and way of reading."""

    def __init__(self, client, kms, kms_key):
        self.client, self.kms, self.kms_key = client, kms, kms_key

    def of(self, format, delayed=False, accept_v2=True):
        policy = CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
        if format == "V2":
            policy = CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
        elif accept_v2:
            policy = CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT
        return S3EncryptionClient(self.client(), S3EncryptionClientConfig(
            keyring=KmsKeyring(self.kms, self.kms_key), encryption_algorithm=SUITES[format],
            commitment_policy=policy, enable_delayed_authentication=delayed))

    def put(self, key, format, plain, context):
        self.of(format).put_object(Bucket=BUCKET, Key=key, Body=plain, EncryptionContext=context)

    def get(self, key, context, **options):
        try:
            client = self.of("V3", **options)
            got = client.get_object(Bucket=BUCKET, Key=key, EncryptionContext=context)
            return got["Body"].read()
        except S3EncryptionClientError as error:
            raise Refused(str(error)) from error


class Judge:
    def __init__(self, s3, ours, theirs):
        self.s3, self.ours, self.theirs = s3, ours, theirs
        self.draw, self.checks, self.faults = random.Random(115), 0, []

    def expect(self, what, read, plain):
        """Reading must give `plain`, or be refused if that is None."""
        self.checks += 1
        try:
            got = read()
        except Refused as error:
            if plain is not None:
                self.faults.append(f"{what}: refused: {error}")
        else:
            if got != plain:
                wrong = "not refused" if plain is None else "not what was written"
                self.faults.append(f"{what}: {len(got)} bytes, {wrong}")

    def both(self, what, key, context, plain):
        self.expect(f"{what}, we read", lambda: self.ours.get(key, context), plain)
        self.expect(f"{what}, AWS's client reads", lambda: self.theirs.get(key, context), plain)

    def round_trips(self):
        for format in SUITES:
            for size in SIZES:
                for context in CONTEXTS:
                    self.objects(format, self.draw.randbytes(size), context)

    def objects(self, format, plain, context):
        what = f"{format}, {len(plain)} bytes, context of {len(context)}"
        key = what.replace(" ", "-")
        for instruction in (False, True):
            name = f"{key}/ours/{instruction}"
            self.ours.put(name, format, plain, context, instruction)
            here = f"{what}, we wrote{' an instruction file' if instruction else ''}"
            self.both(here, name, context, plain)
            self.expect(f"{here}, AWS's client streams",
                        lambda: self.theirs.get(name, context, delayed=True), plain)
        name = f"{key}/theirs"
        self.theirs.put(name, format, plain, context)
        self.both(f"{what}, AWS's client wrote", name, context, plain)
        for _ in range(4 if plain else 0):
            start = self.draw.randrange(len(plain))
            end = self.draw.randrange(start, len(plain)) + 1
            self.expect(f"{what}, bytes {start}..{end}",
                        lambda: self.ours.get(name, context, "open-range", offset=start,
                                              len=end - start), plain[start:end])
        stored = Stored.get(self.s3, name)
        stored.split()
        stored.put()
        self.both(f"{what}, by instruction file", name, context, plain)

    def uploads(self):
        """Objects in parts: one cipher over all of them."""
        plain, context = self.draw.randbytes((10 << 20) + 3), CONTEXTS[1]
        for format in SUITES:
            with tempfile.NamedTemporaryFile() as file:
                file.write(plain)
                file.flush()
                self.theirs.of(format).upload_file(file.name, BUCKET, "parts",
                                                   EncryptionContext=context,
                                                   multipart_chunksize=5 << 20)
            self.both(f"{format} in three parts", "parts", context, plain)

    def refusals(self):
        plain, context = b"not to be read by everyone", CONTEXTS[1]
        for format in SUITES:
            for side, put in (("we wrote", lambda *a: self.ours.put(*a, False)),
                              ("AWS's client wrote", self.theirs.put)):
                for instruction in (False, True):
                    for name, spoil in faults(format, instruction):
                        put("fault", format, plain, context)
                        stored = Stored.get(self.s3, "fault")
                        what = f"{format}, {side}, {'file, ' if instruction else ''}{name}"
                        if instruction:
                            stored.split()
                        spoil(stored)
                        stored.put()
                        self.both(what, "fault", context, plain if name == "nothing" else None)
                put("fault", format, plain, context)
                for other in ({}, {"team": "data"}, {**context, "more": "x"}):
                    self.both(f"{format}, {side}, wrong context", "fault", other, None)
        self.theirs.put("v2", "V2", plain, context)
        self.expect("V2, we accept V3 only",
                    lambda: self.ours.get("v2", context, accept_v2=False), None)
        self.expect("V2, AWS's client accepts V3 only",
                    lambda: self.theirs.get("v2", context, accept_v2=False), None)


def flip(name):
    """Flips a bit in what is base64 under that name, on the object or in its instruction file."""
    def spoil(stored):
        def changed(metadata):
            data = bytearray(base64.b64decode(metadata[name]))
            data[len(data) // 2] ^= 0x10
            metadata[name] = b64(data)
        edit(stored, name, changed)
    return spoil


def edit(stored, name, change):
    if name in stored.metadata:
        change(stored.metadata)
    else:
        file = json.loads(stored.instruction)
        change(file)
        stored.instruction = json.dumps(file)


def body(change):
    def spoil(stored):
        stored.body = change(bytearray(stored.body))
    return spoil


def flipped(data, at):
    data[at] ^= 1
    return bytes(data)


def context_of_another(name):
    def spoil(stored):
        def changed(metadata):
            metadata[name] = metadata[name].replace("data", "date")
        edit(stored, name, changed)
    return spoil


def cipher_of_another(name):
    """The other format's name in the context that KMS authenticates."""
    def spoil(stored):
        def changed(metadata):
            context = json.loads(metadata[name])
            other = {"115": "AES/GCM/NoPadding", "AES/GCM/NoPadding": "115"}
            context["aws:x-amz-cek-alg"] = other[context["aws:x-amz-cek-alg"]]
            metadata[name] = json.dumps(context)
        edit(stored, name, changed)
    return spoil


def faults(format, instruction):
    """Names of faults and what makes them; `nothing` shows that it is the fault which is refused."""
    v2 = format == "V2"
    key, context = ("x-amz-key-v2", "x-amz-matdesc") if v2 else ("x-amz-3", "x-amz-t")
    wrap, rsa = ("x-amz-wrap-alg", "RSA-OAEP-SHA1") if v2 else ("x-amz-w", "22")
    yield "nothing", lambda stored: None
    yield "wrapped key", flip(key)
    yield "stored context", context_of_another(context)
    yield "stored cipher", cipher_of_another(context)
    yield "another wrap", lambda stored: edit(stored, wrap, lambda at: at.update({wrap: rsa}))
    if v2:
        yield "nonce", flip("x-amz-iv")
    else:
        yield "commitment", flip("x-amz-d")
        yield "message id", flip("x-amz-i")
    if instruction:
        return
    yield "first byte", body(lambda data: flipped(data, 0))
    yield "tag", body(lambda data: flipped(data, -1))
    yield "a byte less", body(lambda data: bytes(data[:-1]))
    yield "a byte more", body(lambda data: bytes(data) + b"\0")
    yield "no tag", body(lambda data: bytes(data[:-16]))
    yield "no body", body(lambda data: b"")


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__.split("\n\n")[1])
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()

    def client(service="s3"):
        return boto3.client(service, endpoint_url=f"http://{host}:{port}")

    s3, kms = client(), client("kms")
    s3.create_bucket(Bucket=BUCKET)
    kms_key = kms.create_key()["KeyMetadata"]["Arn"]
    ours = Ours(sys.argv[1], s3, kms, kms_key)
    judge = Judge(s3, ours, Theirs(client, kms, kms_key))
    judge.round_trips()
    judge.uploads()
    judge.refusals()
    ours.close()
    server.stop()
    for fault in judge.faults:
        print(fault)
    print(f"step-note: {judge.checks} readings")
    sys.exit(1 if judge.faults or judge.checks < 100 else 0)


if __name__ == "__main__":
    main()
