//! Telling: channels, and the dispatcher that sends what is queued for them.

pub mod channels;
mod compose;
pub mod dispatcher;
mod drafts;
pub mod heartbeat;
#[cfg(test)]
mod heartbeat_tests;
mod history;
pub mod imported;
#[cfg(test)]
mod mail_tests;
mod send;
#[cfg(test)]
mod tests;

pub use drafts::Drafts;
pub use history::list;
