#!/usr/bin/env bash
# Builds target/release/duplistatus, with its site inside: server/build.rs calls scripts/site.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh build
. scripts/env.sh
DUPLISTATUS_SITE=release exec cargo build ${CI:+--locked} --release --package server
