//! The fields in which a kind asks for its receiver. Secrets are never filled in: left empty, they stay as they are.

use duplistatus::dto::channel::{ChannelForm, WEBHOOK_VARIABLES};
use leptos::prelude::*;

use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::form::field::{LongTextField, SelectField, TextField},
};

/// The fields of the kind that the form names.
#[component]
pub fn ReceiverFields(
    /// What is filled in.
    form: ChannelForm,
    /// Whether the channel is new: then its secrets have to be entered.
    is_new: bool,
    /// What the ids on the page begin with.
    prefix: String,
) -> impl IntoView {
    let fields = Fields { locale: use_locale(), form, is_new, prefix };
    match fields.form.kind.as_str() {
        "email" => fields.email(),
        "ntfy" => fields.ntfy(),
        "pushover" => fields.pushover(),
        "gotify" => fields.gotify(),
        "telegram" => fields.telegram(),
        "matrix" => fields.matrix(),
        "apprise" => fields.apprise(),
        "heartbeat" => fields.heartbeat(),
        "webhook" => fields.webhook(),
        // A browser said who it is.
        "web_push" => ().into_any(),
        _ => fields.url(tr!(fields.locale, channels.field.url)),
    }
}

struct Fields {
    locale: Locale,
    form: ChannelForm,
    is_new: bool,
    prefix: String,
}

impl Fields {
    fn id(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    fn text(
        &self,
        (name, id): (&'static str, &str),
        label: String,
        value: &str,
        hint: Option<String>,
        optional: bool,
    ) -> AnyView {
        let (id, value) = (self.id(id), value.to_owned());
        view! { <TextField name=name id=id label=label value=value hint=hint optional=optional /> }.into_any()
    }

    /// A secret; of a channel that exists, it may stay as it is.
    fn secret(
        &self,
        (name, id): (&'static str, &str),
        label: String,
        hint: Option<String>,
        optional: bool,
    ) -> AnyView {
        let kept = (!self.is_new).then(|| tr!(self.locale, channels.field.kept));
        let hint = match (hint, kept) {
            (Some(hint), Some(kept)) => Some(format!("{hint} {kept}")),
            (hint, kept) => hint.or(kept),
        };
        let (id, optional) = (self.id(id), optional || !self.is_new);
        view! {
            <TextField name=name id=id kind="password" autocomplete="off" label=label hint=hint optional=optional />
        }
        .into_any()
    }

    fn token(&self, label: String, hint: Option<String>, optional: bool) -> AnyView {
        self.secret(("form[token]", "token"), label, hint, optional)
    }

    fn server(&self, hint: Option<String>, optional: bool) -> AnyView {
        let (id, value) = (self.id("target"), self.form.target.clone());
        let label = tr!(self.locale, channels.field.server);
        view! {
            <TextField name="form[target]" id=id kind="url" label=label value=value hint=hint optional=optional />
        }
        .into_any()
    }

    /// The URL of a webhook, which is a secret.
    fn url(&self, label: String) -> AnyView {
        let (id, optional) = (self.id("target"), !self.is_new);
        let hint = (!self.is_new).then(|| tr!(self.locale, channels.field.kept));
        view! { <TextField name="form[target]" id=id kind="url" label=label hint=hint optional=optional secret=true /> }
            .into_any()
    }

    fn select(
        &self,
        (name, id): (&'static str, &str),
        label: String,
        options: Vec<(&str, String)>,
        value: &str,
        hint: String,
    ) -> AnyView {
        let options = options.into_iter().map(|(value, text)| (value.to_owned(), text)).collect::<Vec<_>>();
        let (id, value) = (self.id(id), value.to_owned());
        view! { <SelectField name=name id=id label=label options=options value=value hint=hint /> }.into_any()
    }

    fn priority(&self) -> AnyView {
        let locale = self.locale;
        let options = vec![
            ("auto", tr!(locale, channels.priority.auto)),
            ("low", tr!(locale, channels.priority.low)),
            ("normal", tr!(locale, channels.priority.normal)),
            ("high", tr!(locale, channels.priority.high)),
            ("urgent", tr!(locale, channels.priority.urgent)),
        ];
        let hint = tr!(locale, channels.field.priority_hint);
        let label = tr!(locale, channels.field.priority);
        self.select(("form[priority]", "priority"), label, options, &self.form.priority, hint)
    }

    fn email(&self) -> AnyView {
        let locale = self.locale;
        let form = &self.form;
        let options = vec![
            ("starttls", tr!(locale, channels.security.starttls)),
            ("tls", tr!(locale, channels.security.tls)),
            ("plain", tr!(locale, channels.security.plain)),
        ];
        let label = tr!(locale, channels.field.security);
        let hint = tr!(locale, channels.field.security_hint);
        let security = self.select(("form[security]", "security"), label, options, &form.security, hint);
        let (to_id, ca_id) = (self.id("to"), self.id("ca"));
        let port_hint = Some(tr!(locale, channels.field.port_hint));
        let from_hint = Some(tr!(locale, channels.field.from_hint));
        let user_hint = Some(tr!(locale, channels.field.smtp_user_hint));
        view! {
            <LongTextField
                name="form[to]"
                id=to_id
                label=tr!(locale, channels.field.recipients)
                value=form.to.clone()
                hint=tr!(locale, channels.field.recipients_hint)
            />
            {self.text(("form[from]", "from"), tr!(locale, channels.field.from), &form.from, from_hint, false)}
            {self.text(("form[target]", "target"), tr!(locale, channels.field.smtp_server), &form.target, None, false)}
            {security}
            {self.text(("form[port]", "port"), tr!(locale, channels.field.port), &form.port, port_hint, true)}
            {self.text(("form[user]", "user"), tr!(locale, channels.field.user), &form.user, user_hint, true)}
            {self.token(tr!(locale, channels.field.password), None, true)}
            <LongTextField
                name="form[ca]"
                id=ca_id
                label=tr!(locale, channels.field.ca)
                value=form.ca.clone()
                hint=tr!(locale, channels.field.ca_hint)
            />
        }
        .into_any()
    }

    fn ntfy(&self) -> AnyView {
        let locale = self.locale;
        let form = &self.form;
        let topic_hint = Some(tr!(locale, channels.field.topic_hint));
        let user_hint = Some(tr!(locale, channels.field.ntfy_user_hint));
        view! {
            {self.server(Some(tr!(locale, channels.field.ntfy_hint)), true)}
            {self.text(("form[to]", "to"), tr!(locale, channels.field.topic), &form.to, topic_hint, false)}
            {self.text(("form[user]", "user"), tr!(locale, channels.field.user), &form.user, user_hint, true)}
            {self.token(tr!(locale, channels.field.token_optional), None, true)}
            {self.priority()}
        }
        .into_any()
    }

    fn pushover(&self) -> AnyView {
        let locale = self.locale;
        view! {
            {self.secret(("form[key]", "key"), tr!(locale, channels.field.user_key), None, false)}
            {self.token(tr!(locale, channels.field.app_token), None, false)}
            {self.priority()}
        }
        .into_any()
    }

    fn gotify(&self) -> AnyView {
        let locale = self.locale;
        view! {
            {self.server(None, false)}
            {self.token(tr!(locale, channels.field.app_token), None, false)}
            {self.priority()}
        }
        .into_any()
    }

    fn telegram(&self) -> AnyView {
        let locale = self.locale;
        let hint = Some(tr!(locale, channels.field.chat_hint));
        view! {
            {self.token(tr!(locale, channels.field.bot_token), None, false)}
            {self.text(("form[to]", "to"), tr!(locale, channels.field.chat), &self.form.to, hint, false)}
        }
        .into_any()
    }

    fn matrix(&self) -> AnyView {
        let locale = self.locale;
        let hint = Some(tr!(locale, channels.field.room_hint));
        view! {
            {self.server(Some(tr!(locale, channels.field.homeserver_hint)), false)}
            {self.text(("form[to]", "to"), tr!(locale, channels.field.room), &self.form.to, hint, false)}
            {self.token(tr!(locale, channels.field.access_token), None, false)}
        }
        .into_any()
    }

    fn apprise(&self) -> AnyView {
        let locale = self.locale;
        let key_hint = Some(tr!(locale, channels.field.apprise_hint));
        let tags_hint = Some(tr!(locale, channels.field.tags_hint));
        view! {
            {self.server(None, false)}
            {self.secret(("form[key]", "key"), tr!(locale, channels.field.apprise_key), key_hint, false)}
            {self.text(("form[to]", "to"), tr!(locale, channels.field.tags), &self.form.to, tags_hint, true)}
        }
        .into_any()
    }

    fn webhook(&self) -> AnyView {
        let locale = self.locale;
        let form = &self.form;
        let options = ["post", "put", "patch", "get"].map(|method| (method, method.to_uppercase())).to_vec();
        let method_hint = tr!(locale, channels.field.method_hint);
        let names: Vec<String> = WEBHOOK_VARIABLES.iter().map(|name| format!("{{{name}}}")).collect();
        let (headers_id, body_id) = (self.id("headers"), self.id("body"));
        let method = tr!(locale, channels.field.method);
        view! {
            {self.url(tr!(locale, channels.field.url))}
            {self.token(tr!(locale, channels.field.signing_key), None, true)}
            {self.select(("form[method]", "method"), method, options, &form.method, method_hint)}
            <LongTextField
                name="form[headers]"
                id=headers_id
                label=tr!(locale, channels.field.headers)
                value=form.headers.clone()
                hint=tr!(locale, channels.field.headers_hint)
            />
            <LongTextField
                name="form[body]"
                id=body_id
                label=tr!(locale, channels.field.body)
                value=form.body.clone()
                hint=tr!(locale, channels.field.body_hint, names = names.join(", "))
            />
        }
        .into_any()
    }

    fn heartbeat(&self) -> AnyView {
        let locale = self.locale;
        let form = &self.form;
        let options = vec![
            ("healthchecks", "Healthchecks".to_owned()),
            ("uptime_kuma", "Uptime Kuma".to_owned()),
            ("other", tr!(locale, channels.watcher.other)),
        ];
        let label = tr!(locale, channels.field.watcher);
        let hint = tr!(locale, channels.field.watcher_hint);
        let (minutes_id, minutes) = (self.id("minutes"), form.minutes.clone());
        let minutes = if minutes.is_empty() { "5".to_owned() } else { minutes };
        view! {
            {self.select(("form[watcher]", "watcher"), label, options, &form.watcher, hint)}
            {self.url(tr!(locale, channels.field.ping_url))}
            <TextField
                name="form[minutes]"
                id=minutes_id
                kind="number"
                label=tr!(locale, channels.field.minutes)
                hint=Some(tr!(locale, channels.field.minutes_hint))
                value=minutes
            />
        }
        .into_any()
    }
}
