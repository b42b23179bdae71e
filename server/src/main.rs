//! The `duplistatus` command.

use clap::Parser as _;

/// Also of SQLite, which is C (`docs/adr/0043-mimalloc.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let cli = server::cli::Cli::parse();
    server::commands::run(cli)
}
