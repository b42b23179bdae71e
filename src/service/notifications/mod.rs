//! Telling: channels, and the dispatcher that sends what is queued for them.

pub mod channels;
mod compose;
pub mod dispatcher;
mod history;
mod send;
#[cfg(test)]
mod tests;

pub use history::list;
