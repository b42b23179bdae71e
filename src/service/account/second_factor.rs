//! The second factor: set up, confirm, renew recovery codes, turn off.

use secrecy::{ExposeSecret as _, SecretString};

use super::{change_sign_in, prove};
use crate::{
    crypto::{qr, recovery, sealed::SealError, totp},
    db::{
        StoreError, StoreErrorKind,
        tables::{
            users,
            users::{UserPatch, UserRecord},
        },
    },
    dto::account::{Enrolment, SecondFactor},
    error::Error,
    service::{Actor, Services, audit, audit::Entry, rows::moment, session::totp_place},
    zone::Zone,
};

/// Returns the state of a user's second factor; `codes` is the number of unused recovery codes.
pub(super) fn state(
    services: &Services,
    zone: &Zone,
    user: &UserRecord,
    codes: i64,
) -> Result<SecondFactor, Error> {
    let Some(sealed) = user.totp_secret.as_deref() else { return Ok(SecondFactor::Off) };
    let secret = services.secrets.open(totp_place(user.id()), sealed).ok();
    Ok(match (moment(zone, user.totp_confirmed_at.as_deref()), secret) {
        (Some(since), Some(_)) => SecondFactor::On { since, recovery_codes_left: codes },
        (Some(_), None) => SecondFactor::Unreadable { recovery_codes_left: codes },
        (None, Some(secret)) => SecondFactor::Pending(enrolment(&secret, &user.name)?),
        // The secret cannot be read and was never confirmed: start again.
        (None, None) => SecondFactor::Off,
    })
}

fn enrolment(secret: &SecretString, name: &str) -> Result<Enrolment, Error> {
    let uri = totp::otpauth_uri(secret, name).map_err(Error::internal)?;
    let code = qr::qr_svg_path(uri.expose_secret()).map_err(Error::internal)?;
    let uri = uri.expose_secret().to_owned();
    Ok(Enrolment { secret: secret.expose_secret().to_owned(), uri, qr_size: code.size, qr_path: code.path })
}

/// Generates the secret of a second factor, which becomes active with [`confirm_second_factor`].
///
/// # Errors
/// [`Error::Credentials`] if the password is wrong; [`Error::Invalid`] if there is a second factor already.
pub async fn begin_second_factor(
    services: &Services,
    actor: &Actor,
    password: SecretString,
) -> Result<(), Error> {
    let identity = actor.person()?;
    prove(services, actor, identity, password).await?;
    let (id, name, who, now) = (identity.user, identity.name.clone(), actor.clone(), services.clock.now());
    let secret = totp::generate_secret()?;
    let secrets = services.secrets.clone();
    let begun = services
        .db
        .write(move |tx| {
            if users::find(tx.conn, id)?.has_second_factor() {
                return Ok(Ok(false));
            }
            let sealed = match secrets.seal(totp_place(id), &secret) {
                Ok(sealed) => sealed,
                Err(error) => return Ok(Err(error)),
            };
            let patch = UserPatch {
                totp_secret: Some(Some(sealed)),
                totp_confirmed_at: Some(None),
                totp_last_step: Some(None),
                ..UserPatch::default()
            };
            users::change(tx.conn, id, &patch, now)?;
            audit::record(tx, &who, now, Entry::new("second_factor.begin").on("user", id.0, name))?;
            Ok(Ok(true))
        })
        .await?;
    match begun {
        Ok(true) => Ok(()),
        Ok(false) => Err(invalid("turn off the current one first")),
        Err(error @ SealError::NoKey) => Err(invalid(&error.to_string())),
        Err(error) => Err(Error::internal(error)),
    }
}

fn invalid(hint: &str) -> Error {
    Error::Invalid { field: "second_factor", hint: hint.into() }
}

/// Turns on the second factor and returns its recovery codes, which are shown once. Other sessions end.
///
/// # Errors
/// [`Error::Credentials`] if the code is wrong; [`Error::Invalid`] if no setup was started.
pub async fn confirm_second_factor(
    services: &Services,
    actor: &Actor,
    code: &str,
) -> Result<Vec<String>, Error> {
    let identity = actor.person()?;
    let (id, now) = (identity.user, services.clock.now());
    let user = services.db.read(move |conn| users::find(conn, id)).await?;
    let sealed = user.totp_secret.filter(|_| user.totp_confirmed_at.is_none());
    let secret = sealed.as_deref().and_then(|sealed| services.secrets.open(totp_place(id), sealed).ok());
    let secret = secret.ok_or_else(nothing_begun)?;
    let step = totp::verify(&secret, code, now, None).ok_or(Error::Credentials)?;
    let (codes, hashes) = recovery_codes()?;
    let patch = UserPatch {
        totp_confirmed_at: Some(Some(now.to_string())),
        totp_last_step: Some(Some(step)),
        ..UserPatch::default()
    };
    change_sign_in(services, actor, "second_factor.on", move |tx, id, now| {
        let user = users::find(tx.conn, id)?;
        // Another page may have started again, with another secret than the confirmed one.
        if user.has_second_factor() || user.totp_secret != sealed {
            return Err(StoreError::new(
                StoreErrorKind::NotFound,
                "the setup of another second factor was started",
            ));
        }
        users::change(tx.conn, id, &patch, now)?;
        users::set_recovery_codes(tx.conn, id, &hashes)
    })
    .await
    .map_err(|error| match error {
        Error::NotFound => nothing_begun(),
        other => other,
    })?;
    Ok(codes)
}

fn nothing_begun() -> Error {
    invalid("there is no setup to confirm: start again")
}

/// Generates new recovery codes, which are shown once; the old ones stop working.
///
/// # Errors
/// [`Error::Credentials`] if the password is wrong; [`Error::Invalid`] if there is no second factor.
pub async fn renew_recovery_codes(
    services: &Services,
    actor: &Actor,
    password: SecretString,
) -> Result<Vec<String>, Error> {
    let identity = actor.person()?;
    prove(services, actor, identity, password).await?;
    let id = identity.user;
    if !services.db.read(move |conn| users::find(conn, id)).await?.has_second_factor() {
        return Err(invalid("turn it on first"));
    }
    let (codes, hashes) = recovery_codes()?;
    change_sign_in(services, actor, "second_factor.renew_codes", move |tx, id, _| {
        users::set_recovery_codes(tx.conn, id, &hashes)
    })
    .await?;
    Ok(codes)
}

fn recovery_codes() -> Result<(Vec<String>, Vec<String>), Error> {
    let codes: Vec<String> =
        recovery::generate()?.iter().map(|code| code.expose_secret().to_owned()).collect();
    let hashes = codes.iter().filter_map(|code| recovery::hash(code)).collect();
    Ok((codes, hashes))
}

/// Turns off the second factor. Other sessions end.
///
/// # Errors
/// [`Error::Credentials`] if the password is wrong.
pub async fn remove_second_factor(
    services: &Services,
    actor: &Actor,
    password: SecretString,
) -> Result<(), Error> {
    let identity = actor.person()?;
    prove(services, actor, identity, password).await?;
    let patch = UserPatch {
        totp_secret: Some(None),
        totp_confirmed_at: Some(None),
        totp_last_step: Some(None),
        ..UserPatch::default()
    };
    change_sign_in(services, actor, "second_factor.off", move |tx, id, now| {
        users::change(tx.conn, id, &patch, now)?;
        users::set_recovery_codes(tx.conn, id, &[])
    })
    .await
}
