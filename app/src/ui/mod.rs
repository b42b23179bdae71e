//! Components made of native elements and plain CSS. They take plain data, so that each can be rendered in a
//! test.

pub mod announce;
pub mod badge;
pub mod card;
pub mod copy;
pub mod disclosure;
pub mod error_notice;
pub mod favicon;
pub mod filter;
pub mod filter_form;
pub mod form;
pub mod icon;
pub mod key_panel;
pub mod keyed;
pub mod link;
pub mod loaded;
pub mod notice;
pub mod notification;
pub mod number;
pub mod one_time_secret;
pub mod operation_progress;
pub mod option_text;
pub mod page_title;
pub mod pager;
pub mod password_notice;
pub mod poll;
pub mod relative_time;
pub mod table;
pub mod ticker;
pub mod tiles;

#[cfg(all(test, feature = "ssr"))]
mod tests;
