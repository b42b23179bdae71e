//! Everything that must be unguessable or unreadable: tokens, passwords, second factors, and secrets at rest. No
//! database and no users in here; services put these pieces together.
//!
//! Nothing in here logs or shows a secret: errors carry causes without values, `Debug` prints none.

pub mod key_file;
pub mod keyring;
pub mod node;
pub mod password;
pub mod password_policy;
mod password_queues;
pub mod qr;
pub mod recovery;
pub mod sealed;
pub mod token;
pub mod totp;

pub use keyring::SecretKeys;
pub use password::Passwords;
pub use sealed::SecretLocation;
pub use token::EntropyError;
