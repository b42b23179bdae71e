//! E-mail to an SMTP server. Its address is checked as those of HTTP requests are: the name is resolved first, and the connection is
//! opened to the addresses that were allowed, while TLS verifies the name.

use std::time::{Duration, Instant, SystemTime};

use lettre::{
    Address,
    message::header::Date,
    transport::smtp::{
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail as From, Rcpt},
        extension::{ClientId, Extension, MailParameter},
        response::Response,
    },
};

use super::{Outgoing, OutgoingError, RefusedAddress, error, resolver};
use crate::notify::{Mail, Security};

/// Time until the server has answered everything. Some let a client wait before they greet it.
const TOTAL: Duration = Duration::from_secs(45);
/// How a user can sign in.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// Why an e-mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The address of the server may not be reached.
    #[error(transparent)]
    Refused(OutgoingError),
    /// The name has no address.
    #[error("the name {0} cannot be resolved")]
    UnknownHost(String),
    /// No connection could be opened, or it broke.
    #[error("no connection to {server}: {reason}")]
    NoConnection {
        /// The server with its port.
        server: String,
        /// The innermost cause.
        reason: String,
    },
    /// The answers did not arrive in time.
    #[error("{server} did not respond within {} seconds", TOTAL.as_secs())]
    Timeout {
        /// The server with its port.
        server: String,
    },
    /// The certificate is not valid for this server, or its issuer is not trusted.
    #[error("the certificate of {server} is not trusted: {reason}")]
    Certificate {
        /// The server with its port.
        server: String,
        /// What is wrong with it.
        reason: String,
    },
    /// TLS parameters that cannot be used.
    #[error("the certificates cannot be used: {0}")]
    Tls(String),
    /// The server has no STARTTLS.
    #[error(
        "{0} does not offer STARTTLS, so nothing was sent: choose TLS, or no encryption if you trust the network"
    )]
    NoStartTls(String),
    /// The server offers no way to sign in.
    #[error(
        "{0} does not offer to sign in with a password: leave user and password empty, or use another port"
    )]
    NoLogin(String),
    /// The server cannot take addresses with letters beyond ASCII.
    #[error("{0} does not take addresses with letters beyond ASCII")]
    NoInternationalAddresses(String),
    /// The server said no.
    #[error("{answer}")]
    Rejected {
        /// Whether it would say the same again.
        is_permanent: bool,
        /// Its exact answer.
        answer: String,
    },
}

impl MailError {
    /// Whether another attempt is in vain as long as nobody changes anything.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Rejected { is_permanent, .. } => *is_permanent,
            Self::Refused(_)
            | Self::Tls(_)
            | Self::NoStartTls(_)
            | Self::NoLogin(_)
            | Self::NoInternationalAddresses(_) => true,
            Self::UnknownHost(_)
            | Self::NoConnection { .. }
            | Self::Timeout { .. }
            | Self::Certificate { .. } => false,
        }
    }
}

impl Outgoing {
    /// Sends an e-mail. Returns the server's answer; recipients that it refused are named there, unless it refused all.
    ///
    /// # Errors
    /// When nobody got it.
    pub async fn mail(&self, mail: &Mail) -> Result<String, MailError> {
        let (server, begun) = (mail.account.server(), Instant::now());
        let result = match tokio::time::timeout(TOTAL, self.hand_over(mail, &server)).await {
            Ok(result) => result,
            Err(_) => Err(MailError::Timeout { server: server.clone() }),
        };
        let ms = crate::units::milliseconds(begun.elapsed());
        match &result {
            Ok(answer) => tracing::debug!(server, answer, ms, "outgoing mail"),
            Err(error) => tracing::debug!(server, %error, ms, "outgoing mail"),
        }
        result
    }

    async fn hand_over(&self, mail: &Mail, server: &str) -> Result<String, MailError> {
        let explained = |error| explain(server, error);
        let mut connection = self.connect(mail, server).await?;
        let mut parameters = Vec::new();
        if !mail.from.to_string().is_ascii() || mail.to.iter().any(|to| !to.to_string().is_ascii()) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                connection.abort().await;
                return Err(MailError::NoInternationalAddresses(server.to_owned()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        connection.command(From::new(Some(mail.from.clone()), parameters)).await.map_err(explained)?;
        let mut refused: Vec<(&Address, MailError)> = Vec::new();
        for recipient in &mail.to {
            if let Err(error) = connection.command(Rcpt::new(recipient.clone(), Vec::new())).await {
                match explained(error) {
                    error @ MailError::Rejected { .. } => refused.push((recipient, error)),
                    broken => return Err(broken),
                }
            }
        }
        let named = |(address, error): &(&Address, MailError)| format!("{address}: {error}");
        let refusals = refused.iter().map(named).collect::<Vec<_>>().join("; ");
        if refused.len() == mail.to.len() {
            connection.abort().await;
            // Those who could get it later get it later.
            let is_permanent = refused.iter().all(|(_, error)| error.is_permanent());
            return Err(MailError::Rejected { is_permanent, answer: refusals });
        }
        connection.command(Data).await.map_err(explained)?;
        let mut letter = mail.letter.clone();
        letter.headers_mut().set(Date::from(SystemTime::now()));
        let response = connection.message(&letter.formatted()).await.map_err(explained)?;
        // It has the message, whatever it says now.
        let _ = connection.quit().await;
        let answer = said(&response);
        Ok(if refusals.is_empty() { answer } else { format!("{answer}; not delivered to {refusals}") })
    }

    /// Opens a connection, protects it and signs in.
    async fn connect(&self, mail: &Mail, server: &str) -> Result<AsyncSmtpConnection, MailError> {
        let explained = |error| explain(server, error);
        let account = &mail.account;
        let found = resolver::addresses(self.policy, &account.host, account.port).await;
        let addresses = found.map_err(|error| match error.downcast::<RefusedAddress>() {
            Ok(refused) => MailError::Refused(OutgoingError::refused(server.to_owned(), *refused)),
            Err(_) => MailError::UnknownHost(account.host.clone()),
        })?;
        let hello = ClientId::default();
        let wrapped = match account.security {
            Security::Tls => Some(tls(mail)?),
            Security::StartTls | Security::Plain => None,
        };
        let patience = Some(self.limits.connect);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(addresses.as_slice(), patience, &hello, wrapped, None)
                .await
                .map_err(explained)?;
        if account.security == Security::StartTls {
            if !connection.can_starttls() {
                connection.abort().await;
                return Err(MailError::NoStartTls(server.to_owned()));
            }
            connection.starttls(tls(mail)?, &hello).await.map_err(explained)?;
        }
        if let (Some(user), Some(password)) = (&account.user, &mail.password) {
            if connection.server_info().get_auth_mechanism(&MECHANISMS).is_none() {
                connection.abort().await;
                return Err(MailError::NoLogin(server.to_owned()));
            }
            let credentials = Credentials::new(user.clone(), password.clone());
            connection.auth(&MECHANISMS, &credentials).await.map_err(explained)?;
        }
        Ok(connection)
    }
}

/// What TLS verifies: the name of the server, by the certificates of the system and those of the account.
fn tls(mail: &Mail) -> Result<TlsParameters, MailError> {
    let unusable = |error: lettre::transport::smtp::Error| MailError::Tls(error::innermost(&error));
    let mut builder = TlsParameters::builder(mail.account.host.clone());
    if let Some(ca) = &mail.account.ca {
        builder = builder.add_root_certificate(Certificate::from_pem(ca.as_bytes()).map_err(unusable)?);
    }
    builder.build_rustls().map_err(unusable)
}

/// An answer in one line, with its code.
fn said(response: &Response) -> String {
    let lines: Vec<&str> = response.message().map(str::trim).filter(|line| !line.is_empty()).collect();
    format!("{} {}", response.code(), lines.join(" "))
}

fn explain(server: &str, source: lettre::transport::smtp::Error) -> MailError {
    let server = server.to_owned();
    if let Some(code) = source.status() {
        let words = std::error::Error::source(&source).map(ToString::to_string).unwrap_or_default();
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        return MailError::Rejected {
            is_permanent: source.is_permanent(),
            answer: format!("{code} {words}").trim_end().to_owned(),
        };
    }
    let causes = error::causes(&source);
    if let Some(rustls::Error::InvalidCertificate(reason)) = error::find(&causes) {
        return MailError::Certificate { server, reason: reason.to_string() };
    }
    MailError::NoConnection { server, reason: error::innermost(&source) }
}
