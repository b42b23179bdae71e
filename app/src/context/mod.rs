//! The context of a rendering: base path, viewer, language, theme. The server provides it; the browser reads it from the document.

pub mod base_path;
pub mod origin;
pub mod page_query;
#[cfg(feature = "ssr")]
pub mod session_cookie;
pub mod theme;
pub mod url;
pub mod viewer;
