#!/usr/bin/env python3
"""Holds our retry rules against botocore's own classes, decision by decision.

usage: judge_retry_rules.py REPLAY [--faults] [--steps STEPS] [--seeds SEEDS]

REPLAY is the built example replay_retry. Which rule set is judged is decided by the botocore that
this Python has: 2.0 before 1.44, 2.1 from there on.

For each mode and seed there is one client, of KMS or of S3, made by botocore as a program makes it,
and several calls at a time on it. What is answered to them is drawn at random, from every row of
our table of errors and more, in stretches in which the service is well, throttles, or fails. A
virtual clock tells both sides the time; nothing is sent and nobody sleeps. botocore parses the
answers, and what its handlers decide (whether to try again and why not, the retry quota, the
delay, the client's rate, its tokens, how long to wait for one) has to be what ours decide. Both use
the same random numbers.

With --faults constants of botocore are changed, one at a time; each has to be noticed.
"""
import argparse
import collections
import heapq
import os
import random
import subprocess
import sys
import threading
import types

os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none",
                  AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true",
                  AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null")
for name in ("AWS_NEW_RETRIES_2026", "AWS_RETRY_MODE", "AWS_MAX_ATTEMPTS"):
    os.environ.pop(name, None)

import botocore
import botocore.retryhandler
import botocore.session
from botocore import exceptions
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.parsers import ResponseParserFactory
from botocore.retries import adaptive, bucket, quota, standard

RULE_SET = "2.0" if tuple(map(int, botocore.__version__.split(".")[:2])) < (1, 44) else "2.1"
MODES = ("legacy", "standard", "adaptive")
TOLERANCE = 1e-9
CALLS = 8  # at a time
# What has to happen in each mode, or nothing was judged.
REASONS = ["retries", "given up: attempts", "given up: kind"]
NEEDED = {"legacy": REASONS, "standard": [*REASONS, "given up: quota"],
          "adaptive": [*REASONS, "given up: quota", "waits"]}
OPERATIONS = {"kms": "GenerateDataKey", "s3": "GetObject"}
OF_KMS = {"kms-throttling", "key-store-throttling", "kms-key-unavailable", "kms-internal",
          "kms-dependency-timeout", "key-store-timeout"}
EXCEPTIONS = {
    "TimeOut": [lambda: exceptions.ConnectTimeoutError(endpoint_url="https://none"),
                lambda: exceptions.ReadTimeoutError(endpoint_url="https://none")],
    "ConnectionError": [lambda: exceptions.EndpointConnectionError(endpoint_url="https://none"),
                        lambda: exceptions.ConnectionClosedError(endpoint_url="https://none")],
}


class Difference(Exception):
    """The two sides do not agree."""


class Waits(Exception):
    """botocore would wait for a token now."""

    def __init__(self, seconds):
        self.seconds = seconds


class World:
    """What botocore sees of the world: the time, chance, and its own objects when they are made."""
    now = 0  # ns, by the client's clock
    drawn = 1.0
    woken = 0
    made = {}


class Condition:
    """Stands for threading.Condition: who would wait gives up here, and asks again later."""

    def __init__(self, lock):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def wait(self, seconds):
        raise Waits(seconds)

    def notify(self):
        World.woken += 1


def keep_made(cls):
    made = cls.__init__

    def init(self, *args, **kwargs):
        made(self, *args, **kwargs)
        World.made[cls.__name__] = self
    cls.__init__ = init


bucket.threading = types.SimpleNamespace(Lock=threading.Lock, Condition=Condition)
bucket.Clock.current_time = lambda self: World.now / 1e9
botocore.retryhandler.random = types.SimpleNamespace(random=lambda: World.drawn)
for kept in (standard.ExponentialBackoff, quota.RetryQuota, adaptive.ClientRateLimiter):
    keep_made(kept)


class Ours:
    """Our side, behind its pipe."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().split()
        if not answer:
            raise SystemExit(f"{words}: no answer")
        return answer

    def table(self, name):
        count = int(self.ask(name)[0])
        return [self.process.stdout.readline().split() for _ in range(count)]


class Answer:
    """What the service answers to an attempt, and what kind of error it is to us."""

    def __init__(self, kind, status=None, code=None, raises=None):
        self.kind, self.status, self.code, self.raises = kind, status, code, raises

    def headers_and_body(self, service):
        if self.code is None:
            return {}, b""
        if service == "kms":
            return {}, b'{"__type": "%s", "message": "no"}' % self.code.encode()
        return {}, b"<Error><Code>%s</Code><Message>no</Message></Error>" % self.code.encode()


def answers(ours, service):
    """All answers of a service that are errors: throttles, and others."""
    bare = dict(ours.table("kinds"))
    if service == "kms":
        found = [Answer("LimitExceeded", 400, "LimitExceededException")]
    else:
        found = [Answer("RequestTimeout", 400, "RequestTimeout"),
                 Answer("Internal500", 500, "InternalError")]
    for refusal, status, code, kind in ours.table("refusals"):
        if (refusal in OF_KMS) == (service == "kms"):
            found.append(Answer(kind, int(status), code))
            found.append(Answer(bare[kind], int(status)))
    for status in (502, 504):
        found.append(Answer("ServerError", status))
    for kind, makers in EXCEPTIONS.items():
        found += [Answer(kind, raises=make) for make in makers]
    throttles = [it for it in found if "Throttling" in it.kind or it.kind == "Unavailable503"]
    passing = [it for it in found if it.kind != "ClientError" and it not in throttles]
    return throttles, passing, [it for it in found if it.kind == "ClientError"]


class Theirs:
    """botocore's side: one client object, and the handlers that it has registered."""

    def __init__(self, session, service, mode):
        World.made.clear()
        self.service, self.mode = service, mode
        self.operation = OPERATIONS[service]
        self.client = session.create_client(service, config=Config(retries={"mode": mode}))
        self.model = self.client.meta.service_model.operation_model(self.operation)
        service_model = self.client.meta.service_model
        self.parser = ResponseParserFactory().create_parser(service_model.resolved_protocol)
        self.back_off = World.made.get("ExponentialBackoff")
        if self.back_off:
            self.back_off._random = lambda: World.drawn
        self.quota = World.made.get("RetryQuota")
        self.limiter = World.made.get("ClientRateLimiter")

    def emit(self, event, **kwargs):
        name = self.client.meta.service_model.service_id.hyphenize()
        return self.client.meta.events.emit(f"{event}.{name}.{self.operation}", **kwargs)

    def acquire(self):
        """The seconds that an attempt has to wait for a token; None if it goes."""
        try:
            self.limiter.on_sending_request(request=None)
        except Waits as waits:
            return waits.seconds
        return None

    def answered(self, call, answer, retry_after):
        """The delay before the next attempt, or None, and why not, if that is told."""
        parsed = http = caught = None
        if answer is None or answer.raises is None:
            headers, body = ({}, b"") if answer is None else answer.headers_and_body(self.service)
            if retry_after is not None:
                headers["x-amz-retry-after"] = str(retry_after)
            status = 200 if answer is None else answer.status
            http = AWSResponse("https://none", status, headers, None)
            parsed = {"ResponseMetadata": {}} if answer is None else self.parser.parse(
                {"status_code": status, "headers": headers, "body": body}, self.model.output_shape)
        else:
            caught = answer.raises()
        try:
            responses = self.emit(
                "needs-retry", response=None if http is None else (http, parsed), endpoint=None,
                operation=self.model, attempts=call.attempt, caught_exception=caught,
                request_dict={"context": call.context})
        except exceptions.BotoCoreError:
            return None, None  # legacy mode passes exceptions on
        delay = next((it for _, it in responses if it is not None), None)
        if delay is not None and delay is not False:
            return delay, None
        if http is not None:
            self.emit("after-call", http_response=http, parsed=parsed, model=self.model,
                      context=call.context)
            metadata = parsed["ResponseMetadata"]
            if metadata.get("MaxAttemptsReached"):
                return None, "attempts"
            return None, "quota" if metadata.get("RetryQuotaReached") else "kind"
        return None, None


class Call:
    """A call under way."""

    def __init__(self):
        self.attempt, self.cost, self.context, self.waits = 1, None, {}, 0


class Replay:
    """One client on both sides."""

    def __init__(self, ours, session, mode, seed, fault=None):
        self.ours, self.mode, self.chance = ours, mode, random.Random(f"{mode} {seed}")
        service = ("kms", "s3")[seed % 2]
        self.latency = (0.05, 0.001)[seed // 2 % 2]  # s, in the mean
        self.throttles, self.passing, self.lasting = answers(ours, service)
        self.now, self.phase = 0, self.chance.randrange(10**9)
        self.tell_time()
        if fault:
            fault(None)
        self.theirs = Theirs(session, service, mode)
        if fault:
            fault(self.theirs)
        ours.ask("begin", "botocore", mode, RULE_SET, self.now, self.phase, seed)
        self.worst = collections.Counter()
        self.counts = collections.Counter()
        self.events, self.number, self.waiting = [], 0, collections.deque()

    def tell_time(self):
        World.now = self.now + self.phase

    def same(self, what, theirs, ours, scale=0.0):
        """Both sides have the same number, within TOLERANCE of it or of `scale`."""
        difference = abs(theirs - ours)
        relative = difference / max(abs(theirs), scale) if difference else 0.0
        self.worst[what] = max(self.worst[what], relative)
        if not relative <= TOLERANCE:
            self.differ(what, theirs, ours)

    def differ(self, what, theirs, ours):
        raise Difference(f"{self.mode}, step {self.counts['steps']}, {self.now} ns: {what} is "
                         f"{theirs} in botocore, {ours} here")

    def schedule(self, after, what, call):
        self.number += 1
        heapq.heappush(self.events, (self.now + after, self.number, what, call, call.waits))

    def run(self, steps):
        for _ in range(CALLS):
            self.schedule(self.chance.randrange(10**9), self.send, Call())
        while self.counts["steps"] < steps:
            self.now, _, what, call, waits = heapq.heappop(self.events)
            self.tell_time()
            if waits == call.waits:  # not a timer of somebody who was woken
                what(call)

    def send(self, call):
        if self.theirs.limiter:
            theirs = self.theirs.acquire()
            ours = self.ours.ask("acquire", self.now)
            if (theirs is None) != (ours[0] == "go"):
                self.differ("wait", theirs, ours)
            if theirs is not None:
                self.counts["waits"] += 1
                wait = int(ours[1])
                # Ours is rounded up to whole nanoseconds.
                if abs(wait - theirs * 1e9) > 1 + TOLERANCE * wait:
                    self.differ("wait", theirs, ours)
                self.worst["wait_ns"] = max(self.worst["wait_ns"], abs(wait - theirs * 1e9))
                call.waits += 1
                self.waiting.append(call)
                # Rounding must not let botocore's loop find a little less than a token.
                self.schedule(wait + 1_000, self.wait_is_over, call)
                return
        # Some take long: then the rate falls to its least.
        latency = self.chance.expovariate(1 / self.latency) if self.chance.random() < 0.999 else 30
        latency = int(latency * 1e9)
        if self.chance.random() < 0.03:  # just when a window begins
            latency += -(self.now + self.phase + latency) % (5 * 10**8)
        self.schedule(latency, self.answered, call)

    def wait_is_over(self, call):
        self.waiting.remove(call)
        self.send(call)

    def wake(self):
        """Each notification wakes the one that has waited longest."""
        while World.woken:
            World.woken -= 1
            if self.waiting:
                call = self.waiting.popleft()
                call.waits += 1
                self.send(call)

    def answer(self):
        """None for a success. The service is well, throttles or fails for some hundred steps."""
        state = (self.counts["steps"] // 300) % 4
        if self.chance.random() >= (0.05, 0.6, 0.1, 0.9)[state]:
            return None
        chosen = self.chance.random()
        pool = self.throttles if chosen < 0.6 else self.passing if chosen < 0.97 else self.lasting
        return self.chance.choice(pool)

    def answered(self, call):
        self.counts["steps"] += 1
        answer = self.answer()
        asks = self.chance.random() < 0.05
        retry_after = self.chance.choice([0, 300, 2_000, 60_000]) if asks else None
        if answer is None:
            ours = None
        else:
            asked = "-" if retry_after is None or answer.raises else retry_after * 10**6
            ours = self.ours.ask("failed", answer.kind, call.attempt, asked)
            World.drawn = int(ours[4]) / 2**64 if ours[0] == "retry" else 1.0
        World.woken = 0
        delay, why = self.theirs.answered(call, answer, retry_after)
        if self.theirs.limiter:
            kind = "-" if answer is None else answer.kind
            self.limiter_is_same(self.ours.ask("answered", self.now, kind))
        if answer is None:
            tokens = self.ours.ask("succeeded", "-" if call.cost is None else call.cost)[0]
        else:
            tokens = self.decision_is_same(call, delay, why, ours)
        if self.theirs.quota and self.theirs.quota.available_capacity != int(tokens):
            self.differ("quota", self.theirs.quota.available_capacity, tokens)
        self.wake()
        if delay is None:
            self.schedule(int(self.chance.uniform(0, 4 * self.latency) * 1e9), self.send, Call())
        else:
            call.attempt += 1
            self.schedule(int(ours[1]), self.send, call)

    def decision_is_same(self, call, delay, why, ours):
        """The tokens that are left here."""
        if (delay is not None) != (ours[0] == "retry"):
            self.differ("decision", delay or why, ours)
        if delay is None:
            self.counts["given up: " + ours[0]] += 1
            if why is not None and why != ours[0]:
                self.differ("reason", why, ours[0])
            return ours[1]
        self.counts["retries"] += 1
        # Ours is rounded down to whole nanoseconds.
        difference = abs(delay * 1e9 - int(ours[1]))
        self.worst["delay_ns"] = max(self.worst["delay_ns"], difference)
        if difference > 1 + TOLERANCE * delay * 1e9:
            self.differ("delay", delay, ours[1])
        call.cost = int(ours[2])
        return ours[3]

    def limiter_is_same(self, ours):
        tokens = self.theirs.limiter._token_bucket
        rate, measured, held, most = map(float, ours)
        self.same("rate", tokens.max_rate, rate)
        self.same("measured", self.theirs.limiter._rate_clocker.measured_rate, measured, 1e-9)
        self.same("tokens", tokens.available_capacity, held, 1.0)
        self.same("capacity", tokens.max_capacity, most)


def judge(path, steps, seeds):
    session, ours = botocore.session.Session(), Ours(path)
    answers, largest = 0, 0.0
    for mode in MODES:
        counts, worst = collections.Counter(), collections.Counter()
        for seed in range(seeds):
            replay = Replay(ours, session, mode, seed)
            replay.run(steps)
            counts += replay.counts
            for what, value in replay.worst.items():
                worst[what] = max(worst[what], value)
        for what in NEEDED[mode]:
            if counts[what] == 0:
                raise SystemExit(f"{mode}: never happened: {what}; {dict(counts)}")
        relative = max((worst[what] for what in worst if not what.endswith("_ns")), default=0.0)
        text = ", ".join(f"{counts[it]:,} {it}" for it in sorted(counts) if it != "steps")
        print(f"botocore {botocore.__version__}, {mode}, rule set {RULE_SET}: "
              f"{counts['steps']:,} answers judged alike ({text}); largest differences: "
              f"delays {worst['delay_ns']:.1f} ns, waits {worst['wait_ns']:.1f} ns, "
              f"rates and tokens {relative:.1e} relative")
        answers, largest = answers + counts["steps"], max(largest, relative)
    print(f"step-note: {answers:,} answers, rates within {largest:.1e}")


def setting(owner, name, value):
    """A fault: an attribute of a class or of an object that `owner` finds is changed."""
    def fault(theirs):
        target = owner(theirs)
        if target is not None:
            undone.append((target, name, getattr(target, name)))
            setattr(target, name, value(getattr(target, name)))
    return fault


undone = []


def of_class(cls):
    return lambda theirs: cls if theirs is None else None


def of_object(path):
    def find(theirs):
        found = theirs
        for step in path.split(".") if theirs else ():
            found = getattr(found, step)
        return found
    return find


def slightly(value):
    return value * (1 + 1e-7)


def faults():
    """Name, mode, and the fault."""
    back_off, quota_ = of_object("back_off"), of_object("quota")
    curve, meter = of_object("limiter._rate_adjustor"), of_object("limiter._rate_clocker")
    tokens = of_object("limiter._token_bucket")
    checker = of_class(standard.RetryQuotaChecker)
    return [
        ("longest delay", "standard", setting(back_off, "_max_backoff", lambda it: 0.9)),
        ("doubling", "standard", setting(back_off, "_base", lambda it: 3)),
        ("cost", "standard", setting(checker, "_RETRY_COST", lambda it: it + 1)),
        ("refund", "standard", setting(checker, "_NO_RETRY_INCREMENT", lambda it: 2)),
        ("capacity", "standard", setting(quota_, "_max_capacity", lambda it: it - 1)),
        ("throttles' codes", "adaptive", setting(
            of_class(standard.ThrottledRetryableChecker), "_THROTTLED_ERROR_CODES",
            lambda codes: [it for it in codes if it != "ThrottlingException"])),
        ("transient status", "standard", setting(
            of_class(standard.TransientRetryableChecker), "_TRANSIENT_STATUS_CODES",
            lambda it: [500, 502, 503])),
        ("legacy jitter", "legacy", setting(
            of_class(botocore.retryhandler.random), "random",
            lambda it: lambda: min(World.drawn + 1e-7, 1.0))),
        ("beta", "adaptive", setting(curve, "_beta", slightly)),
        ("scale", "adaptive", setting(curve, "_scale_constant", slightly)),
        ("smoothing", "adaptive", setting(meter, "_smoothing", slightly)),
        ("windows", "adaptive", setting(meter, "_time_bucket_scale", lambda it: 1.0)),
        ("growth", "adaptive", setting(
            of_class(adaptive.ClientRateLimiter), "_MAX_RATE_ADJUST_SCALE", slightly)),
        ("least rate", "adaptive", setting(tokens, "_min_rate", slightly)),
    ]


def judge_faults(path):
    session, ours = botocore.session.Session(), Ours(path)
    unnoticed = []
    for name, mode, fault in faults():
        try:
            Replay(ours, session, mode, 0, fault).run(5_000)
            unnoticed.append(name)
        except Difference as difference:
            print(f"noticed: {name}: {difference}")
        for target, attribute, value in reversed(undone):
            setattr(target, attribute, value)
        undone.clear()
    if unnoticed:
        raise SystemExit(f"not noticed: {', '.join(unnoticed)}")
    print(f"step-note: {len(faults())} faults noticed")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("replay")
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=4)
    options = parser.parse_args()
    try:
        if options.faults:
            judge_faults(options.replay)
        else:
            judge(options.replay, options.steps, options.seeds)
    except Difference as difference:
        raise SystemExit(f"botocore {botocore.__version__}, rule set {RULE_SET}: {difference}")


main()
