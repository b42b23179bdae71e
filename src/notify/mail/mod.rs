//! E-mail: an account at an SMTP server, and the message that goes there.

mod checks;
mod render;

use lettre::{
    Address,
    message::{Mailbox, Message as Letter},
};
use serde::{Deserialize, Serialize};

pub(super) use render::escaped;

use self::checks::{authority, host, mailbox};
use super::{InvalidChannel, Message};
use crate::dto::channel::ChannelForm;

/// Most recipients.
const RECIPIENTS: usize = 20;

/// How the connection to the server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Not at all.
    Plain,
    /// TLS, which is asked for after the connection is open. Without it, nothing is sent.
    StartTls,
    /// TLS from the first byte on.
    Tls,
}

impl Security {
    fn from_word(word: &str) -> Result<Self, InvalidChannel> {
        match word.trim() {
            "" | "starttls" => Ok(Self::StartTls),
            "tls" => Ok(Self::Tls),
            "plain" => Ok(Self::Plain),
            _ => Err(InvalidChannel { field: "security", hint: "use starttls, tls or plain" }),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::StartTls => "starttls",
            Self::Tls => "tls",
        }
    }

    /// The port that is usual for it.
    const fn port(self) -> u16 {
        match self {
            Self::Plain => 25,
            Self::StartTls => 587,
            Self::Tls => 465,
        }
    }
}

/// Everything about an account but its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Name or address of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Name for signing in; none when the server wants none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The sender: `"duplistatus <backup@example.org>"`.
    pub from: String,
    /// The recipients.
    pub to: Vec<String>,
    /// Certificates of an own authority, as PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
    /// Makes the ids of messages unlike those of any other installation, and of this one before its database was replaced.
    #[serde(default)]
    pub stem: String,
}

/// An e-mail, and the server that takes it.
pub struct Mail {
    /// The account.
    pub account: Account,
    /// The password.
    pub password: Option<String>,
    /// The sender's address.
    pub from: Address,
    /// The addresses of the recipients.
    pub to: Vec<Address>,
    /// The e-mail; its date is set when it is sent.
    pub letter: Letter,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("to", &self.to).finish_non_exhaustive()
    }
}

impl Account {
    /// From a form. `stem` is that of the account that is changed.
    pub(super) fn new(form: &ChannelForm) -> Result<Self, InvalidChannel> {
        let invalid = |field, hint| InvalidChannel { field, hint };
        let security = Security::from_word(&form.security)?;
        let port = match form.port.trim() {
            "" => security.port(),
            text => text
                .parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or(invalid("port", "use 1 to 65535, or leave it empty for the usual port"))?,
        };
        let user = Some(form.user.trim()).filter(|user| !user.is_empty()).map(str::to_owned);
        if user.as_ref().is_some_and(|user| user.chars().any(char::is_control)) {
            return Err(invalid("user", "use visible characters"));
        }
        if user.is_some() && form.token.is_empty() {
            return Err(invalid("token", "enter the password of the user, or leave the user empty"));
        }
        let from = mailbox("from", &form.from)?;
        let mut to = Vec::new();
        for text in form.to.split([',', ';', '\n', '\r']).map(str::trim).filter(|text| !text.is_empty()) {
            let address = mailbox("to", text)?.to_string();
            if !to.contains(&address) {
                to.push(address);
            }
        }
        if to.is_empty() {
            return Err(invalid("to", "enter at least one e-mail address"));
        }
        if to.len() > RECIPIENTS {
            return Err(invalid("to", "enter at most 20 e-mail addresses; use a mailing list for more"));
        }
        Ok(Self {
            host: host(&form.target)?,
            port,
            security,
            user,
            from: from.to_string(),
            to,
            ca: authority(&form.ca)?,
            stem: String::new(),
        })
    }

    /// The form in which this was entered.
    pub(super) fn form(&self) -> ChannelForm {
        ChannelForm {
            target: self.host.clone(),
            port: self.port.to_string(),
            security: self.security.as_str().to_owned(),
            user: self.user.clone().unwrap_or_default(),
            from: self.from.clone(),
            to: self.to.join("\n"),
            ca: self.ca.clone().unwrap_or_default(),
            ..ChannelForm::default()
        }
    }

    /// What is shown of the receiver.
    pub(super) fn target(&self) -> String {
        let more = self.to.len().saturating_sub(1);
        let first = self.to.first().map_or("", String::as_str);
        let more = if more == 0 { String::new() } else { format!(" +{more}") };
        format!("{first}{more} ({})", self.server())
    }

    /// The server with its port.
    #[must_use]
    pub fn server(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// The e-mail about a message. `None` when the account is damaged or lacks its password.
    pub(super) fn mail(&self, password: Option<&str>, id: &str, message: &Message) -> Option<Mail> {
        let from: Mailbox = self.from.parse().ok()?;
        let to: Vec<Mailbox> = self.to.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?;
        if self.user.is_some() && password.is_none() {
            return None;
        }
        Some(Mail {
            account: self.clone(),
            password: password.filter(|_| self.user.is_some()).map(str::to_owned),
            letter: render::letter(&from, &to, (&self.stem, id), message)?,
            from: from.email,
            to: to.into_iter().map(|mailbox| mailbox.email).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> ChannelForm {
        ChannelForm {
            target: "smtp.example.org".into(),
            from: "duplistatus <backup@example.org>".into(),
            to: "anna@example.org, Otto <otto@example.org>\nanna@example.org".into(),
            ..ChannelForm::default()
        }
    }

    fn refused(change: impl FnOnce(&mut ChannelForm)) -> &'static str {
        let mut form = form();
        change(&mut form);
        Account::new(&form).unwrap_err().field
    }

    #[test]
    fn the_port_is_the_usual_one_of_the_protection() {
        let of = |security: &str, port: &str| {
            let form = ChannelForm { security: security.into(), port: port.into(), ..form() };
            Account::new(&form).unwrap().port
        };
        assert_eq!([of("plain", ""), of("starttls", ""), of("tls", ""), of("", "")], [25, 587, 465, 587]);
        assert_eq!(of("tls", " 2465 "), 2465);
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        assert_eq!(refused(|form| form.target = String::new()), "target");
        assert_eq!(refused(|form| form.target = "smtp.example.org:587".into()), "target");
        assert_eq!(refused(|form| form.target = "smtp://smtp.example.org".into()), "target");
        assert_eq!(refused(|form| form.target = "user@smtp.example.org".into()), "target");
        assert_eq!(refused(|form| form.port = "0".into()), "port");
        assert_eq!(refused(|form| form.port = "70000".into()), "port");
        assert_eq!(refused(|form| form.security = "ssl".into()), "security");
        assert_eq!(refused(|form| form.user = "anna".into()), "token");
        assert_eq!(refused(|form| form.from = "nobody".into()), "from");
        assert_eq!(refused(|form| form.from = "a@example.org\r\nBcc: b@example.org".into()), "from");
        assert_eq!(refused(|form| form.to = " , ".into()), "to");
        assert_eq!(refused(|form| form.to = "anna".into()), "to");
        let many = (0..21).map(|i| format!("a{i}@example.org")).collect::<Vec<_>>().join(",");
        assert_eq!(refused(|form| form.to = many), "to");
        assert_eq!(refused(|form| form.ca = "not a certificate".into()), "ca");
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
        assert_eq!(refused(|form| form.ca = broken.into()), "ca");
    }

    #[test]
    fn servers_are_named_as_urls_name_them() {
        let host = |text: &str| host(text).unwrap();
        assert_eq!(host(" SMTP.Example.org "), "smtp.example.org");
        assert_eq!(host("bücher.example"), "xn--bcher-kva.example");
        assert_eq!((host("::1"), host("[::1]")), ("::1".into(), "::1".into()));
        // A way to write 127.0.0.1 that a check of addresses must see through.
        assert_eq!(host("0x7f.1"), "127.0.0.1");
    }

    #[test]
    fn a_recipient_is_named_once_and_the_others_are_counted() {
        let account = Account::new(&form()).unwrap();
        assert_eq!(account.to, ["anna@example.org", "Otto <otto@example.org>"]);
        assert_eq!(account.target(), "anna@example.org +1 (smtp.example.org:587)");
        let again = Account::new(&account.form()).unwrap();
        assert_eq!(again, account);
    }
}
