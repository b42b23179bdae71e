#!/usr/bin/env bash
# Builds a debug program with its site and runs it, again after each change. Arguments are passed to the program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
sources=(Cargo.toml Cargo.lock src app frontend server migrations style public locales)
begun="$(mktemp)"
program=
stop() {
    if [ -n "$program" ]; then kill "$program" 2>/dev/null && wait "$program" || true; fi
    program=
}
trap 'stop; rm -f "$begun"' EXIT
trap 'exit 130' INT TERM

while true; do
    # Files that change during the build are newer than this one, so the next build includes them.
    touch "$begun"
    if scripts/build.sh debug; then
        stop
        target/debug/duplistatus "$@" &
        program=$!
    fi
    until [ -n "$(find "${sources[@]}" -newer "$begun" -print -quit)" ]; do sleep 1; done
done
