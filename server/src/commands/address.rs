//! The address of the program, as it is printed.

use std::net::SocketAddr;

use crate::cli::GlobalOptions;

/// Returns the address of the site without a trailing slash: `https://example.org/duplistatus`.
pub(super) fn site(options: &GlobalOptions, listening: SocketAddr) -> String {
    let origin = options.public_url.as_ref().map_or_else(|| usable(listening), ToString::to_string);
    format!("{origin}{}", options.base_path.as_str())
}

/// Returns the address for reports: that of the running server, unless this command has a public URL.
pub(super) fn of_running(options: &GlobalOptions, served: Option<String>) -> String {
    served.filter(|_| options.public_url.is_none()).unwrap_or_else(|| site(options, options.addr))
}

/// Returns an address that can be opened. `http://0.0.0.0` means all addresses of this machine, including
/// `localhost`.
fn usable(listening: SocketAddr) -> String {
    if listening.ip().is_unspecified() {
        format!("http://localhost:{}", listening.port())
    } else {
        format!("http://{listening}")
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn what_is_printed_can_be_opened() -> Result<(), Box<dyn std::error::Error>> {
        for (address, arguments, expected) in [
            ("0.0.0.0:9666", &[][..], "http://localhost:9666"),
            ("[::]:80", &[], "http://localhost:80"),
            ("[::1]:80", &[], "http://[::1]:80"),
            ("192.0.2.7:9666", &["--base-path", "/a/b/"], "http://192.0.2.7:9666/a/b"),
            (
                "0.0.0.0:9666",
                &["--public-url", "https://x.example", "--base-path", "a"],
                "https://x.example/a",
            ),
        ] {
            let cli = Cli::try_parse_from([&["duplistatus"], arguments].concat())?;
            assert_eq!(site(&cli.options, address.parse()?), expected);
        }
        Ok(())
    }

    #[test]
    fn reports_go_to_the_server_that_runs() -> Result<(), Box<dyn std::error::Error>> {
        let running = || Some("http://localhost:9761/base".to_owned());
        let plain = Cli::try_parse_from(["duplistatus"])?.options;
        assert_eq!(of_running(&plain, running()), "http://localhost:9761/base");
        assert_eq!(of_running(&plain, None), "http://localhost:9666");
        let told = Cli::try_parse_from(["duplistatus", "--public-url", "https://x.example"])?.options;
        assert_eq!(of_running(&told, running()), "https://x.example");
        Ok(())
    }
}
