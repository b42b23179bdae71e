//! Switches the theme: a form that works without JavaScript, and immediately with it.

use leptos::prelude::*;

use crate::{
    context::{
        base_path::use_base_path,
        theme::{Theme, set_theme, use_theme},
    },
    locale::use_locale,
    tr,
    ui::icon::{Icon, Shape},
};

/// Three buttons: system, light, dark.
#[component]
pub fn ThemeSwitch(
    /// Path and query of the page that the server redirects to.
    #[prop(into)]
    page: Signal<String>,
) -> impl IntoView {
    let locale = use_locale();
    let base = use_base_path();
    let cookie_path = StoredValue::new(base.cookie_path().to_owned());
    let chosen = RwSignal::new(use_theme());
    let button = move |theme: Theme, shape: Shape, label: String| {
        view! {
            <button
                type="submit"
                name="theme"
                value=theme.as_str()
                title=label.clone()
                aria-label=label
                aria-pressed=move || if chosen.get() == theme { "true" } else { "false" }
                on:click=move |event| {
                    event.prevent_default();
                    chosen.set(theme);
                    set_theme(theme, &cookie_path.get_value());
                }
            >
                <Icon shape=shape />
            </button>
        }
    };
    view! {
        <form method="post" action=base.url("/api/theme")>
            <input type="hidden" name="page" value=move || page.get() />
            <div class="theme" role="group" aria-label=tr!(locale, frame.theme)>
                {button(Theme::System, Shape::Screen, tr!(locale, frame.theme_system))}
                {button(Theme::Light, Shape::Sun, tr!(locale, frame.theme_light))}
                {button(Theme::Dark, Shape::Moon, tr!(locale, frame.theme_dark))}
            </div>
        </form>
    }
}
