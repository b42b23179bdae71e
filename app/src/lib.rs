//! The pages of duplistatus: components that the server renders and the browser hydrates, and the typed server
//! functions between the two. Nothing here names diesel: a server function calls one service function.

// Views are types, and those of whole pages are deep.
#![recursion_limit = "512"]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!(
    "`ssr` and `hydrate` exclude each other: build `server` and `frontend` in separate cargo calls"
);

pub mod api;
pub mod base_path;
pub mod charts;
pub mod error;
pub mod live;
pub mod locale;
pub mod page_query;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod refused;
pub mod routes;
#[cfg(feature = "ssr")]
pub mod session_cookie;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod ui;
pub mod visitor;

pub use routes::App;
