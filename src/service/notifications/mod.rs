//! Telling: channels, and the dispatcher that sends what is queued for them.

pub mod channels;
mod compose;
pub mod digests;
pub mod dispatcher;
mod history;
mod send;
mod story;
#[cfg(test)]
mod story_tests;
pub mod templates;
#[cfg(test)]
mod tests;

pub use history::list;
