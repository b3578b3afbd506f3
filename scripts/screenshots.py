#!/usr/bin/env python3
"""Makes the pictures of docs/: the tops of three pages, in both themes, small.

usage: screenshots.py KEYSTORM [FOLDER]    with this binary, into this folder [default: docs]

Everything is drawn from shipped scenarios and keystorm's own calibration, so the pictures change
only when the pages do. Needs Chromium and ImageMagick (Debian: apt-get install chromium
imagemagick).
"""
import base64
import pathlib
import subprocess
import sys
import tempfile

from judge_page import Chromium

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDTH, HEIGHT = 1280, 1500
BYTES_MAX = 150_000


def pages(keystorm, folder):
    """The pages: name, file, and the heading at which the picture begins."""
    runs = folder / "out"
    for scenario in ("quickstart", "modes-side-by-side"):
        path = ROOT / "scenarios" / "library" / f"{scenario}.toml"
        subprocess.run([keystorm, "run", path, "-q", "-o", runs / scenario], check=True)
    calibration = ROOT / "models" / "data" / "calibration-default.toml"
    subprocess.run([keystorm, "report", calibration, "-o", runs / "calibration.html"], check=True)
    return [
        ("quickstart", runs / "quickstart" / "report.html", None),
        ("comparison", runs / "modes-side-by-side" / "report.html", "variants-head"),
        ("calibration", runs / "calibration.html", None),
    ]


# Where the heading with an id begins [px].
TOP = """(id => {
  const part = document.getElementById(id);
  return part ? part.getBoundingClientRect().top + scrollY : null;
})"""


def convert():
    """ImageMagick, under whichever name it has."""
    for name in ("magick", "/usr/bin/convert", "convert"):
        try:
            said = subprocess.run([name, "-version"], capture_output=True, text=True).stdout
        except FileNotFoundError:
            continue
        if "ImageMagick" in said:
            return name
    raise SystemExit("missing: ImageMagick; on Debian: apt-get install imagemagick")


def shoot(browser, path, scheme, section):
    """A picture as PNG."""
    browser.ask("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT,
                deviceScaleFactor=1, mobile=False)
    browser.ask("Emulation.setEmulatedMedia",
                features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.ask("Emulation.setScrollbarsHidden", hidden=True)
    browser.load(path.resolve().as_uri())
    top = browser.value(f"{TOP}('{section}')") if section else 0
    if top is None:
        raise SystemExit(f"{path}: nothing is called {section}")
    clip = {"x": 0, "y": max(0, top - 40), "width": WIDTH, "height": HEIGHT, "scale": 1}
    shot = browser.ask("Page.captureScreenshot", format="png", clip=clip,
                       captureBeyondViewport=True)
    return base64.b64decode(shot["data"])


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    target = pathlib.Path(sys.argv[2] if len(sys.argv) == 3 else ROOT / "docs")
    target.mkdir(exist_ok=True)
    smaller = convert()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        folder = pathlib.Path(folder)
        shown = pages(sys.argv[1], folder)
        browser = Chromium(folder / "profile")
        try:
            for name, path, section in shown:
                for scheme in ("light", "dark"):
                    large, small = folder / "large.png", target / f"{name}-{scheme}.png"
                    large.write_bytes(shoot(browser, path, scheme, section))
                    subprocess.run([smaller, large, "-resize", "900x", "-dither", "None", "-colors",
                                    "64", "-strip", "-define", "png:compression-level=9",
                                    f"PNG8:{small}"], check=True)
                    size = small.stat().st_size
                    print(f"{small}: {size} bytes")
                    if size > BYTES_MAX:
                        raise SystemExit(f"that is more than {BYTES_MAX} bytes")
        finally:
            browser.close()


if __name__ == "__main__":
    main()
