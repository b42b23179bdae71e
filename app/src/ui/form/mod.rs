//! Forms that work under a base path and without JavaScript, and their fields.

pub mod checkbox;
pub mod choice;
pub mod failure;
pub mod field;
pub mod get_form;
pub mod plain_form;
pub mod post_form;
