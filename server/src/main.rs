//! The `duplistatus` command.

use clap::Parser as _;

fn main() -> std::process::ExitCode {
    let cli = server::cli::Cli::parse();
    server::commands::run(cli)
}
