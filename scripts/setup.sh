#!/usr/bin/env bash
# Installs what the build or the tests need and is missing. Steps whose result exists are skipped, so a second
# run takes a second.
#
#   scripts/setup.sh build   compiler with the wasm32 target, and the build tools from npm
#   scripts/setup.sh test    the above, and cargo-deny, Playwright, Chromium, schemathesis
#
# Normally, everything comes from rustup and crates.io. Where rustup's downloads are unreachable, and this is a Debian-like
# system, the distribution's compiler is used and the wasm32 standard library is built from its source package.
# DUPLISTATUS_FORCE_DISTRIBUTION=1 selects that immediately.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh
want="${1:-build}"
tools="$DUPLISTATUS_CACHE/tools"
log="$DUPLISTATUS_CACHE/setup.log"
mkdir -p "$tools"

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n1)" = "$2" ]; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo; then sudo "$@"; else return 1; fi; }
apt_install() {
    have apt-get || return 1
    # Once in each run of this script: the package lists of a fresh image are empty or old.
    if [ -z "${apt_updated:-}" ]; then
        as_root apt-get update >>"$log" 2>&1 || return 1
        apt_updated=1
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1
}

# ensure_program NAME HINT PACKAGE…
ensure_program() {
    local name="$1" hint="$2"; shift 2
    if have "$name"; then return; fi
    say "installing $*"
    apt_install "$@" || true
    have "$name" || die "$name is missing: $hint"
}

# --- compiler -------------------------------------------------------------------------------------------------------

has_wasm_std() {
    local lib; lib="$(rustc --print sysroot 2>/dev/null)/lib/rustlib/wasm32-unknown-unknown/lib"
    [ -n "$(find "$lib" -name 'libstd-*.rlib' -print -quit 2>/dev/null)" ]
}
compiler_is_new_enough() {
    local version; version="$(rustc --version 2>/dev/null | cut -d' ' -f2)"
    [ -n "$version" ] && version_at_least "$version" "$RUST_MIN"
}
compiler_is_ready() { have cargo && compiler_is_new_enough && has_wasm_std; }

# rustup retries for many minutes when packets are dropped, so try the server briefly first.
rustup_server_answers() {
    local url="${RUSTUP_DIST_SERVER:-https://static.rust-lang.org}/dist/channel-rust-stable.toml.sha256"
    if have curl; then curl -fsSL --connect-timeout 5 --max-time 15 -o /dev/null "$url" 2>>"$log"
    elif have wget; then wget -q --tries=1 --timeout=15 -O /dev/null "$url" 2>>"$log"
    else have rustup; fi
}

rustup_way() {
    rustup_server_answers || { say "rustup's server cannot be reached"; return 1; }
    if ! have rustup; then
        have curl || return 1
        say "installing rustup and the stable toolchain"
        curl -fsSL --proto '=https' --tlsv1.2 --max-time 60 https://sh.rustup.rs -o "$DUPLISTATUS_CACHE/rustup-init.sh" 2>>"$log" || return 1
        timeout 900 sh "$DUPLISTATUS_CACHE/rustup-init.sh" -y --no-modify-path --profile minimal -c clippy -c rustfmt >>"$log" 2>&1 || return 1
        hash -r
    fi
    if ! compiler_is_new_enough; then
        say "the Rust compiler is older than $RUST_MIN: updating rustup's stable toolchain"
        timeout 900 rustup update stable >>"$log" 2>&1 || return 1
        # The default toolchain may be pinned to an old version: use stable here and leave the default alone.
        export RUSTUP_TOOLCHAIN=stable
        compiler_is_new_enough || return 1
        touch "$DUPLISTATUS_CACHE/use-stable"
    fi
    if ! has_wasm_std; then
        say "adding the wasm32-unknown-unknown target"
        timeout 600 rustup target add wasm32-unknown-unknown >>"$log" 2>&1 || return 1
    fi
    timeout 600 rustup component add clippy rustfmt >>"$log" 2>&1 || return 1
    compiler_is_ready
}

distribution_way() {
    have apt-get || return 1
    say "using the distribution's compiler, since rustup cannot provide one with the wasm32 target"
    apt_install rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web || return 1
    # Put only the compiler in front of PATH, not the whole of /usr/bin.
    local bin="$DUPLISTATUS_CACHE/toolchain/bin" tool
    mkdir -p "$bin"
    for tool in rustc cargo rustdoc rustfmt cargo-fmt cargo-clippy clippy-driver; do
        if [ -e "/usr/bin/$tool" ]; then ln -sf "/usr/bin/$tool" "$bin/$tool"; fi
    done
    hash -r
    [ -x "$bin/rustc" ] && [ -x "$bin/cargo" ] || return 1
    # The linker must belong to the compiler's own version of LLVM.
    apt_install "lld-$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')" || return 1
    has_wasm_std || build_wasm_std || return 1
    compiler_is_ready
}

build_wasm_std() {
    say "building the wasm32 standard library (about a minute)"
    local work lib libs failed=
    work="$(mktemp -d)"
    mkdir -p "$work/src"
    printf '[package]\nname = "wasmstd"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$work/Cargo.toml"
    echo '#![no_std]' >"$work/src/lib.rs"
    (cd "$work" && RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$work/target" cargo build --release \
        -Zbuild-std=std,panic_abort --target wasm32-unknown-unknown) >>"$log" 2>&1 || { rm -rf "$work"; return 1; }
    lib="$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib"
    mapfile -d '' libs < <(find "$work/target/wasm32-unknown-unknown/release/deps" \
        -name 'lib*.rlib' ! -name 'libwasmstd*' -print0)
    as_root mkdir -p "$lib" && as_root cp "${libs[@]}" "$lib/" || failed=1
    rm -rf "$work"
    [ -z "$failed" ]
}

ensure_compiler() {
    if [ "${DUPLISTATUS_FORCE_DISTRIBUTION:-0}" = 1 ]; then
        # The distribution's compiler is already set up.
        if [ -x "$DUPLISTATUS_CACHE/toolchain/bin/rustc" ] && compiler_is_ready; then return; fi
        distribution_way || die "the distribution's compiler could not be set up; see $log"
    elif ! compiler_is_ready; then
        rustup_way || distribution_way ||
            die "no Rust >= $RUST_MIN with the wasm32 target could be set up: install it from https://rustup.rs (see $log)"
    fi
}

# --- tools ----------------------------------------------------------------------------------------------------------

# cargo_tool NAME VERSION [extra cargo install arguments]
# Downloads the binary that the tool's own project built. If that is unreachable, compiles it without optimization,
# because it only runs for seconds.
cargo_tool() {
    local name="$1" version="$2"; shift 2
    if grep -qs "\"$name $version " "$tools/.crates2.json" || [ -e "$tools/.$name-$version" ]; then return; fi
    if prebuilt_tool "$name" "$version"; then
        touch "$tools/.$name-$version"
        return
    fi
    say "installing $name $version (this once; it takes some minutes)"
    # --locked fails if a mirror lacks the newest patch versions.
    install_tool "$name" "$version" --locked "$@" || install_tool "$name" "$version" "$@" ||
        die "cargo install $name failed; see $log"
}

# Archives of the projects' own releases, each with its SHA-256 file. DUPLISTATUS_GITHUB names a mirror; if it is empty,
# tools are compiled.
github="${DUPLISTATUS_GITHUB-https://github.com}"

# prebuilt_tool NAME VERSION
prebuilt_tool() {
    local name="$1" version="$2" machine archive work
    machine="$(uname -m)"
    # Only these machines have an archive of every tool.
    [ -n "$github" ] && [ "$(uname -s)" = Linux ] && [[ "$machine" =~ ^(x86_64|aarch64)$ ]] && have curl && have sha256sum || return 1
    case "$name" in
        cargo-deny) archive="EmbarkStudios/cargo-deny/releases/download/$version/cargo-deny-$version-$machine-unknown-linux-musl.tar.gz" ;;
        *) return 1 ;;
    esac
    work="$(mktemp -d)"
    if fetch "$github/$archive" "$work/archive" && fetch "$github/$archive.sha256" "$work/sum" &&
        [ "$(cut -d' ' -f1 "$work/sum")" = "$(sha256sum "$work/archive" | cut -d' ' -f1)" ] &&
        mkdir -p "$work/files" "$tools/bin" && tar -xzf "$work/archive" -C "$work/files" --strip-components=1 2>>"$log" &&
        "$work/files/$name" --version 2>>"$log" | grep -qF "$version"; then
        say "downloaded $name $version"
        find "$work/files" -maxdepth 1 -type f -perm -u+x -exec mv -f {} "$tools/bin/" \;
        rm -rf "$work"
        return 0
    fi
    rm -rf "$work"
    return 1
}
# A server that drops packets must not delay the build.
fetch() { curl -fsSL --connect-timeout 5 --max-time 120 -o "$2" "$1" 2>>"$log"; }

install_tool() {
    local name="$1" version="$2"; shift 2
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=0 \
        CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_TARGET_DIR="$DUPLISTATUS_CACHE/tools-target" \
        cargo install "$name" --version "$version" --root "$tools" --force "$@" >>"$log" 2>&1
}

# Runs npm ci once for each content of the lock file.
ensure_npm() {
    local stamp="$1/node_modules/.duplistatus-lock"
    if cmp -s "$1/package-lock.json" "$stamp"; then return; fi
    say "installing npm packages in $1"
    (cd "$1" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund) >>"$log" 2>&1 ||
        die "npm ci failed in $1; see $log"
    cp "$1/package-lock.json" "$stamp"
}

# A folder of its own, because each version brings its own packages.
ensure_schemathesis() {
    local folder="$tools/schemathesis-$SCHEMATHESIS"
    if [ -e "$folder/.complete" ]; then return; fi
    ensure_program python3 "install Python 3.10 or newer" python3 python3-venv
    say "installing schemathesis $SCHEMATHESIS"
    { python3 -m venv --clear "$folder" || { apt_install python3-venv && python3 -m venv --clear "$folder"; }; } >>"$log" 2>&1 &&
        "$folder/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$SCHEMATHESIS" >>"$log" 2>&1 ||
        die "schemathesis could not be installed; see $log"
    touch "$folder/.complete"
}

# The names that end2end/support/browser.ts looks for.
has_browser() {
    have chromium || have chromium-browser || have google-chrome || have google-chrome-stable || playwright_browser
}
playwright_browser() {
    (cd end2end && node -e '
        const { chromium } = require("@playwright/test");
        process.exit(require("fs").existsSync(chromium.executablePath()) ? 0 : 1)') 2>/dev/null
}
ensure_browser() {
    if has_browser; then return; fi
    say "installing Chromium for the browser tests"
    (cd end2end && timeout 600 npx playwright install chromium) >>"$log" 2>&1 || apt_install chromium || true
    has_browser || die "no Chromium: install it with your package manager; see $log"
}

ensure_build() {
    # SQLite is compiled from C; the tools that pack the site, and the tests, come from npm.
    ensure_program cc "install a C compiler (Debian: apt install build-essential)" gcc libc6-dev
    ensure_program npm "install Node.js 20 or newer" nodejs npm
    ensure_compiler
    ensure_npm .
}

ensure_test() {
    ensure_build
    cargo_tool cargo-deny "$CARGO_DENY"
    ensure_npm end2end
    ensure_browser
    ensure_schemathesis
}

case "$want" in
    build) ensure_build ;;
    test) ensure_test ;;
    *) die "usage: scripts/setup.sh [build|test]" ;;
esac
