#!/usr/bin/env python3
"""Loads a page in headless Chromium and says what is wrong with it.

usage: judge_page.py PAGE.html [--record RECORD.json | --plan PLAN.json] [--axe AXE.js]
                                               judge one page
       judge_page.py --faults [--axe AXE.js]    judge pages with one fault each: all must be found

The page is looked at in a wide and a narrow window, in light and in dark. Nothing may be asked for
but the page itself, nothing may be reported on the console or thrown, and nothing may stick out to
the right. A pointer over a figure must fill the line that reads it out, printing must give pages,
axe-core (if its script is given) must find nothing, and the numbers of each variant's rows must be
the record's, or all numbers of its tables the plan's (if that is given). Talks the DevTools protocol over a pipe; needs Python's standard
library only.
"""
import argparse
import base64
import fcntl
import json
import os
import pathlib
import re
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
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True,
                          awaitPromise=True)
        if details := answer.get("exceptionDetails"):
            raise SystemExit(f"{expression[:80]}: {details['text']}")
        return answer["result"].get("value")


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


# Middles of the figures that are shown, each moved into the window, and what is read out there.
FIGURES = "document.querySelectorAll('.part svg[data-x]')"
PLACE = f"""(i => {{
  const svg = {FIGURES}[i];
  svg.scrollIntoView({{ block: 'center' }});
  const box = svg.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2, box.width];
}})"""
READ = f"(i => {FIGURES}[i].closest('.part').querySelector('.read').textContent)"


def unread(browser):
    """Figures whose read-out says nothing of the place that a pointer is at."""
    for i in range(browser.value(f"{FIGURES}.length")):
        x, y, width = browser.value(f"{PLACE}({i})")
        if not width:
            continue  # the figure of another width is shown
        before = browser.value(f"{READ}({i})")
        browser.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        after = browser.value(f"{READ}({i})")
        if after == before or not any(digit in after for digit in "0123456789"):
            yield f"figure {i + 1} reads {after!r}"
        browser.ask("Input.dispatchMouseEvent", type="mouseMoved", x=0, y=0)


def printed_pages(browser):
    """Pages that printing gives."""
    pdf = base64.b64decode(browser.ask("Page.printToPDF", printBackground=True)["data"])
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def axe_violations(browser, script):
    """What axe-core finds, as words."""
    browser.value(script + "; 0")
    found = browser.value("axe.run().then(it => it.violations.map(v => "
                          "v.id + ': ' + v.help + ': ' + v.nodes[0].target))")
    yield from found


ROWS = """[...document.querySelectorAll('tbody tr')].map(row => [
  row.cells[0].textContent, row.closest('.part') !== null,
  [...row.cells].filter(it => it.dataset.v !== undefined).map(it => [
    it.dataset.v, it.textContent,
    row.closest('table').tHead.rows[0].cells[it.cellIndex].textContent])])"""


def numbers_of(value):
    """All numbers in a part of a record."""
    if isinstance(value, dict):
        for part in value.values():
            yield from numbers_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from numbers_of(part)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)


def outcomes_of(variant):
    """Shares of a variant's requests and attempts, of each operation and of all, pooled."""
    operations = [it["operation"] for it in variant["classes"]]
    for wanted in {*operations, None}:
        counts = {}
        for replication in variant["replications"]:
            for operation, its in zip(operations, replication["classes"]):
                for name, count in its.items() if wanted in (operation, None) else ():
                    counts[name] = counts.get(name, 0) + int(count)
        first_try = counts.get("ok", 0) - counts.get("ok-after-retry", 0)
        for whole in ("requests", "attempts"):
            if counts.get(whole):
                for part in (first_try, *counts.values()):
                    yield part / counts[whole]


# Columns of figures' tables whose numbers are pooled counts of the record; others are computed for
# the figure alone.
POOLED = {"First try", "After retry", "Given up", "Denied", "Rejected", "Failed", "Unfinished"}


def known_numbers(variant):
    """Numbers that a table may say of a variant."""
    return [*numbers_of([variant[part] for part in ("metrics", "costs", "setup")]),
            *outcomes_of(variant)]


def same(one, other):
    return abs(one - other) <= 1e-9 * max(1, abs(one), abs(other))


def strange_numbers(browser, record):
    """Numbers in rows of variants that are no figure of that variant."""
    count, variants = 0, {it["name"]: known_numbers(it) for it in record["variants"]}
    for name, in_figure, cells in browser.value(ROWS):
        if name not in variants:
            continue
        its = {head: float(raw) for raw, _, head in cells}
        for raw, text, head in cells:
            known, value = variants[name], float(raw)
            if "Difference" in its and head == "First":
                known = next(iter(variants.values()))
            elif "Difference" in its and head == "Difference":
                known = [its["Here"] - its["First"]]
            elif "Difference" in its and head != "Here":
                continue  # intervals of differences stand nowhere else
            elif in_figure and head not in POOLED:
                continue
            count += 1
            if not any(same(value, it) for it in known):
                yield f"{name}: {head}: {text!r} ({raw})"
    if count < 10:
        yield f"only {count} numbers were found to compare"


def strange_to_plan(browser, plan):
    """Numbers of tables that stand nowhere in the plan."""
    count, known = 0, sorted(numbers_of(plan))
    for name, _, cells in browser.value(ROWS):
        for raw, text, head in cells:
            count += 1
            if not any(same(float(raw), it) for it in known):
                yield f"{name}: {head}: {text!r} ({raw})"
    if count < 10:
        yield f"only {count} numbers were found to compare"


def judge(browser, path, axe=None, record=None, plan=None):
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
            faults += [(view, "hover", words) for words in unread(browser)]
            if axe:
                faults += [(view, "axe", words) for words in axe_violations(browser, axe)]
            grounds[scheme] = browser.value("getComputedStyle(document.body).backgroundColor")
    if printed_pages(browser) < 1:
        faults.append(("print", "print", "printing gives no page"))
    if record:
        faults += [("any", "number", words) for words in strange_numbers(browser, record)]
    if plan:
        faults += [("any", "number", words) for words in strange_to_plan(browser, plan)]
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
    "hover": "<main class='part'><p class='read'>1</p><svg data-x='0,9' width=9 height=9></svg>",
    "none": "<p>x",
}
# With axe-core, and with a record.
FAULTY_TO_AXE = "<p>x<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>"
FAULTY_NUMBERS = """<table><thead><tr><th>V<th>n</tr></thead><tbody>
<tr><td>a<td data-v="1.5">1.5</tr><tr><td>a<td data-v="2.5">2.5</tr></tbody></table>"""
RECORD = {"variants": [{"name": "a", "metrics": {"get.requests": {"mean": 1.5}}, "costs": [],
                        "setup": {}, "classes": [], "replications": []}]}


def judge_faulty(browser, folder, axe):
    """Whether each faulty page shows its fault, and the sound one none."""
    sound = True
    page = pathlib.Path(folder, "numbers.html")
    page.write_text(HEAD + FAULTY_NUMBERS)
    found = [words for _, kind, words in judge(browser, page, record=RECORD) if kind == "number"]
    print("number: found", *found)
    sound &= any(words.startswith("a: n: '2.5'") for words in found)
    sound &= not any(words.startswith("a: n: '1.5'") for words in found)
    plan = {"cost": [{"items": 1.5}]}
    found = [words for _, kind, words in judge(browser, page, plan=plan) if kind == "number"]
    print("number of a plan: found", *found)
    sound &= any(words.startswith("a: n: '2.5'") for words in found)
    sound &= not any(words.startswith("a: n: '1.5'") for words in found)
    if axe:
        page.write_text(HEAD + FAULTY_TO_AXE)
        found = [words for _, kind, words in judge(browser, page, axe) if kind == "axe"]
        print("axe: found", *found)
        sound &= any(words.startswith("image-alt") for words in found)
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
    arguments = argparse.ArgumentParser(usage=__doc__)
    arguments.add_argument("page", nargs="?", type=pathlib.Path)
    arguments.add_argument("--faults", action="store_true")
    arguments.add_argument("--axe", type=pathlib.Path)
    arguments.add_argument("--record", type=pathlib.Path)
    arguments.add_argument("--plan", type=pathlib.Path)
    its = arguments.parse_args()
    if its.faults == (its.page is not None):
        arguments.error("one page, or --faults")
    axe = its.axe and its.axe.read_text()
    record = its.record and json.loads(its.record.read_text())
    plan = its.plan and json.loads(its.plan.read_text())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Chromium(pathlib.Path(folder, "profile"))
        try:
            if its.faults:
                return 0 if judge_faulty(browser, folder, axe) else 1
            faults = judge(browser, its.page, axe, record, plan)
        finally:
            browser.close()
    if len(faults) > 20:
        print(f"{len(faults)} faults, the first 20:")
    for view, kind, words in faults[:20]:
        print(f"{its.page}: {view}: {kind}: {words}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
