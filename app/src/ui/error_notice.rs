//! Errors: what happened, and what to do.

use leptos::{prelude::*, server::ServerActionError};

use super::{
    icon::{Icon, Shape},
    link::Link,
    page_title::PageTitle,
};
use crate::{
    context::url::href,
    error::ApiError,
    format::{text::capitalised, time::span_words},
    locale::{Locale, use_locale},
    tr,
};

/// Describes an invalid value. Names its field unless the hint does.
fn invalid_words(locale: Locale, field: &str, hint: &str) -> String {
    if !(hint.contains(field) || matches!(field, "password" | "work" | "second_factor" | "user")) {
        return tr!(locale, errors.invalid.what, field = field_words(field), hint = hint);
    }
    capitalised(hint)
}

/// Formats the name of a field for users.
fn field_words(field: &str) -> String {
    capitalised(&field.replace('_', " "))
}

/// Describes wrong credentials depending on the server function of the form, so that only what was wrong is named. A test in
/// `features/sign_in` compares the paths.
fn wrong_words(locale: Locale) -> (String, String) {
    let form = use_context::<ServerActionError>().map(|error| error.path().to_owned()).unwrap_or_default();
    let code = |what| (tr!(locale, errors.credentials.code), what);
    match form.strip_prefix("/api/fn/").unwrap_or_default() {
        "sign_in" => (tr!(locale, errors.credentials.sign_in), tr!(locale, errors.credentials.what)),
        "sign_in_code" | "confirm_second_factor" => code(tr!(locale, errors.credentials.code_what)),
        "prove_by_code" => code(tr!(locale, errors.credentials.code_what_now)),
        "set_up" => (tr!(locale, set_up.wrong), tr!(locale, set_up.wrong_text)),
        _ => (tr!(locale, errors.credentials.password), tr!(locale, errors.credentials.what)),
    }
}

/// Returns headline and explanation of an error after submitting a form.
pub fn error_words(locale: Locale, error: &ApiError) -> (String, String) {
    match error {
        ApiError::NotFound => (tr!(locale, errors.not_found.title), tr!(locale, errors.not_found.what)),
        ApiError::Invalid { field, hint } => {
            (tr!(locale, errors.invalid.title), invalid_words(locale, field, hint))
        }
        ApiError::Unauthenticated => {
            (tr!(locale, errors.unauthenticated.title), tr!(locale, errors.unauthenticated.what))
        }
        ApiError::NeedsSession => {
            (tr!(locale, errors.needs_session.title), tr!(locale, errors.needs_session.what))
        }
        ApiError::NeedsProof => (tr!(locale, errors.needs_proof.title), tr!(locale, errors.needs_proof.what)),
        ApiError::Credentials => wrong_words(locale),
        ApiError::TooMany { seconds } => (
            tr!(locale, errors.too_many.title),
            tr!(locale, errors.too_many.what, span = span_words(locale, *seconds)),
        ),
        ApiError::Busy => (tr!(locale, errors.busy.title), tr!(locale, errors.busy.what)),
        ApiError::Full => (tr!(locale, errors.full.title), tr!(locale, errors.full.what)),
        ApiError::ReadOnly => (tr!(locale, errors.read_only.title), tr!(locale, errors.read_only.what)),
        ApiError::Unreachable => {
            (tr!(locale, errors.unreachable.title), tr!(locale, errors.unreachable.what))
        }
        ApiError::Internal { id } if id.is_empty() => {
            (tr!(locale, errors.internal.title), tr!(locale, errors.internal.what_plain))
        }
        ApiError::Internal { id } => {
            (tr!(locale, errors.internal.title), tr!(locale, errors.internal.what, id = id.clone()))
        }
    }
}

/// An error in place of a page's content.
#[component]
pub fn ErrorNotice(
    /// The error.
    error: ApiError,
) -> impl IntoView {
    let locale = use_locale();
    let (title, what) = match &error {
        ApiError::Invalid { field, hint } => {
            let field = field_words(field);
            (tr!(locale, errors.invalid.page), tr!(locale, errors.invalid.what, field = field, hint = hint))
        }
        error => error_words(locale, error),
    };
    let sign_in = (error == ApiError::Unauthenticated)
        .then(|| view! { <a class="btn" data-variant="primary" href=href("/login") rel="external">{tr!(locale, errors.sign_in)}</a> }.into_any());
    // An unknown address is not a failure of the program.
    let (tone, shape) =
        if error == ApiError::NotFound { ("run", Shape::Circle) } else { ("fail", Shape::Cross) };
    let again = matches!(error, ApiError::Busy | ApiError::Unreachable | ApiError::Internal { .. });
    view! {
        <PageTitle text=title.clone() />
        <div class="notice" data-tone=tone data-variant="page" role="alert">
            <Icon shape=shape />
            <div class="notice-text">
                <h1>{title}</h1>
                <p>{what}</p>
                <p class="notice-actions">
                    // An empty address is the page itself; `rel` makes the router load it again.
                    {again.then(|| view! { <a class="btn" href="" rel="external">{tr!(locale, errors.retry)}</a> }.into_any())}
                    {sign_in}
                    <Link to="/" class="btn">
                        {tr!(locale, errors.home)}
                    </Link>
                </p>
            </div>
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn invalid(field: &str, hint: &str) -> ApiError {
        ApiError::Invalid { field: field.into(), hint: hint.into() }
    }

    #[test]
    fn a_form_names_the_field_where_the_words_leave_it_open() {
        let words = |field, hint| error_words(Locale::en, &invalid(field, hint));
        let (title, what) = words("password", "too short: use at least 12 characters");
        assert_eq!(
            (title.as_str(), what.as_str()),
            ("Invalid input", "Too short: use at least 12 characters")
        );
        assert_eq!(words("name", "a server needs a name").1, "A server needs a name");
        assert_eq!(words("days", "use 1 to 90").1, "Days: use 1 to 90");
        assert_eq!(words("keep_last", "choose from 0 to 9").1, "Keep last: choose from 0 to 9");
        assert_eq!(words("work", "").1, "");
    }

    #[test]
    fn a_page_that_is_not_there_has_a_title() {
        let (context, output) = leptos_meta::ServerMetaContext::new();
        let html = Owner::new().with(|| {
            provide_context(context);
            view! { <ErrorNotice error=invalid("page", "too far") /> }.to_html()
        });
        assert!(html.contains("<h1>This page cannot be shown") && html.contains("Page: too far"), "{html}");
        let page = futures::stream::iter(["<head></head>".to_owned()]);
        let head = futures::executor::block_on(async {
            futures::StreamExt::collect::<String>(output.inject_meta_context(page).await).await
        });
        assert!(head.contains("<title>This page cannot be shown · duplistatus</title>"), "{head}");
    }
}
