#!/usr/bin/env bash
# Builds duplistatus with its site inside: target/release/duplistatus, or with `debug` as argument target/debug/duplistatus.
# The site is built beside the server's dependencies. server/build.rs, which includes it, reads from the pipe and so waits.
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
# Also when the server cannot be built: two builds of the site would disturb each other.
trap 'wait "$site" || true' EXIT
read -r _ <&3
DUPLISTATUS_SITE=/dev/fd/3 cargo build ${CI:+--locked} "${profile[@]}" --package server
