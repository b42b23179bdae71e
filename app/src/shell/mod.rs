//! What surrounds every page: the document, the frame with navigation and banners, the routes, and the loading of pages.

pub mod app;
pub mod database_banner;
#[cfg(feature = "ssr")]
pub mod document;
pub mod frame;
pub mod lazy_page;
pub mod live_indicator;
pub mod not_found;
#[cfg(feature = "ssr")]
pub mod rejected_request;
mod route;
pub mod settings_nav;
pub mod theme_switch;
pub mod zone_note;
