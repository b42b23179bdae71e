//! Charts as plain SVG components: the server renders them, the browser makes them interactive.
