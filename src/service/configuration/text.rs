//! Reads and writes files.

use super::{mistake::Mistake, model::Configuration};

/// The first lines of an export.
const HEAD: &str = "# Configuration of duplistatus. Apply it with `duplistatus config apply FILE`.\n";

/// Reads a file.
///
/// # Errors
/// [`Mistake`] with the place of what is wrong.
pub(super) fn read(text: &str) -> Result<Configuration, Mistake> {
    toml::from_str(text).map_err(|error| Mistake::parsed(text, &error))
}

/// Writes a file.
///
/// # Errors
/// If a value has no form in TOML, which a test excludes.
pub(super) fn write(configuration: &Configuration) -> Result<String, toml::ser::Error> {
    Ok(format!("{HEAD}\n{}", toml::to_string(configuration)?))
}
