//! `duplistatus user …` and `duplistatus secret …`.

use clap::{Subcommand, builder::PossibleValuesParser, builder::TypedValueParser as _};
use duplistatus::access::Role;

use super::Confirmation;

/// What can be done with users. Passwords are prompted for in a terminal, else read from the first line of standard input.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Create a user
    Create {
        /// User name: letters, digits and . - _ @ +
        name: String,
        /// Role of the user [default: administrator for the first user, viewer for others]
        #[arg(long, value_parser = role())]
        role: Option<Role>,
        /// Generate a password and print it once; the user must change it at the first sign-in
        #[arg(long)]
        temporary: bool,
    },
    /// List all users
    List,
    /// Set a new password; ends all sessions of the user
    ResetPassword {
        /// Name of the user
        name: String,
        /// Generate a password and print it once; the user must change it at the next sign-in
        #[arg(long)]
        temporary: bool,
        /// Also remove the second factor, if the user has lost it
        #[arg(long)]
        second_factor: bool,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
    /// Unlock a user after too many failed sign-ins
    Unlock {
        /// Name of the user
        name: String,
    },
    /// Prevent a user from signing in; ends all sessions of the user, and their API keys stop working
    Disable {
        /// Name of the user
        name: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
    /// Allow a disabled user to sign in again
    Enable {
        /// Name of the user
        name: String,
    },
    /// Delete a user and their sessions and API keys
    Delete {
        /// Name of the user
        name: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
    /// Change the role of a user
    SetRole {
        /// Name of the user
        name: String,
        /// New role
        #[arg(value_parser = role())]
        role: Role,
    },
}

/// What can be done with the key of stored secrets.
#[derive(Debug, Subcommand)]
pub enum SecretCommand {
    /// Create a new key, re-encrypt all stored secrets with it and delete the old key; works while the server runs
    Rotate {
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
}

fn role() -> impl clap::builder::TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str)).try_map(|word| word.parse::<Role>())
}
