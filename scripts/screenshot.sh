#!/usr/bin/env bash
# Makes README's picture, docs/report.png: the top of the quickstart's report, small.
# Needs Chromium and ImageMagick (Debian: apt-get install chromium imagemagick).
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in chromium convert; do
    if ! command -v "$tool" >/dev/null; then
        echo "missing: $tool; on Debian: apt-get install chromium imagemagick" >&2
        exit 2
    fi
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo run --locked --release -- run scenarios/library/quickstart.toml -o "$folder/out" --quiet
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$folder/profile" --hide-scrollbars --window-size=1280,1700 \
    --screenshot="$folder/page.png" "file://$folder/out/report.html" 2>"$folder/log" ||
    { cat "$folder/log" >&2; exit 1; }
convert "$folder/page.png" -resize 900x -dither None -colors 64 -strip \
    -define png:compression-level=9 "PNG8:$folder/small.png"
size=$(wc -c <"$folder/small.png")
if ((size > 150000)); then
    echo "the picture has $size bytes, at most 150000 are wanted" >&2
    exit 1
fi
mv "$folder/small.png" docs/report.png
echo "docs/report.png: $size bytes"
