//! What is shown only once.

use duplistatus::dto::user::OneTimeSecret;
use serde::{Deserialize, Serialize};

use crate::ui::one_time_secret::OneTime;

/// What was just made and waited to be shown.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Waiting {
    /// Recovery codes.
    pub codes: OneTime<NewCodes>,
    /// An API key.
    pub key: OneTime<OneTimeSecret>,
}

/// Recovery codes, and the site that they are for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCodes {
    /// The codes.
    pub codes: Vec<String>,
    /// Under which URL the site is reached: a sheet of paper says nothing else.
    pub site: String,
}
