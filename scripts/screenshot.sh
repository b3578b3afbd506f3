#!/usr/bin/env bash
# Makes README's picture, docs/report.png: the top of the quickstart's report, small.
# Needs Chromium and ImageMagick (Debian: apt-get install chromium imagemagick).
set -euo pipefail
cd "$(dirname "$0")/.."

missing() {
    echo "missing: $1; on Debian: apt-get install chromium imagemagick" >&2
    exit 2
}
command -v chromium >/dev/null || missing chromium
# `convert` may be something else; ImageMagick says who it is.
for convert in magick /usr/bin/convert ""; do
    [[ -z $convert ]] && missing ImageMagick
    [[ $("$convert" -version 2>/dev/null) == *ImageMagick* ]] && break
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo run --locked --release -- run scenarios/library/quickstart.toml -o "$folder/out" --quiet
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$folder/profile" --hide-scrollbars --window-size=1280,1700 \
    --screenshot="$folder/page.png" "file://$folder/out/report.html" 2>"$folder/log" ||
    { cat "$folder/log" >&2; exit 1; }
"$convert" "$folder/page.png" -resize 900x -dither None -colors 64 -strip \
    -define png:compression-level=9 "PNG8:$folder/small.png"
size=$(wc -c <"$folder/small.png")
if ((size > 150000)); then
    echo "the picture has $size bytes, at most 150000 are wanted" >&2
    exit 1
fi
mkdir -p docs
mv "$folder/small.png" docs/report.png
echo "docs/report.png: $size bytes"
