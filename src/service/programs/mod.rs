//! What programs read, other than the data of pages: the answers of the Node application.

pub mod compatible;
