//! The frame around every page: skip link, top bar, banner, content.

use duplistatus::access::Permission;
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_location;

use super::{
    database_banner::{ChannelBanner, DatabaseBanner},
    live_indicator::{LiveBanner, LiveIndicator},
    theme_switch::ThemeSwitch,
    zone_note::ZoneNote,
};
use crate::{
    context::{base_path::use_base_path, url::href, viewer::use_viewer},
    features::sign_in::api::SignOut,
    locale::use_locale,
    pages::{Group, PAGES, Page, page_at},
    tr,
    ui::{
        announce::{Announcer, provide_announcer},
        copy::provide_copied,
        icon::{Icon, Shape},
        ticker::provide_ticker,
    },
};

/// Top bar and main content.
#[component]
pub fn Frame(
    /// The page.
    children: Children,
) -> impl IntoView {
    provide_ticker();
    provide_announcer();
    provide_copied();
    say_alive();
    let locale = use_locale();
    view! {
        <a class="skip" href="#main" rel="external">
            {tr!(locale, frame.skip)}
        </a>
        {view! { <TopBar /> }.into_any()}
        {view! { <LiveBanner /> }.into_any()}
        {view! { <DatabaseBanner /> }.into_any()}
        {view! { <ChannelBanner /> }.into_any()}
        {use_viewer().demo.then(|| view! { <aside class="demo-banner">{tr!(locale, frame.demo)}</aside> }.into_any())}
        <main class="page" id="main" tabindex="-1">
            {view! { <ZoneNote /> }.into_any()}
            {children()}
        </main>
        <Announcer />
    }
}

/// Sets `<html data-alive>` when the page responds to the user.
fn say_alive() {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| {
        if let Some(html) = document().document_element() {
            // Only tests wait for it.
            let _ = html.set_attribute("data-alive", "true");
        }
    });
}

/// Brand, navigation, live indicator, theme.
#[component]
fn TopBar() -> impl IntoView {
    let locale = use_locale();
    let base = use_base_path();
    let location = use_location();
    // The path inside the application, whether or not the router includes the prefix.
    let path = Memo::new(move |_| {
        location.pathname.with(|path| path.strip_prefix(base.as_str()).unwrap_or(path).to_owned())
    });
    let search = location.search;
    let page = Signal::derive(move || {
        let query = search.get();
        let path = path.get();
        let path = if path.is_empty() { "/".to_owned() } else { path };
        if query.is_empty() { path } else { format!("{path}?{query}") }
    });
    let viewer = use_viewer();
    let may = |permission| viewer.may(permission);
    let item = move |to: &'static str, item: Option<Page>, label: String| {
        let current = move || path.with(|path| is_below(item, path)).then_some("page");
        view! {
            <a href=href(to) aria-current=current>
                {label}
            </a>
        }
    };
    let in_bar = PAGES.iter().filter(|row| row.is_for(&viewer)).filter_map(|row| {
        let (group, label) = row.listed?;
        (group == Group::Bar).then(|| item(row.path, Some(row.page), label(locale)))
    });
    // All settings pages are one item, which leads to the first of them.
    let settings = PAGES.iter().find(|row| row.is_setting() && row.is_for(&viewer));
    let settings = settings.map(|row| item(row.path, None, tr!(locale, frame.settings)));
    let links = in_bar.chain(settings).collect_view();
    view! {
        <header class="bar">
            <div class="bar-in">
                <a class="brand" href=href("/")>
                    <svg viewBox="0 0 24 24" aria-hidden="true">
                        <path d="M5 17V9M10 17V5M15 17v-6M18.2 15.2l1.6 1.8 2.7-3.6"></path>
                    </svg>
                    <span class="brand-name">{tr!(locale, app_name)}</span>
                </a>
                <nav class="nav" aria-label=tr!(locale, frame.nav)>
                    {links}
                </nav>
                <span class="grow"></span>
                {may(Permission::ViewBackups).then(|| view! { <LiveIndicator /> }.into_any())}
                <ThemeSwitch page=page />
                {viewer.name.clone().map(|name| view! { <Person name=name /> }.into_any())}
            </div>
        </header>
    }
}

/// The signed-in user, and the button to sign out.
#[component]
fn Person(
    /// The displayed name.
    name: String,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <a class="account-link" href=href("/account") title=tr!(locale, frame.account)>
            <Icon shape=Shape::Person />
            <span class="account-link-name">{name}</span>
        </a>
        <form method="post" action=href(SignOut::PATH)>
            <button type="submit" class="btn sign-out" title=tr!(locale, frame.sign_out)>
                <Icon shape=Shape::Leave />
                <span class="sign-out-words">{tr!(locale, frame.sign_out)}</span>
            </button>
        </form>
    }
}

/// Returns whether a page belongs to an item of the navigation: servers and runs belong to the dashboard.
fn is_below(item: Option<Page>, path: &str) -> bool {
    page_at(path).is_some_and(|row| match item {
        Some(Page::Dashboard) => {
            matches!(row.page, Page::Dashboard | Page::Server | Page::Run | Page::RawReport)
        }
        Some(page) => row.page == page,
        None => row.is_setting(),
    })
}
