//! Channels of the Node application, out of the settings that the import kept: a preview, and the channels themselves.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::channels;
use crate::{
    access::Permission,
    crypto::node,
    db::tables::{channels as rows, settings},
    dto::channel::{ChannelForm, ImportedChannel},
    error::Error,
    ids::ChannelId,
    notify::Channel,
    service::{
        Actor, Services,
        settings::imported::{PREFIX, sealed_place},
    },
    topic::Topic,
};

/// `ntfy_config` of the Node application.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NtfyConfig {
    url: String,
    topic: String,
    access_token: Option<String>,
}

/// `smtp_config` of the Node application. Older versions say `secure` in place of `connectionType`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SmtpConfig {
    host: String,
    port: serde_json::Value,
    connection_type: Option<String>,
    secure: Option<bool>,
    username: Option<String>,
    password: Option<String>,
    mailto: String,
    sender_name: Option<String>,
    from_address: Option<String>,
    require_auth: Option<bool>,
}

/// The channels that the kept settings would make, and that do not exist yet.
///
/// # Errors
/// Database errors.
pub(super) async fn list(services: &Services) -> Result<Vec<ImportedChannel>, Error> {
    let known: Vec<_> =
        services.db.read(rows::all).await?.iter().filter_map(rows::ChannelRow::config).collect();
    let mut found = Vec::new();
    for form in forms(services).await? {
        let made = Channel::new(&form);
        let target = made.as_ref().map_or_else(|_| form.target.clone(), |made| made.config().target());
        let is_known = known.iter().any(|config| config.kind() == form.kind && config.target() == target);
        if !is_known && !(form.target.is_empty() && form.to.is_empty()) {
            let problem = made.err().map(|error| error.to_string());
            found.push(ImportedChannel { kind: form.kind, target, problem });
        }
    }
    Ok(found)
}

/// Creates the channel of a kind that the preview lists.
///
/// # Errors
/// [`Error::NotFound`] when the preview does not list it; [`Error::Invalid`] when it cannot be used.
pub async fn create(services: &Services, actor: &Actor, kind: &str) -> Result<ChannelId, Error> {
    actor.may(Permission::ManageSettings)?;
    let is_listed = list(services).await?.iter().any(|one| one.kind == kind);
    let form = forms(services).await?.into_iter().find(|form| form.kind == kind).filter(|_| is_listed);
    let mut form = form.ok_or(Error::NotFound)?;
    let taken: Vec<String> =
        services.db.read(rows::all).await?.into_iter().map(|row| row.name.to_lowercase()).collect();
    if taken.contains(&form.name.to_lowercase()) {
        form.name.push_str(" (imported)");
    }
    channels::create(services, actor, form).await
}

/// The forms of what was kept.
pub(super) async fn forms(services: &Services) -> Result<Vec<ChannelForm>, Error> {
    let kept = services.db.read(|conn| settings::with_prefix(conn, PREFIX)).await?;
    let mut forms = Vec::new();
    for (row, key, sealed) in kept {
        let name = key.strip_prefix(PREFIX).unwrap_or_default();
        if !matches!(name, "ntfy_config" | "smtp_config") {
            continue;
        }
        // With another key, there is nothing to show.
        let Ok(text) = services.secrets.open(sealed_place(row), &sealed) else { continue };
        let form = if name == "ntfy_config" { ntfy(&text) } else { smtp(&text) };
        forms.extend(form.map(|form| ChannelForm {
            topics: Topic::ALL.to_vec(),
            is_enabled: true,
            allows_private: is_near(&form.target),
            ..form
        }));
    }
    Ok(forms)
}

fn ntfy(text: &SecretString) -> Option<ChannelForm> {
    let config: NtfyConfig = serde_json::from_str(text.expose_secret()).ok()?;
    Some(ChannelForm {
        name: "ntfy".into(),
        kind: "ntfy".into(),
        target: config.url.trim().trim_end_matches('/').to_owned(),
        to: config.topic,
        token: readable(config.access_token),
        ..ChannelForm::default()
    })
}

fn smtp(text: &SecretString) -> Option<ChannelForm> {
    let config: SmtpConfig = serde_json::from_str(text.expose_secret()).ok()?;
    let security = match (config.connection_type.as_deref(), config.secure) {
        (Some("plain"), _) => "plain",
        (Some("ssl"), _) | (None, Some(true)) => "tls",
        _ => "starttls",
    };
    let port = match &config.port {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let user = readable(config.username);
    let address = config.from_address.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| user.clone());
    let name =
        config.sender_name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "duplistatus".into());
    // Quotes would end the quoted name.
    let from = format!("\"{}\" <{}>", name.replace(['"', '\\'], ""), address.trim());
    let (user, token) = match config.require_auth {
        Some(false) => Default::default(),
        _ => (user, readable(config.password)),
    };
    Some(ChannelForm {
        name: "E-mail".into(),
        kind: "email".into(),
        target: config.host,
        port,
        security: security.into(),
        user,
        token,
        from,
        to: config.mailto,
        ..ChannelForm::default()
    })
}

/// A secret, unless it is still encrypted with the key of the Node application.
fn readable(secret: Option<String>) -> String {
    secret.filter(|text| !node::is_sealed(text)).unwrap_or_default()
}

/// Whether a server is one of the own network, as far as its name says. The Node application asked nobody.
fn is_near(target: &str) -> bool {
    let host = target.split_once("://").map_or(target, |(_, rest)| rest);
    let host = host.split(['/', '?']).next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    match host.parse::<std::net::IpAddr>() {
        Ok(address) => crate::outgoing::PrivateNetworks::Refused.check(address).is_err(),
        Err(_) => {
            !host.contains('.')
                || [".local", ".lan", ".home", ".internal", ".home.arpa", ".fritz.box"]
                    .iter()
                    .any(|end| host.to_lowercase().ends_with(end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        service::testing::{TestResult, services},
        time::Timestamp,
    };

    /// Keeps settings as the import does.
    async fn keep(services: &Services, key: &str, text: &'static str) -> TestResult {
        let (key, secrets, now) =
            (format!("{PREFIX}{key}"), services.secrets.clone(), Timestamp::from_unix(1_800_000_000));
        services
            .db
            .write(move |tx| {
                let row = settings::create(tx.conn, &key, now)?;
                let sealed = secrets.seal(sealed_place(row), &SecretString::from(text)).unwrap();
                settings::reseal(tx.conn, row, &sealed)
            })
            .await?;
        Ok(())
    }

    #[tokio::test]
    async fn what_was_kept_becomes_channels_after_a_preview() -> TestResult {
        let (_folder, services) = services()?;
        keep(
            &services,
            "ntfy_config",
            r#"{"url":"https://ntfy.sh/","topic":"duplistatus-x1","accessToken":"tk_1"}"#,
        )
        .await?;
        keep(
            &services,
            "smtp_config",
            r#"{"host":"mail.fritz.box","port":465,"connectionType":"ssl","username":"anna@example.org","password":"letmein","mailto":"otto@example.org,anna@example.org","senderName":"NAS \"1\""}"#,
        )
        .await?;
        let shown = list(&services).await?;
        assert_eq!(shown.len(), 2);
        assert!(shown.iter().all(|one| one.problem.is_none()), "{shown:?}");
        assert_eq!(shown[0].target, "https://ntfy.sh/duplistatus-x1");
        assert_eq!(shown[1].target, "otto@example.org +1 (mail.fritz.box:465)");
        for kind in ["ntfy", "email"] {
            create(&services, &Actor::System, kind).await?;
            assert!(matches!(create(&services, &Actor::System, kind).await, Err(Error::NotFound)));
        }
        assert_eq!(list(&services).await?, Vec::new());
        let stored = services.db.read(rows::all).await?;
        let mail = stored.iter().find(|row| row.name == "E-mail").unwrap();
        assert!(mail.allows_private && mail.is_enabled);
        let opened = channels::open(&services, mail).unwrap();
        assert_eq!(opened.secrets().token.as_deref(), Some("letmein"));
        assert_eq!(opened.config().form().from, "NAS 1 <anna@example.org>");
        assert_eq!(opened.config().form().security, "tls");
        Ok(())
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_said_and_makes_no_channel() -> TestResult {
        let (_folder, services) = services()?;
        keep(&services, "smtp_config", r#"{"host":"smtp.example.org","port":"587","username":"anna@example.org","mailto":"otto@example.org"}"#).await?;
        keep(&services, "ntfy_config", "not json {").await?;
        let shown = list(&services).await?;
        assert_eq!(shown.len(), 1);
        assert!(shown[0].problem.as_deref().is_some_and(|problem| problem.contains("password")), "{shown:?}");
        assert!(matches!(create(&services, &Actor::System, "email").await, Err(Error::Invalid { .. })));
        assert!(matches!(create(&services, &Actor::System, "ntfy").await, Err(Error::NotFound)));
        Ok(())
    }

    #[test]
    fn servers_of_the_own_network_are_known_by_their_names() {
        for near in
            ["http://192.168.1.5:8080", "http://nas/x", "mail.fritz.box", "10.0.0.1", "http://ntfy.lan:80/a"]
        {
            assert!(is_near(near), "{near}");
        }
        for far in ["https://ntfy.sh", "smtp.gmail.com", "https://1.1.1.1/x", "https://local.example.org"] {
            assert!(!is_near(far), "{far}");
        }
    }
}
