#!/usr/bin/env bash
# Builds duplistatus with its site embedded: target/release/duplistatus, or with the argument `debug`,
# target/debug/duplistatus.
# The site is built while the server's dependencies compile. server/build.rs, which embeds it, waits for it on a pipe.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh build
. scripts/env.sh
mode="${1:-release}"
profile=()
if [ "$mode" = release ]; then
    profile=(--release)
    export RUSTFLAGS="$RELEASE_RUSTFLAGS"
fi
exec 3< <(scripts/site.sh "$mode")
site=$!
# Also if the server fails to compile: two builds of the site would disturb each other.
trap 'wait "$site" || true' EXIT
read -r _ <&3
DUPLISTATUS_SITE=/dev/fd/3 cargo build ${CI:+--locked} "${profile[@]}" --package server
