//! What a form may say about an account.

use lettre::message::Mailbox;
use reqwest::Url;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::notify::InvalidChannel;

/// An address, with or without a name.
pub(super) fn mailbox(field: &'static str, text: &str) -> Result<Mailbox, InvalidChannel> {
    let hint = "enter an e-mail address as anna@example.org or Anna <anna@example.org>";
    let invalid = InvalidChannel { field, hint };
    if text.chars().any(char::is_control) || text.len() > 320 {
        return Err(invalid);
    }
    text.trim().parse().map_err(|_| invalid)
}

/// The name or address of a server, in the form that URLs have it.
pub(super) fn host(text: &str) -> Result<String, InvalidChannel> {
    let hint = "enter the name of the SMTP server as smtp.example.org; the port has a field of its own";
    let invalid = || InvalidChannel { field: "target", hint };
    let text = text.trim();
    // A URL is read without its line breaks.
    if text.chars().any(char::is_control) {
        return Err(invalid());
    }
    let is_v6 = text.parse::<std::net::Ipv6Addr>().is_ok();
    let url = if is_v6 { format!("http://[{text}]/") } else { format!("http://{text}/") };
    let url = Url::parse(&url).map_err(|_| invalid())?;
    let is_host_only = url.path() == "/"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && !text.contains(['/', '\\', '@'])
        && (is_v6 || !text.contains(':') || text.starts_with('['));
    let host = url.host_str().filter(|_| is_host_only).ok_or_else(invalid)?;
    Ok(host.trim_start_matches('[').trim_end_matches(']').to_owned())
}

/// The certificates of an own authority; none when the field is empty.
pub(super) fn authority(text: &str) -> Result<Option<String>, InvalidChannel> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let hint = "paste the certificate of the authority as PEM: from “-----BEGIN CERTIFICATE-----” to “-----END CERTIFICATE-----”";
    let invalid = || InvalidChannel { field: "ca", hint };
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(text.as_bytes()) {
        let certificate = certificate.map_err(|_| invalid())?;
        store.add(certificate).map_err(|_| invalid())?;
    }
    // A private key does not belong here, and would be stored in clear.
    if store.is_empty() || text.contains("PRIVATE KEY") {
        return Err(invalid());
    }
    Ok(Some(text.to_owned()))
}
