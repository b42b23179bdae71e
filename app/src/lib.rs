//! The pages of duplistatus: components that the server renders and the browser hydrates, and the typed server functions between the two.
//! Nothing here uses diesel: a server function calls one service function.
//!
//! The modules from the bottom up, each of which uses only those before it: [`locale`], [`context`], [`api`] and [`error`], [`mod@format`],
//! [`live`], [`ui`], [`charts`], [`features`], [`pages`], [`shell`].

// Views are types, and those of whole pages are deeply nested.
#![recursion_limit = "512"]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!(
    "`ssr` and `hydrate` exclude each other: build `server` and `frontend` in separate cargo calls"
);

pub mod api;
pub mod charts;
pub mod context;
pub mod error;
pub mod features;
pub mod format;
pub mod live;
pub mod locale;
pub mod pages;
pub mod shell;
#[cfg(all(test, feature = "ssr"))]
mod testing;
pub mod ui;

pub use shell::app::App;
