//! Components without knowledge of the product's data, on native elements and plain CSS.

pub mod action_form;
pub mod frame;
pub mod theme;
