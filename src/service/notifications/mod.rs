//! Telling: channels, and the dispatcher that sends what is queued for them.

pub mod channels;
mod compose;
pub mod digests;
pub mod dispatcher;
pub mod heartbeat;
#[cfg(test)]
mod heartbeat_tests;
mod history;
pub mod imported;
pub mod imported_rules;
pub mod link;
#[cfg(test)]
mod link_tests;
#[cfg(test)]
mod load_tests;
#[cfg(test)]
mod mail_tests;
pub mod own_problems;
#[cfg(test)]
mod part_tests;
mod preview;
pub mod push;
#[cfg(test)]
mod push_tests;
mod rule_form;
#[cfg(test)]
mod rule_tests;
pub mod rules;
mod send;
mod story;
#[cfg(test)]
mod story_tests;
pub mod templates;
pub mod test_message;
#[cfg(test)]
mod tests;

pub use history::{all, all_channels, list, resend, told_of};
