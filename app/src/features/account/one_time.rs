//! What is shown only once.

use duplistatus::dto::user::OneTimeSecret;
use serde::{Deserialize, Serialize};

/// What can be shown once.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub enum Shown<T> {
    /// None was made.
    #[default]
    Nothing,
    /// It was just made.
    Now(T),
    /// It was shown already, or its time is over.
    Gone,
}

impl<T> Shown<T> {
    pub(super) fn new(secret: Option<T>) -> Self {
        secret.map_or(Self::Gone, Self::Now)
    }
}

/// What was just made and waited to be shown.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Waiting {
    /// Recovery codes.
    pub codes: Shown<NewCodes>,
    /// An API key.
    pub key: Shown<OneTimeSecret>,
}

/// Recovery codes, and the site that they are for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCodes {
    /// The codes.
    pub codes: Vec<String>,
    /// Under which URL the site is reached: a sheet of paper says nothing else.
    pub site: String,
}
