#!/usr/bin/env bash
# Builds target/release/duplistatus: the browser's part first, compressed, then the server, which takes it in
# (server/build.rs). cargo-leptos empties target/site and builds anew whatever happened, so a build without changes
# is recognised here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh build
. scripts/env.sh

binary=target/release/duplistatus
stamp=target/release/.duplistatus-built
compiler="$(rustc -V)"
# Folders are in the list by themselves: their times tell of files that were removed.
sources=(Cargo.toml Cargo.lock package-lock.json scripts/versions.env scripts/linker
    src app frontend server migrations style public locales)

is_current() {
    [ -x "$binary" ] && [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$compiler" ] &&
        # A single `cargo build --release` may have made a binary of its own since.
        ! [ "$binary" -nt "$stamp" ] &&
        [ -z "$(find "${sources[@]}" -newer "$stamp.begun" -print -quit)" ]
}

if is_current; then
    echo "$binary is up to date"
    exit
fi
mkdir -p target/release
rm -f "$stamp"
# What changes while we build is newer than this, and is built the next time.
touch "$stamp.begun"
# The linker that comes with the compiler, or the distribution's.
lld="$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/rust-lld"
[ -x "$lld" ] || lld="$(command -v "wasm-ld-$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')" wasm-ld | head -n 1 || true)"
if [ -n "$lld" ]; then
    export DUPLISTATUS_LLD="$lld" CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$PWD/scripts/linker/wasm-ld"
fi
cargo leptos build --release --split --precompress ${CI:+--cargo-locked}
printf '%s\n' "$compiler" >"$stamp"
