//! Shapes: every state has its own, so that it is recognizable without colour.

use duplistatus::{status::Status, verdict::Verdict};
use leptos::prelude::*;

/// A shape of 16 × 16 units in the text's colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Success.
    Tick,
    /// Success that needs checking.
    Warning,
    /// Failure.
    Cross,
    /// Overdue.
    Clock,
    /// Paused.
    Pause,
    /// Three dots: silent.
    Silence,
    /// Not known yet.
    Circle,
    /// Running.
    Running,
    /// Unknown.
    Question,
    /// Up: ascending order.
    Up,
    /// Down: descending order.
    Down,
    /// A screen: the system's theme.
    Screen,
    /// The light theme.
    Sun,
    /// The dark theme.
    Moon,
    /// A user.
    Person,
    /// Sign out.
    Leave,
    /// A key.
    Key,
    /// A terminal, for commands.
    Terminal,
}

impl Shape {
    /// Returns the shape of a verdict.
    pub fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Failed => Self::Cross,
            Verdict::Stuck => Self::Running,
            Verdict::Late => Self::Clock,
            Verdict::Check => Self::Warning,
            Verdict::Stale => Self::Silence,
            Verdict::New => Self::Circle,
            Verdict::Paused => Self::Pause,
            Verdict::Ok => Self::Tick,
        }
    }

    /// Returns the shape of a status.
    pub fn of_status(status: Status) -> Self {
        match status {
            Status::Success => Self::Tick,
            Status::Warning => Self::Warning,
            Status::Error | Status::Fatal => Self::Cross,
            Status::Unknown => Self::Question,
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Tick => "M3.5 8.5l3 3 6-7",
            Self::Warning => "M8 2.2L14.4 13.4H1.6zM8 6.4v3M8 11.4v.1",
            Self::Cross => "M4.5 4.5l7 7M11.5 4.5l-7 7",
            Self::Clock => "M8 2.4a5.6 5.6 0 1 0 0 11.2a5.6 5.6 0 1 0 0-11.2M8 5v3.2l2 1.3",
            Self::Pause => "M5.5 4v8M10.5 4v8",
            Self::Silence => "M3.2 8v.1M8 8v.1M12.8 8v.1",
            Self::Circle => "M8 3a5 5 0 1 0 0 10a5 5 0 1 0 0-10",
            Self::Running => "M8 2.6a5.4 5.4 0 1 1-5.1 3.6M2.6 2.6v3.8h3.8",
            Self::Question => "M5.6 5.9a2.4 2.4 0 1 1 3.5 2.1c-.8.4-1.1.9-1.1 1.6M8 12.2v.1",
            Self::Up => "M3.5 10.5L8 5.5l4.5 5",
            Self::Down => "M3.5 5.5L8 10.5l4.5-5",
            Self::Screen => "M2 3.2h12v8H2zM5.5 13.8h5",
            Self::Sun => {
                "M8 5.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6M8 1.2v1M8 13.8v1M1.2 8h1M13.8 8h1M3.2 3.2l.7.7M12.1 \
                 12.1l.7.7M12.8 3.2l-.7.7M3.9 12.1l-.7.7"
            }
            Self::Person => {
                "M8 8.2a2.9 2.9 0 1 0 0-5.8a2.9 2.9 0 1 0 0 5.8M2.8 14c.5-3 2.6-4.3 5.2-4.3s4.7 1.3 5.2 4.3"
            }
            Self::Leave => "M6.4 2.6H3v10.8h3.4M7 8h6.4M10.6 5.2L13.4 8l-2.8 2.8",
            Self::Key => "M10.4 2.4a3.3 3.3 0 1 0 0 6.6a3.3 3.3 0 1 0 0-6.6M8 8.1L2.6 13.5M4.6 11.5l1.9 1.9",
            Self::Terminal => "M2.8 4l4 4l-4 4M8.4 12.4h4.8",
            Self::Moon => "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z",
        }
    }
}

/// Returns the `data-tone` of a verdict, which determines its colour.
pub fn verdict_tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Failed | Verdict::Stuck => "fail",
        Verdict::Late => "late",
        Verdict::Check | Verdict::Stale => "warn",
        Verdict::New | Verdict::Paused => "idle",
        Verdict::Ok => "ok",
    }
}

/// Returns the `data-tone` of a status, which determines its colour.
pub fn status_tone(status: Status) -> &'static str {
    match status {
        Status::Success => "ok",
        Status::Warning => "warn",
        Status::Error | Status::Fatal => "fail",
        Status::Unknown => "idle",
    }
}

/// A decorative shape beside a word.
#[component]
pub fn Icon(
    /// The shape.
    shape: Shape,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d=shape.path()></path>
        </svg>
    }
}
