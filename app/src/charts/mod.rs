//! Charts as plain SVG components: the server renders them, the browser makes them interactive.

pub mod axis;
pub mod calendar;
pub mod cursor;
pub mod geometry;
pub mod sparkline;
pub mod strip;
pub mod trend;
