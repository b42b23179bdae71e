#!/usr/bin/env bash
# Fuzzes the report parser, starting with the reports of the tests. Arguments are passed to libFuzzer; runs for a
# minute by default.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh
rustc +nightly --version >/dev/null 2>&1 || { echo "fuzzing needs a nightly toolchain: rustup toolchain install nightly" >&2; exit 1; }
if ! command -v cargo-fuzz >/dev/null 2>&1; then
    cargo install cargo-fuzz --version "$CARGO_FUZZ" --locked --root "$DUPLISTATUS_CACHE/tools"
fi
seeds=fuzz/corpus/parse_report
mkdir -p "$seeds"
# The first byte selects the content type (fuzz_targets/parse_report.rs): every report with all four.
for report in tests/fixtures/reports/*.{json,txt}; do
    for type in 0 1 2 3; do
        { printf '%s' "$type"; cat "$report"; } >"$seeds/$(basename "$report").$type"
    done
done
exec cargo +nightly fuzz run parse_report -- "${@:--max_total_time=60}"
