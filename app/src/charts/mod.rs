//! Charts as plain SVG components: rendered on the server, interactive in the browser.

pub mod axis;
pub mod calendar;
pub mod cursor;
pub mod geometry;
pub mod sparkline;
pub mod strip;
pub mod trend;
