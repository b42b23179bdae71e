#!/usr/bin/env bash
# Builds target/site: everything that browsers load. server/build.rs calls it while the server's dependencies compile,
# and shares cargo's processors with it.
#
#   scripts/site.sh release|debug
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh
mode="$1"
case "$mode" in
    release) profile=wasm-release folder=wasm-release ;;
    debug) profile=dev folder=debug ;;
    *) echo "usage: scripts/site.sh release|debug" >&2; exit 2 ;;
esac
locked=(${CI:+--locked})
# What cargo tells build scripts is not meant for another cargo, and flags for the server's machine are none for the
# browser's: .cargo/config.toml has those.
unset CARGO_ENCODED_RUSTFLAGS RUSTFLAGS
work=target/front/site
rm -rf target/site "$work"
mkdir -p target/site "$work"

tools="$DUPLISTATUS_CACHE/tools-target"
cargo build "${locked[@]}" --package site-builder --target-dir "$tools" &
tool=$!
cargo build "${locked[@]}" --package frontend --lib --target wasm32-unknown-unknown --profile "$profile" --target-dir target/front
wait "$tool"
"$tools/debug/site-builder" "target/front/wasm32-unknown-unknown/$folder/frontend.wasm" "$work"
exec node scripts/site.mjs "$mode" "$work" target/site
