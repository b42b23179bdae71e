//! What can be done with a person, each with what it costs.

use duplistatus::{dto::user::UserRow, ids::UserId};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    add::roles,
    api::{DeleteUser, DisableUser, EnableUser, EndUserSessions, ResetUserPassword, SetUserRole, UnlockUser},
};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::disclosure::{Details, Disclosure},
    ui::form::{choice::Choice, field::SelectField, plain_form::PlainForm},
};

/// A button that opens them.
#[component]
pub fn Actions(
    /// The person.
    user: UserRow,
    /// API keys of the person that work.
    keys: usize,
    /// Whether nobody else is an administrator who can sign in: the person then stays as it is.
    is_last: bool,
) -> impl IntoView {
    let (locale, name) = (use_locale(), user.name.clone());
    view! {
        <Disclosure label=tr!(locale, users.change) about=name class="acts">
            {acts(locale, user, keys, is_last)}
        </Disclosure>
    }
}

/// The forms. Called inside of the panel, which opens when one of them failed.
fn acts(locale: Locale, user: UserRow, keys: usize, is_last: bool) -> impl IntoView {
    let UserRow { id, name, role, blocked, disabled, sessions, second_factor, .. } = user;
    let sessions_words = match sessions {
        0 => tr!(locale, users.no_sessions),
        _ => tr!(locale, users.sessions, count = sessions),
    };
    let keys_words = match keys {
        0 => tr!(locale, users.no_api_keys),
        _ => tr!(locale, users.api_keys, count = keys),
    };
    let named = || name.clone();
    let (of_role, of_reset) = (named(), named());
    let unlock = blocked.then(|| {
        view! {
            <Act path=UnlockUser::PATH user=id name=named() what=tr!(locale, users.unlock.what) submit=tr!(locale, users.unlock.submit) />
        }
    });
    let role_hint = tr!(locale, users.set_role.what, sessions = sessions_words.clone());
    let reset_what = tr!(locale, users.reset.what, sessions = sessions_words.clone());
    let change_role = view! {
        <PlainForm path=SetUserRole::PATH id=id.to_string() class="act" quiet=true>
            <input type="hidden" name="user" value=id.to_string() />
            <input type="hidden" name="name" value=of_role />
            <SelectField
                name="role"
                id=format!("role-{id}")
                label=tr!(locale, users.set_role.label)
                options=roles(locale)
                value=role.as_str()
                hint=role_hint
            />
            <button type="submit" class="btn">
                {tr!(locale, users.set_role.submit)}
            </button>
        </PlainForm>
    };
    let reset = view! {
        <PlainForm path=ResetUserPassword::PATH id=id.to_string() class="act" quiet=true>
            <input type="hidden" name="user" value=id.to_string() />
            <input type="hidden" name="name" value=of_reset />
            <p>{reset_what}</p>
            {second_factor
                .then(|| {
                    view! {
                        <Choice
                            name="second_factor"
                            value="true"
                            checked=false
                            label=tr!(locale, users.reset.second_factor).into_any()
                        />
                    }
                })}
            <button type="submit" class="btn">
                {tr!(locale, users.reset.submit)}
            </button>
        </PlainForm>
    };
    let end_sessions = (sessions > 0).then(|| {
        let what = tr!(locale, users.end_sessions.what, sessions = sessions_words.clone());
        view! { <Act path=EndUserSessions::PATH user=id name=named() what=what submit=tr!(locale, users.end_sessions.submit) /> }
    });
    let off_or_on = if disabled.is_some() {
        view! {
            <Act path=EnableUser::PATH user=id name=named() what=tr!(locale, users.enable.what) submit=tr!(locale, users.enable.submit) />
        }
        .into_any()
    } else {
        let what =
            tr!(locale, users.disable.what, sessions = sessions_words.clone(), keys = keys_words.clone());
        view! {
            <Act path=DisableUser::PATH user=id name=named() what=what submit=tr!(locale, users.disable.submit) danger=true />
        }
        .into_any()
    };
    let lost =
        tr!(locale, users.delete.what, name = name.clone(), sessions = sessions_words, keys = keys_words);
    let (of_delete, delete_words) = (named(), tr!(locale, users.delete.submit, name = name.clone()));
    let delete = view! {
        <Details class="act" summary=tr!(locale, users.delete.ask).into_any() summary_class="btn" danger=true>
            <Act path=DeleteUser::PATH user=id name=of_delete what=lost submit=delete_words danger=true />
        </Details>
    };
    let last = is_last.then(|| view! { <p class="act">{tr!(locale, users.last_what)}</p> });
    let rest = (!is_last).then(|| view! { {change_role} {off_or_on} {delete} });
    view! { {unlock} {last} {reset} {end_sessions} {rest} }
}

/// One thing to do: what it costs, and the button.
#[component]
fn Act(
    /// `PATH` of the server function.
    path: &'static str,
    /// With whom.
    user: UserId,
    /// The person's name.
    name: String,
    /// What it costs.
    what: String,
    /// Words of the button.
    submit: String,
    /// Whether something is lost.
    #[prop(optional)]
    danger: bool,
) -> impl IntoView {
    view! {
        <PlainForm path=path id=user.to_string() class="act" quiet=true>
            <input type="hidden" name="user" value=user.to_string() />
            <input type="hidden" name="name" value=name />
            <p>{what}</p>
            <button type="submit" class="btn" data-variant=danger.then_some("danger")>
                {submit}
            </button>
        </PlainForm>
    }
}
