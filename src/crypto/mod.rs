//! Cryptography: tokens, passwords, second factors, and the encryption of stored secrets. Knows neither the
//! database nor users; services combine these parts.
//!
//! Nothing here logs or displays a secret: errors have causes without values, and `Debug` prints none.

pub mod key_file;
pub mod keyring;
pub mod node;
pub mod password;
pub mod password_policy;
mod password_queues;
pub mod qr;
pub mod recovery;
pub mod sealed;
pub mod signed;
pub mod token;
pub mod totp;

pub use keyring::SecretKeys;
pub use password::Passwords;
pub use sealed::SecretLocation;
pub use token::EntropyError;
