# shellcheck shell=bash
# Sourced by every script and by the Makefile: where the project's own tools live, outside of the clone so that
# a second clone, and CI, find them again.
DUPLISTATUS_CACHE="${DUPLISTATUS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/duplistatus}"
export DUPLISTATUS_CACHE
# shellcheck source=scripts/versions.env
. "$(dirname "${BASH_SOURCE[0]}")/versions.env"
# `toolchain/bin` exists only if the distribution's compiler had to be used (see setup.sh); delete
# "$DUPLISTATUS_CACHE/toolchain" to try rustup again. Cargo's own folder, where rustup installs its programs, comes before
# the system's folders, which may have an older compiler.
PATH="$DUPLISTATUS_CACHE/toolchain/bin:$DUPLISTATUS_CACHE/tools/bin:${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
export PATH
# rustup's default toolchain was too old, so setup.sh installed `stable` in addition.
if [ -e "$DUPLISTATUS_CACHE/use-stable" ]; then
    export RUSTUP_TOOLCHAIN="${RUSTUP_TOOLCHAIN:-stable}"
fi
# Views have one type instead of one for each page, which makes release builds much faster. The browser part gets this option from
# .cargo/config.toml.
RELEASE_RUSTFLAGS="${RUSTFLAGS:-} --cfg erase_components"
