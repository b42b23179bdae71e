#!/usr/bin/env bash
# Builds target/site: everything that browsers load. scripts/build.sh calls it.
#
#   scripts/site.sh release|debug
#
# Prints `begun` when it knows whether there is something to build, and `built` at the end; everything else goes to stderr.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh
mode="$1"
case "$mode" in
    release) profile=wasm-release folder=wasm-release ;;
    debug) profile=dev folder=debug ;;
    *) echo "usage: scripts/site.sh release|debug" >&2; exit 2 ;;
esac
exec 4>&1 >&2
# The times of folders reveal removed files.
sources=(.cargo/config.toml Cargo.lock Cargo.toml app frontend locales package-lock.json public scripts src style tools)
stamp=target/site.stamp
begun=target/site.begun
made_by="$mode, $(rustc -V)"
if [ -d target/site ] && [ "$(cat "$stamp" 2>/dev/null)" = "$made_by" ] &&
    [ -z "$(find "${sources[@]}" -newer "$begun" -print -quit)" ]; then
    printf 'begun\nbuilt\n' >&4
    exit
fi
work=target/front/site
rm -rf target/site "$work" "$stamp"
mkdir -p target/site "$work"
# Files that change during the build are newer than this one, so the next build includes them. server/build.rs waits if this file is
# newer than its own last output.
touch "$begun"
echo begun >&4

locked=(${CI:+--locked})
export CARGO_TERM_PROGRESS_WHEN=never
# Flags for the server's machine do not apply to the browser part, which takes its flags from .cargo/config.toml.
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS
tools="$DUPLISTATUS_CACHE/tools-target"
cargo build "${locked[@]}" --package site-builder --target-dir "$tools" &
tool=$!
cargo build "${locked[@]}" --package frontend --lib --target wasm32-unknown-unknown --profile "$profile" --target-dir target/front
wait "$tool"
cp "target/front/wasm32-unknown-unknown/$folder/frontend.wasm" target/front/linked.wasm
if [ "$mode" = release ]; then node scripts/trim-wasm.mjs target/front/linked.wasm; fi
"$tools/debug/site-builder" target/front/linked.wasm "$work"
node scripts/site.mjs "$mode" "$work" target/site
printf '%s' "$made_by" >"$stamp"
echo built >&4
