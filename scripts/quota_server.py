"""A small HTTP server on the loopback that enforces a quota as KMS does, for judge_boto3.py.

It answers KMS's GenerateDataKey, Decrypt and Encrypt, and S3's PUT and HEAD; each counts one call
against the quota. What it refuses it answers as AWS does: KMS with 400 ThrottlingException, S3 with
503 SlowDown, a HEAD with 503 and no body. Every answer comes `latency` seconds after its request.

usage: quota_server.py JSON

JSON has `quota` (calls per second), `burst` (of a token bucket; null for a fixed window of one
second that begins at a drawn phase) and `latency` (seconds). The port is printed on one line; the
server ends when its standard input does, and then prints what it counted.
"""

import asyncio
import json
import math
import random
import socket
import sys
import time

THROTTLED_KMS = b'{"__type":"ThrottlingException","message":"You have exceeded the rate"}'
THROTTLED_S3 = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code>'
    b"<Message>Please reduce your request rate</Message></Error>"
)
GRANTED_KMS = {
    b"GenerateDataKey": b'{"CiphertextBlob":"AAAA","Plaintext":"AAAA","KeyId":"key"}',
    b"Decrypt": b'{"Plaintext":"AAAA","KeyId":"key"}',
    b"Encrypt": b'{"CiphertextBlob":"AAAA","KeyId":"key"}',
}


class FixedWindow:
    """So many calls in each second, which begin at a phase of their own."""

    def __init__(self, quota):
        self.quota, self.phase, self.window, self.used = quota, random.random(), None, 0

    def ask(self, now):
        window = math.floor(now - self.phase)
        if window != self.window:
            self.window, self.used = window, 0
        self.used += 1
        return self.used <= self.quota


class TokenBucket:
    """Tokens that accrue continuously, up to a burst; full at the start."""

    def __init__(self, quota, burst):
        self.quota, self.burst, self.tokens, self.last = quota, burst, burst, None

    def ask(self, now):
        if self.last is not None:
            self.tokens = min(self.burst, self.tokens + (now - self.last) * self.quota)
        self.last = now
        granted = self.tokens >= 1
        self.tokens -= granted
        return granted


class Connection(asyncio.Protocol):
    """One connection, on which requests come one after the other."""

    def __init__(self, server):
        self.server, self.buffer, self.asked_to_go_on = server, b"", False

    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data):
        self.buffer += data
        head, end, body = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return
        lines = head.split(b"\r\n")
        headers = dict(line.lower().split(b":", 1) for line in lines[1:])
        if headers.get(b"expect", b"").strip() == b"100-continue" and not self.asked_to_go_on:
            self.asked_to_go_on = True
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = int(headers.get(b"content-length", b"0"))
        if len(body) < length:
            return
        self.buffer, self.asked_to_go_on = body[length:], False
        method = lines[0].split(b" ", 1)[0]
        target = next((line for line in lines if line.lower().startswith(b"x-amz-target:")), b"")
        self.server.counted += 1
        granted = self.server.limiter.ask(time.monotonic())
        self.server.refused += not granted
        answer = answered(method, target.rpartition(b".")[2].strip(), granted)
        asyncio.get_running_loop().call_later(self.server.latency, self.send, answer)

    def send(self, answer):
        if not self.transport.is_closing():
            self.transport.write(answer)


def answered(method, call, granted):
    """The bytes of an answer."""
    if call:
        kind, body = b"application/x-amz-json-1.1", GRANTED_KMS[call] if granted else THROTTLED_KMS
        status = b"200 OK" if granted else b"400 Bad Request"
    else:
        status = b"200 OK" if granted else b"503 Slow Down"
        kind, body = b"application/xml", b"" if granted or method == b"HEAD" else THROTTLED_S3
    tag = b'ETag: "d41d8cd98f00b204e9800998ecf8427e"\r\n' if granted and not call else b""
    return (
        b"HTTP/1.1 %b\r\nContent-Type: %b\r\n%bx-amz-request-id: 0\r\nContent-Length: %d\r\n\r\n%b"
        % (status, kind, tag, len(body), body)
    )


class Server:
    """What its connections share."""

    def __init__(self, quota, burst, latency):
        self.limiter = FixedWindow(quota) if burst is None else TokenBucket(quota, burst)
        self.latency, self.counted, self.refused = latency, 0, 0


async def main():
    shared = Server(**json.loads(sys.argv[1]))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(shared), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(json.dumps({"counted": shared.counted, "refused": shared.refused}), flush=True)
    server.close()


asyncio.run(main())
