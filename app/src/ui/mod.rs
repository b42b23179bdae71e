//! Components on native elements and plain CSS. They take plain data, so that each can be rendered in a test.

pub mod action_form;
pub mod announce;
pub mod attention;
pub mod badge;
pub mod card;
pub mod choice;
pub mod column_head;
pub mod copy;
pub mod error_notice;
pub mod form_field;
pub mod frame;
pub mod get_form;
pub mod icon;
pub mod key_panel;
pub mod keyed;
pub mod link;
pub mod live_indicator;
pub mod notice;
pub mod number;
pub mod option_text;
pub mod page_title;
pub mod pager;
pub mod plain_form;
pub mod poll;
pub mod proof_notice;
pub mod relative_time;
pub mod settings_nav;
pub mod sort_header;
pub mod theme;
pub mod theme_switch;
pub mod ticker;
pub mod tiles;
pub mod time;
pub mod trouble;
pub mod work;
pub mod zone_note;

#[cfg(all(test, feature = "ssr"))]
mod tests;
