//! Notices and empty states.

use leptos::prelude::*;

use super::icon::{Icon, Shape};

/// The tone of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Information.
    #[default]
    Info,
    /// Success.
    Ok,
    /// Something needs checking.
    Warn,
    /// A failure.
    Fail,
}

impl Tone {
    /// Returns the value of `data-tone`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "run",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    fn shape(self) -> Shape {
        match self {
            Self::Info => Shape::Circle,
            Self::Ok => Shape::Tick,
            Self::Warn => Shape::Warning,
            Self::Fail => Shape::Cross,
        }
    }
}

/// A notice.
#[component]
pub fn Notice(
    /// Its tone.
    #[prop(optional)]
    tone: Tone,
    /// Its headline.
    #[prop(optional, into)]
    title: Option<String>,
    /// Its text.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="notice" data-tone=tone.as_str()>
            <Icon shape=tone.shape() />
            <div class="notice-text">
                {title.map(|title| view! { <p class="notice-title">{title}</p> }.into_any())} {children()}
            </div>
        </div>
    }
}

/// A placeholder for missing content, with what to do about it.
#[component]
pub fn EmptyState(
    /// What is missing.
    #[prop(into)]
    title: String,
    /// The explanation, and what to do.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {children()}
        </div>
    }
}
