//! Browsers that users subscribe, with a push service on loopback: what it gets is read with the key of the browser, and its signature is
//! verified.

use std::sync::{Arc, Mutex};

use super::{
    channels, push,
    tests::{dispatch, run},
};
use crate::{
    access::Role,
    db::tables::{channels as rows, settings},
    dto::{channel::ChannelForm, push::PushForm},
    error::Error,
    ids::{ChannelId, UserId},
    notify::push_testing::{Browser, verified},
    outgoing::testing::Server,
    service::{
        Actor, Services,
        settings::imported::{PUSH_KEY, is_sealed_key},
        testing::{
            TestResult,
            accounts::{add, sign_in, who},
            services,
        },
        users,
    },
    topic::Topic,
};

/// What a push service got: the head of the request, and its body.
type Pushed = Arc<Mutex<Vec<(Vec<String>, Vec<u8>)>>>;

/// A push service that answers with a status.
fn push_service() -> (Server, Pushed, Arc<Mutex<&'static str>>) {
    let (pushed, status) = (Pushed::default(), Arc::new(Mutex::new("201 Created")));
    let (kept, answers) = (pushed.clone(), status.clone());
    let server = Server::start_with_heads(move |head, body| {
        kept.lock().unwrap().push((head.to_vec(), body.to_vec()));
        let status = *answers.lock().unwrap();
        format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    });
    (server, pushed, status)
}

fn form(url: &str, browser: &Browser) -> PushForm {
    let keys = browser.keys("");
    PushForm {
        endpoint: format!("{url}/send/s3cret"),
        p256dh: keys.p256dh,
        auth: keys.auth,
        browser: "Firefox on Linux".into(),
        topics: vec![Topic::Failed, Topic::Recovered, Topic::System],
    }
}

async fn user(services: &Services, name: &str, role: Role) -> Result<(UserId, Actor), Error> {
    let id = add(services, name, role).await?;
    let token = sign_in(services, name).await?;
    Ok((id, who(services, &token).await?.ok_or(Error::Forbidden)?))
}

/// A service in the own network is permitted by an administrator.
async fn permit(services: &Services, id: ChannelId) -> TestResult {
    let row = services.db.read(move |conn| rows::find(conn, id)).await?;
    let form = ChannelForm {
        name: row.name.clone(),
        kind: "web_push".into(),
        topics: row.topics(),
        allows_private: true,
        is_enabled: true,
        ..ChannelForm::default()
    };
    channels::change(services, &Actor::System, id, form).await?;
    Ok(())
}

fn header<'h>(head: &'h [String], name: &str) -> &'h str {
    let of = |line: &'h String| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name));
    head.iter().find_map(of).map_or("", |(_, value)| value)
}

#[tokio::test]
async fn a_browser_gets_a_message_that_only_it_can_read_signed_by_the_site() -> TestResult {
    let (_folder, services) = services()?;
    let (server, pushed, _) = push_service();
    let (_, ada) = user(&services, "ada", Role::Viewer).await?;
    let page = push::page(&services, &ada).await?;
    assert!(page.browsers.is_empty() && !page.topics.contains(&Topic::System), "{page:?}");
    let browser = Browser::new();
    let id = push::subscribe(&services, &ada, form(&server.url, &browser)).await?;
    let row = services.db.read(move |conn| rows::find(conn, id)).await?;
    assert_eq!(
        (row.name.as_str(), row.topics()),
        ("ada: Firefox on Linux", vec![Topic::Failed, Topic::Recovered])
    );
    assert!(
        !row.config.contains("s3cret") && row.secrets.unwrap_or_default().starts_with("v1."),
        "{}",
        row.config
    );
    // The address comes from outside: what is in the own network is not reached.
    assert!(row.failure.is_some_and(|why| why.contains("private network")));
    run(&services, "photos", 0, "Error").await?;
    dispatch(&services).await?;
    assert_eq!(server.count(), 0);
    permit(&services, id).await?;
    run(&services, "mail", 7200, "Error").await?;
    dispatch(&services).await?;
    let (head, body) = pushed.lock().unwrap().remove(0);
    assert!(head[0].starts_with("POST /send/s3cret "), "{head:?}");
    assert_eq!((header(&head, "content-encoding"), header(&head, "urgency")), ("aes128gcm", "high"));
    let (claims, key) = verified(header(&head, "authorization"));
    assert_eq!(Some(key), page.key, "that with which the browser subscribed");
    assert_eq!(claims["aud"], server.url);
    let lasts = claims["exp"].as_i64().unwrap() - services.clock.now().unix();
    assert!((1..=86_400).contains(&lasts), "{lasts}");
    let said = browser.read(&body);
    assert_eq!(said["title"], "Failed: nas / mail");
    assert!(!said.to_string().contains("snooze"), "{said}");
    let shown = push::page(&services, &ada).await?.browsers.remove(0);
    assert!(shown.delivered.is_some() && shown.failing.is_none(), "{shown:?}");
    Ok(())
}

#[tokio::test]
async fn a_subscription_that_its_service_ended_is_removed_and_others_stay() -> TestResult {
    let (_folder, services) = services()?;
    let (server, pushed, status) = push_service();
    let (_, ada) = user(&services, "ada", Role::Administrator).await?;
    for (answer, stays) in [
        ("500 Internal Server Error", true),
        ("403 Forbidden", true),
        ("410 Gone", false),
        ("404 Not Found", false),
    ] {
        let id = push::subscribe(&services, &ada, form(&server.url, &Browser::new())).await?;
        permit(&services, id).await?;
        *status.lock().unwrap() = answer;
        let tried = push::test(&services, &ada, id).await?;
        assert!(!tried.worked && tried.answer == answer[..3], "{tried:?}");
        assert_eq!(push::page(&services, &ada).await?.browsers.len(), usize::from(stays), "{answer}");
    }
    assert_eq!(pushed.lock().unwrap().len(), 4);
    // The same when a message is sent, which is not tried again.
    *status.lock().unwrap() = "410 Gone";
    let id = push::subscribe(&services, &ada, form(&server.url, &Browser::new())).await?;
    permit(&services, id).await?;
    run(&services, "photos", 0, "Error").await?;
    dispatch(&services).await?;
    dispatch(&services).await?;
    assert_eq!(pushed.lock().unwrap().len(), 5);
    assert!(push::page(&services, &ada).await?.browsers.is_empty());
    let newest = super::all(&services, &Actor::System, Default::default()).await?.rows.remove(0);
    assert_eq!((newest.row.status.as_str(), newest.row.answer.as_deref()), ("failed", Some("410")));
    Ok(())
}

#[tokio::test]
async fn a_browser_belongs_to_the_user_who_subscribed_it_last() -> TestResult {
    let (_folder, services) = services()?;
    let (ada, bob) =
        (user(&services, "ada", Role::Viewer).await?, user(&services, "bob", Role::Viewer).await?);
    let endpoint = "https://1.1.1.1";
    let first = push::subscribe(&services, &ada.1, form(endpoint, &Browser::new())).await?;
    for result in [
        push::unsubscribe(&services, &bob.1, first).await.err(),
        push::test(&services, &bob.1, first).await.err(),
        push::unsubscribe(&services, &ada.1, ChannelId(99)).await.err(),
    ] {
        assert!(matches!(result, Some(Error::NotFound)), "{result:?}");
    }
    push::subscribe(&services, &bob.1, form(endpoint, &Browser::new())).await?;
    assert!(push::page(&services, &ada.1).await?.browsers.is_empty(), "another user signed in to it");
    let browsers = push::page(&services, &bob.1).await?.browsers;
    assert_eq!(browsers.len(), 1);
    push::unsubscribe(&services, &bob.1, browsers[0].id).await?;
    assert!(push::page(&services, &bob.1).await?.browsers.is_empty());
    for number in 0..10 {
        push::subscribe(&services, &ada.1, form(&format!("{endpoint}/{number}"), &Browser::new())).await?;
    }
    let many = push::subscribe(&services, &ada.1, form(endpoint, &Browser::new())).await;
    assert!(matches!(many, Err(Error::Invalid { field: "endpoint", .. })), "{many:?}");
    let none = PushForm { topics: vec![Topic::System], ..form(endpoint, &Browser::new()) };
    let refused = push::subscribe(&services, &bob.1, none).await;
    assert!(matches!(refused, Err(Error::Invalid { field: "topics", .. })), "{refused:?}");
    let refused = push::subscribe(&services, &bob.1, PushForm::default()).await;
    assert!(matches!(refused, Err(Error::Invalid { field: "endpoint", .. })), "{refused:?}");
    let refused = push::subscribe(&services, &Actor::System, form(endpoint, &Browser::new())).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    // Nothing is sent to who may not sign in.
    users::set_disabled(&services, &Actor::CommandLine, ada.0, true).await?;
    let left = services.db.read(rows::all).await?;
    assert!(left.is_empty(), "{:?}", left.iter().map(|row| &row.name).collect::<Vec<_>>());
    push::subscribe(&services, &bob.1, form(endpoint, &Browser::new())).await?;
    users::delete(&services, &Actor::CommandLine, bob.0).await?;
    assert!(services.db.read(rows::all).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn the_key_of_the_site_is_made_once_and_stored_encrypted() -> TestResult {
    let (_folder, services) = services()?;
    let (_, ada) = user(&services, "ada", Role::Viewer).await?;
    let first = push::page(&services, &ada).await?.key;
    assert_eq!(first.as_ref().map(String::len), Some(87), "a point of P-256");
    assert_eq!(push::page(&services, &ada).await?.key, first);
    let stored = services.db.read(|conn| settings::get(conn, PUSH_KEY)).await?.unwrap_or_default();
    assert!(stored.starts_with("v1.") && is_sealed_key(PUSH_KEY), "{stored}");
    Ok(())
}
