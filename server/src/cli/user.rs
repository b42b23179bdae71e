//! `duplistatus user …` and `duplistatus secret …`: for who sits at this machine.

use clap::{Subcommand, builder::PossibleValuesParser, builder::TypedValueParser as _};
use duplistatus::access::Role;

use super::Sure;

/// What can be done with people. Passwords are asked for on a terminal, else read from the first line of standard input.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a person
    Create {
        /// What the person signs in with: letters, digits and . - _ @ +
        name: String,
        /// What the person may do [default: administrator for the first person, viewer for others]
        #[arg(long, value_parser = role())]
        role: Option<Role>,
        /// Make a password and print it once; its owner chooses another at the first sign-in
        #[arg(long)]
        temporary: bool,
    },
    /// List all people
    List,
    /// Give a person a new password; ends all sessions of the person
    ResetPassword {
        /// Name of the person
        name: String,
        /// Make a password and print it once; its owner chooses another at the next sign-in
        #[arg(long)]
        temporary: bool,
        /// Remove the second factor as well, for people who lost it
        #[arg(long)]
        second_factor: bool,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
    /// Let a person try again at once who failed to sign in too often
    Unlock {
        /// Name of the person
        name: String,
    },
    /// Forbid a person to sign in; ends all sessions of the person, and API keys stop working
    Disable {
        /// Name of the person
        name: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
    /// Let a person sign in again
    Enable {
        /// Name of the person
        name: String,
    },
    /// Remove a person, with sessions and API keys
    Delete {
        /// Name of the person
        name: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
    /// Give a person another role
    SetRole {
        /// Name of the person
        name: String,
        /// What the person may do
        #[arg(value_parser = role())]
        role: Role,
    },
}

/// What can be done with the key of stored secrets.
#[derive(Debug, Subcommand)]
pub enum SecretCommand {
    /// Make a new key, encrypt all stored secrets with it and forget the old one; works beside a running server
    Rotate {
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
}

fn role() -> impl clap::builder::TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str)).try_map(|word| word.parse::<Role>())
}
