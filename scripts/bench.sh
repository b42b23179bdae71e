#!/usr/bin/env bash
# Prints the figures of docs/PERFORMANCE.md. Arguments are passed to the bench.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/build.sh
. scripts/env.sh
RUSTFLAGS="$RELEASE_RUSTFLAGS" exec cargo run --release --package bench -- "$@"
