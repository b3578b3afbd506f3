#!/usr/bin/env python3
"""Loads a page in headless Chromium and says what is wrong with it.

usage: judge_page.py PAGE.html    judge one page
       judge_page.py --faults     judge pages with one fault each: every fault must be found

The page is looked at in a wide and a narrow window, in light and in dark. Nothing may be asked for
but the page itself, nothing may be reported on the console or thrown, and nothing may stick out to
the right. Talks the DevTools protocol over a pipe; needs Python's standard library only.
"""
import fcntl
import json
import os
import pathlib
import select
import subprocess
import sys
import tempfile
import time

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-debugging-pipe",
]
SECONDS_MAX = 60  # of waiting for one answer
SECONDS_SETTLED = 0.5  # of looking on after the page has loaded


class Chromium:
    """A running browser with one tab."""

    def __init__(self, profile):
        (its_in, our_out), (our_in, its_out) = os.pipe(), os.pipe()
        # Away from 3 and 4, which are the browser's ends of the pipe.
        high = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (its_in, its_out)]
        for end in (its_in, its_out):
            os.close(end)
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$0" "$@" 3<&{high[0]} 4>&{high[1]}', "chromium", *FLAGS,
             f"--user-data-dir={profile}", "about:blank"],
            pass_fds=high, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        for end in high:
            os.close(end)
        self.our_in, self.our_out = our_in, our_out
        self.buffer, self.number, self.session, self.events = b"", 0, None, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=SECONDS_MAX)

    def receive(self, seconds):
        """The next message, or None after that many seconds."""
        until = time.monotonic() + seconds
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.our_in], [], [], max(0, until - time.monotonic()))
            if not ready:
                return None
            part = os.read(self.our_in, 1 << 16)
            if not part:
                raise SystemExit("chromium ended unexpectedly")
            self.buffer += part
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def ask(self, method, **params):
        """Sends a command and returns its result; events that come meanwhile are kept."""
        self.number += 1
        command = {"id": self.number, "method": method, "params": params}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.our_out, json.dumps(command).encode() + b"\0")
        while message := self.receive(SECONDS_MAX):
            if message.get("id") != self.number:
                self.events.append(message)
            elif "error" in message:
                raise SystemExit(f"chromium refuses {method}: {message['error']['message']}")
            else:
                return message["result"]
        raise SystemExit(f"chromium did not answer {method} in {SECONDS_MAX} s")

    def load(self, url):
        """Loads a page and returns the events until it has settled."""
        self.ask("Page.navigate", url="about:blank")
        while self.receive(SECONDS_SETTLED):
            pass
        self.events = []
        self.ask("Page.navigate", url=url)
        until = time.monotonic() + SECONDS_MAX
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            event = self.receive(max(0, until - time.monotonic()))
            if event is None:
                raise SystemExit(f"{url} did not load in {SECONDS_MAX} s")
            self.events.append(event)
        while time.monotonic() < until and (event := self.receive(SECONDS_SETTLED)):
            self.events.append(event)
        return self.events

    def value(self, expression):
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"][
            "value"]


def fault_of(event, url):
    """(kind, words) if the event is a fault of the page, None otherwise."""
    method, params = event.get("method"), event.get("params", {})
    if method == "Network.requestWillBeSent":
        asked = params["request"]["url"]
        if asked.partition("#")[0] != url and not asked.startswith("data:"):
            return "request", asked
    elif method == "Network.webSocketCreated":
        return "request", params["url"]
    elif method == "Runtime.exceptionThrown":
        details = params["exceptionDetails"]
        thrown = details.get("exception", {}).get("description", details["text"])
        return "exception", thrown
    elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
        return "console", " ".join(str(arg.get("value")) for arg in params["args"])
    elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
        return "console", params["entry"]["text"]
    return None


def judge(browser, path):
    """All faults of a page as (view, kind, words)."""
    url, faults, grounds = path.resolve().as_uri(), [], {}
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            view = f"{width} px, {scheme}"
            browser.ask("Emulation.setDeviceMetricsOverride", width=width, height=900,
                        deviceScaleFactor=1, mobile=False)
            browser.ask("Emulation.setEmulatedMedia",
                        features=[{"name": "prefers-color-scheme", "value": scheme}])
            for event in browser.load(url):
                if fault := fault_of(event, url):
                    faults.append((view, *fault))
            reach = browser.value("document.scrollingElement.scrollWidth")
            if reach > width:
                faults.append((view, "width", f"the page is {reach} px wide"))
            if not browser.value("document.body.innerText.trim()"):
                faults.append((view, "empty", "the page shows no text"))
            grounds[scheme] = browser.value("getComputedStyle(document.body).backgroundColor")
    if grounds["light"] == grounds["dark"]:
        faults.append(("both", "dark", f"the ground is {grounds['light']} in light and in dark"))
    return faults


HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>fault</title><style>
body { background: #fff } @media (prefers-color-scheme: dark) { body { background: #000 } }
</style>"""
FAULTY = {
    "console": "<p>x<script>console.error('seen')</script>",
    "exception": "<p>x<script>throw new Error('seen')</script>",
    "request": "<p>x<img alt='' src='http://127.0.0.1:9/seen.png'>",
    "width": "<p>x<div style='width: 500px; height: 1px'></div>",
    "empty": "",
    "dark": "<p>x<style>body { background: #eee !important }</style>",
    "none": "<p>x",
}


def judge_faulty(browser, folder):
    """Whether each faulty page shows its fault, and the sound one none."""
    sound = True
    for kind, body in FAULTY.items():
        page = pathlib.Path(folder, f"{kind}.html")
        page.write_text(HEAD + body)
        found = {fault[1] for fault in judge(browser, page)} or {"none"}
        if kind == "request":
            found.discard("console")  # a request that fails is reported there, too
        print(f"{kind}: found {', '.join(sorted(found))}")
        sound &= found == {kind}
    return sound


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Chromium(pathlib.Path(folder, "profile"))
        try:
            if sys.argv[1] == "--faults":
                return 0 if judge_faulty(browser, folder) else 1
            faults = judge(browser, pathlib.Path(sys.argv[1]))
        finally:
            browser.close()
    for view, kind, words in faults:
        print(f"{sys.argv[1]}: {view}: {kind}: {words}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
