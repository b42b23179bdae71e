#!/usr/bin/env bash
# Runs every check, cheapest first, and stops at the first failure.
#
#   scripts/test.sh                  everything
#   scripts/test.sh clippy wasm …    only these steps
#
# One cargo call never builds both `frontend` and `server`: that would enable leptos' features for the browser and
# for the server together. The native calls below name the same packages and features, so that their dependencies
# are compiled once for checking (clippy, docs) and once for running (tests).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
begun=$SECONDS
export CARGO_TERM_PROGRESS_WHEN=never

heading() { printf '\n\033[1m=== %s\033[0m\n' "$*"; }
took() { printf '%dm%02ds' $((($1) / 60)) $((($1) % 60)); }

# step NAME FUNCTION
step() {
    local name="$1" at=$SECONDS status
    heading "$name"
    # In a subshell, and not in a condition, which would disable `set -e`.
    set +e
    (
        set -e
        "$2"
    )
    status=$?
    set -e
    if [ "$status" != 0 ]; then
        printf '\n\033[1;31m=== %s FAILED after %s\033[0m\n' "$name" "$(took $((SECONDS - at)))" >&2
        exit "$status"
    fi
    printf '\033[1m=== %s: ok, %s\033[0m\n' "$name" "$(took $((SECONDS - at)))"
}

native=(--package duplistatus --package app --package server)
features=duplistatus/ssr,app/ssr
if [ -e bench/Cargo.toml ]; then native+=(--package bench); fi
locked=(${CI:+--locked})

setup() { scripts/setup.sh test; }
format() { cargo fmt --all --check; }
clippy() {
    cargo clippy "${locked[@]}" "${native[@]}" --features "$features" --all-targets -- -D warnings
    cargo clippy "${locked[@]}" --package site-builder -- -D warnings
}
wasm() { cargo clippy "${locked[@]}" --package frontend --target wasm32-unknown-unknown -- -D warnings; }
docs() { RUSTDOCFLAGS="-D warnings" cargo doc "${locked[@]}" --no-deps "${native[@]}" --features "$features"; }
deny() {
    cargo deny check bans licenses sources
    # The advisory database is a Git repository, which is not reachable from everywhere.
    if timeout 60 cargo deny fetch db >/dev/null 2>&1; then
        cargo deny check --disable-fetch advisories
    else
        echo "SKIPPED: advisories, since their database cannot be reached from here"
    fi
}
unit() { cargo test --no-fail-fast "${locked[@]}" "${native[@]}" --features "$features"; }
build() { scripts/build.sh; }
api() { scripts/api.sh; }
browser() { cd end2end && npx playwright test; }

if [ $# = 0 ]; then
    steps=(setup format clippy wasm docs deny unit build api browser)
else
    steps=(setup "$@")
fi
. scripts/env.sh
for name in "${steps[@]}"; do
    case "$name" in
        setup) step "Set-up" setup ;;
        format) step "Format" format ;;
        clippy) step "Clippy, server" clippy ;;
        wasm) step "Clippy, browser" wasm ;;
        docs) step "Documentation" docs ;;
        deny) step "Dependencies" deny ;;
        unit) step "Unit and HTTP tests" unit ;;
        build) step "Release build" build ;;
        api) step "API against its document" api ;;
        browser) step "Browser tests" browser ;;
        *) echo "scripts/test.sh: there is no step '$name'" >&2; exit 2 ;;
    esac
    # setup.sh may have selected the distribution's compiler.
    . scripts/env.sh
done
heading "All passed: ${steps[*]} in $(took $((SECONDS - begun)))"
