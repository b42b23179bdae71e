//! A word to the reader, and empty places.

use leptos::prelude::*;

use super::icon::{Icon, Shape};

/// How a notice sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// It is good to know.
    #[default]
    Info,
    /// It worked.
    Ok,
    /// Look at it.
    Warn,
    /// Something is wrong.
    Fail,
}

impl Tone {
    /// Word for `data-tone`.
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

/// A word to the reader.
#[component]
pub fn Notice(
    /// How it sounds.
    #[prop(optional)]
    tone: Tone,
    /// Its headline.
    #[prop(optional, into)]
    title: Option<String>,
    /// What it says.
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

/// A place where nothing is (yet), and what to do about it.
#[component]
pub fn EmptyState(
    /// What is missing.
    #[prop(into)]
    title: String,
    /// Why, and what to do.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {children()}
        </div>
    }
}
