//! Charts as plain SVG components: the server renders them, the browser makes them interactive.

pub mod axis;
pub mod calendar;
pub mod calendar_grid;
mod calendar_links;
pub mod calendar_table;
pub mod cursor;
pub mod geometry;
mod slot_details;
pub mod sparkline;
pub mod strip;
mod tab_stop;
pub mod trend;
pub mod trend_table;
