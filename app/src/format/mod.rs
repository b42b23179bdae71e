//! Formats values as text.

pub mod number;
pub mod text;
pub mod time;
