//! Each check in both states.

use std::sync::Arc;

use super::*;
use crate::{
    crypto::SecretKeys,
    db::tables::{api_keys::NewApiKey, login_failures::FailureRecord, users as user_rows, users::UserPatch},
    service::{
        Options, ingest_keys, settings,
        settings::Settings,
        testing::{NOON, TestResult, at, services},
        users,
    },
};

const ME: Actor = Actor::CommandLine;

/// Returns the checks for a remote request with TLS.
async fn facts(services: &Services) -> Result<Vec<Check>, Error> {
    let around = RequestEnvironment { secure: true, url_is_fixed: true, ..RequestEnvironment::default() };
    Ok(overview(services, &ME, &around).await?.checks)
}

/// Returns the selected check.
async fn one(services: &Services, pick: fn(&Fact) -> bool) -> Result<(State, Fact), Error> {
    let found = facts(services).await?.into_iter().find(|check| pick(&check.fact));
    found.map(|check| (check.state, check.fact)).ok_or(Error::NotFound)
}

async fn add(services: &Services, name: &str, role: Role) -> Result<UserId, Error> {
    Ok(users::create(services, &ME, name, role, Some("violet teapot under bridges".to_owned().into()))
        .await?
        .0)
}

async fn patch(services: &Services, id: UserId, patch: UserPatch) -> TestResult {
    let now = services.clock.now();
    services.db.write(move |tx| user_rows::change(tx.conn, id, &patch, now)).await?;
    Ok(())
}

async fn api_key(
    services: &Services,
    owner: UserId,
    name: &str,
    scope: Scope,
    days: Option<i64>,
) -> TestResult {
    let now = services.clock.now();
    let new = NewApiKey {
        user_id: owner.0,
        name: name.into(),
        hash: name.into(),
        prefix: "dsk_abc".into(),
        scope: scope.as_str(),
        created_at: now.to_string(),
        expires_at: days.map(|days| now.plus(days * DAY).to_string()),
    };
    services.db.write(move |tx| new.save(tx.conn).map(drop)).await?;
    Ok(())
}

#[tokio::test]
async fn the_worst_comes_first_and_only_administrators_see_it() -> TestResult {
    let (_folder, services) = services()?;
    let checks = facts(&services).await?;
    assert!(checks.is_sorted_by_key(|check| check.state));
    assert_eq!(checks.first().map(|check| &check.fact), Some(&Fact::OpenIngest { on: true }));
    let guest = Actor::Guest { address: String::new() };
    assert!(matches!(
        overview(&services, &guest, &RequestEnvironment::default()).await,
        Err(Error::Forbidden)
    ));
    Ok(())
}

#[tokio::test]
async fn the_request_says_how_it_came() -> TestResult {
    let (_folder, mut services) = services()?;
    let options = Options { listening: Some(([0, 0, 0, 0], 9666).into()), ..Options::default() };
    services.options = Arc::new(options);
    let ask = |around: RequestEnvironment| {
        let services = services.clone();
        async move {
            let checks = overview(&services, &ME, &around).await?.checks;
            let state =
                |pick: fn(&Fact) -> bool| checks.iter().find(|check| pick(&check.fact)).map(|c| c.state);
            Ok::<_, Error>([
                state(|fact| matches!(fact, Fact::OpenIngest { .. })),
                state(|fact| matches!(fact, Fact::Transport { .. })),
                state(|fact| matches!(fact, Fact::UnknownProxy { .. })),
                state(|fact| matches!(fact, Fact::PublicUrl { .. })),
                state(|fact| matches!(fact, Fact::Listening { .. })),
            ])
        }
    };
    let (weak, advice, ok) = (Some(State::Weak), Some(State::Advice), Some(State::Ok));
    assert_eq!(ask(RequestEnvironment::default()).await?, [ok, weak, ok, advice, ok]);
    let here = RequestEnvironment { local: true, ..RequestEnvironment::default() };
    assert_eq!(ask(here).await?, [ok, ok, ok, ok, ok]);
    let proxied = RequestEnvironment {
        secure: true,
        via_proxy: true,
        url_is_fixed: true,
        unknown_proxy: Some("192.0.2.1".into()),
        ..RequestEnvironment::default()
    };
    assert_eq!(ask(proxied).await?, [ok, ok, advice, ok, advice]);
    Ok(())
}

#[tokio::test]
async fn people_are_counted_while_they_may_sign_in() -> TestResult {
    let (_folder, services) = services()?;
    let second_factor = |fact: &Fact| matches!(fact, Fact::SecondFactor(_));
    let administrators = |fact: &Fact| matches!(fact, Fact::Administrators { .. });
    let ada = add(&services, "ada", Role::Administrator).await?;
    add(&services, "vera", Role::Viewer).await?;
    assert_eq!(one(&services, administrators).await?, (State::Advice, Fact::Administrators { count: 1 }));
    let ben = add(&services, "ben", Role::Administrator).await?;
    assert_eq!(one(&services, administrators).await?, (State::Ok, Fact::Administrators { count: 2 }));

    let confirmed = || UserPatch { totp_confirmed_at: Some(Some("x".into())), ..UserPatch::default() };
    patch(&services, ada, confirmed()).await?;
    let half = Fact::SecondFactor(Share { some: 1, of: 2 });
    assert_eq!(one(&services, second_factor).await?, (State::Weak, half));
    patch(&services, ben, confirmed()).await?;
    assert_eq!(one(&services, second_factor).await?.0, State::Ok);

    let carl = add(&services, "carl", Role::Administrator).await?;
    assert_eq!(one(&services, second_factor).await?.0, State::Weak);
    users::set_disabled(&services, &ME, carl, true).await?;
    assert_eq!(one(&services, second_factor).await?.0, State::Ok);
    Ok(())
}

#[tokio::test]
async fn a_temporary_password_may_wait_for_a_day() -> TestResult {
    let (_folder, services) = services()?;
    let temporary = |fact: &Fact| matches!(fact, Fact::TemporaryPasswords { .. });
    users::create(&services, &ME, "jo", Role::Viewer, None).await?;
    assert_eq!(one(&services, temporary).await?.0, State::Ok);
    at(&services, DAY + 1);
    let old = (State::Weak, Fact::TemporaryPasswords { count: 1 });
    assert_eq!(one(&services, temporary).await?, old);
    Ok(())
}

#[tokio::test]
async fn failed_sign_ins_and_blocked_accounts_are_told() -> TestResult {
    let (_folder, services) = services()?;
    let failed = |fact: &Fact| matches!(fact, Fact::FailedSignIns { .. });
    add(&services, "jo", Role::Viewer).await?;
    let stranger = Actor::Anonymous { address: "203.0.113.9".into() };
    for _ in 0..9 {
        crate::service::audit::note(
            &services,
            &stranger,
            crate::service::audit::Entry::new("session.begin").failed(),
        )
        .await?;
    }
    assert_eq!(one(&services, failed).await?, (State::Ok, Fact::FailedSignIns { failures: 9, blocked: 0 }));
    let blocked = FailureRecord {
        account: account_key("jo"),
        failures: 9,
        last_at: services.clock.now().to_string(),
        blocked_until: Some(services.clock.now().plus(900).to_string()),
    };
    services.db.write(move |tx| login_failures::save(tx.conn, &blocked)).await?;
    assert_eq!(
        one(&services, failed).await?,
        (State::Advice, Fact::FailedSignIns { failures: 9, blocked: 1 })
    );
    at(&services, DAY + 1);
    assert_eq!(one(&services, failed).await?, (State::Ok, Fact::FailedSignIns { failures: 0, blocked: 0 }));
    Ok(())
}

#[tokio::test]
async fn api_keys_that_can_much_last_long_or_lie_about() -> TestResult {
    let (_folder, services) = services()?;
    let admin = |fact: &Fact| matches!(fact, Fact::AdminKeys { .. });
    let endless = |fact: &Fact| matches!(fact, Fact::EndlessKeys(_));
    let unused = |fact: &Fact| matches!(fact, Fact::UnusedApiKeys(_));
    let jo = add(&services, "jo", Role::Administrator).await?;
    assert_eq!(one(&services, admin).await?.0, State::Ok);
    api_key(&services, jo, "widget", Scope::Read, Some(400)).await?;
    assert_eq!(one(&services, endless).await?.0, State::Ok);
    api_key(&services, jo, "script", Scope::Admin, Some(400)).await?;
    assert_eq!(one(&services, admin).await?, (State::Advice, Fact::AdminKeys { count: 1, endless: 0 }));
    api_key(&services, jo, "old script", Scope::Admin, None).await?;
    assert_eq!(one(&services, admin).await?, (State::Weak, Fact::AdminKeys { count: 2, endless: 1 }));
    api_key(&services, jo, "board", Scope::Read, None).await?;
    let board = Fact::EndlessKeys(Share { some: 1, of: 2 });
    assert_eq!(one(&services, endless).await?, (State::Advice, board));
    assert_eq!(one(&services, unused).await?.0, State::Ok);
    at(&services, UNUSED + 1);
    let all = Fact::UnusedApiKeys(Share { some: 4, of: 4 });
    assert_eq!(one(&services, unused).await?, (State::Advice, all));
    at(&services, 401 * DAY);
    assert_eq!(one(&services, admin).await?, (State::Weak, Fact::AdminKeys { count: 1, endless: 1 }));
    users::set_disabled(&services, &ME, add(&services, "kim", Role::Administrator).await?, false).await?;
    users::set_disabled(&services, &ME, jo, true).await?;
    assert_eq!(one(&services, admin).await?.0, State::Ok, "its owner may not sign in");
    Ok(())
}

#[tokio::test]
async fn ingest_keys_for_all_unused_and_replaced() -> TestResult {
    let (_folder, services) = services()?;
    let site = |fact: &Fact| matches!(fact, Fact::SiteKeys(_));
    let unused = |fact: &Fact| matches!(fact, Fact::UnusedIngestKeys(_));
    let replaced = |fact: &Fact| matches!(fact, Fact::ReplacedKeys { .. });
    let nas = ingest_keys::create(&services, &ME, "nas").await?;
    assert_eq!(one(&services, site).await?, (State::Ok, Fact::SiteKeys(Share { some: 0, of: 1 })));
    let any = ingest_keys::create(&services, &ME, "").await?;
    assert_eq!(one(&services, site).await?.0, State::Advice);
    ingest_keys::revoke(&services, &ME, any.id).await?;
    assert_eq!(one(&services, site).await?.0, State::Ok);

    assert_eq!(one(&services, replaced).await?.0, State::Ok);
    ingest_keys::rotate(&services, &ME, nas.id).await?;
    let (state, fact) = one(&services, replaced).await?;
    let until = services.zone.moment(Timestamp::from_unix(NOON + 7 * DAY));
    assert_eq!((state, fact), (State::Advice, Fact::ReplacedKeys { count: 1, until: Some(until) }));

    assert_eq!(one(&services, unused).await?.0, State::Ok);
    at(&services, UNUSED + 1);
    let new_one = Fact::UnusedIngestKeys(Share { some: 1, of: 1 });
    assert_eq!(one(&services, unused).await?, (State::Advice, new_one));
    assert_eq!(one(&services, replaced).await?.0, State::Ok, "it is over");
    Ok(())
}

#[tokio::test]
async fn a_lost_key_and_what_it_sealed() -> TestResult {
    let (folder, mut services) = services()?;
    let home = |fact: &Fact| matches!(fact, Fact::SecretKey { .. });
    let secrets = |fact: &Fact| matches!(fact, Fact::UnreadableSecrets(_));
    let jo = add(&services, "jo", Role::Viewer).await?;
    let sealed = services.secrets.seal(totp_place(jo), &"a secret".to_owned().into())?;
    patch(&services, jo, UserPatch { totp_secret: Some(Some(sealed)), ..UserPatch::default() }).await?;
    assert_eq!(one(&services, secrets).await?.0, State::Ok);
    assert_eq!(one(&services, home).await?, (State::Advice, Fact::SecretKey { home: KeyHome::File }));
    let given = "00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210".to_owned();
    services.secrets = SecretKeys::load(folder.path(), Some(given.into()))?.into();
    assert_eq!(one(&services, home).await?, (State::Ok, Fact::SecretKey { home: KeyHome::Environment }));
    services.secrets = SecretKeys::none().into();
    assert_eq!(one(&services, home).await?, (State::Weak, Fact::SecretKey { home: KeyHome::Missing }));
    let lost = Fact::UnreadableSecrets(Share { some: 1, of: 1 });
    assert_eq!(one(&services, secrets).await?, (State::Weak, lost));
    Ok(())
}

#[tokio::test]
async fn settings_and_lifetimes() -> TestResult {
    let (_folder, mut services) = services()?;
    let states = |checks: Vec<Check>| {
        let of = |pick: fn(&Fact) -> bool| checks.iter().find(|c| pick(&c.fact)).map(|c| c.state);
        [
            of(|fact| matches!(fact, Fact::LocalReadApi { .. })),
            of(|fact| matches!(fact, Fact::PrivateNetworks { .. })),
            of(|fact| matches!(fact, Fact::AuditRetention { .. })),
            of(|fact| matches!(fact, Fact::Sessions { .. })),
        ]
    };
    assert_eq!(states(facts(&services).await?), [Some(State::Ok); 4]);
    let open =
        Settings { local_read_api: true, audit_days: 30, private_networks: true, ..Settings::default() };
    settings::change(&services, &ME, open).await?;
    services.options = Arc::new(Options { session_idle: 60 * DAY, ..Options::default() });
    assert_eq!(states(facts(&services).await?), [Some(State::Advice); 4]);
    Ok(())
}
