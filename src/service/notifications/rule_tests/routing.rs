//! Rules, their preview, the history, and what a merge does to rules.

use super::*;

#[tokio::test]
async fn the_most_specific_rule_decides_and_nobody_is_possible() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    run(&services, "photos", 0, "Success").await?;
    run(&services, "mail", 0, "Success").await?;
    labels::set_of_server(&services, &ROOT, ServerId(1), "Müller", "").await?;
    add(&services, rule("site", "", &[two.ids[0]])).await?;
    run(&services, "photos", DAY, "Error").await?;
    dispatch(&services).await?;
    assert_eq!((two.family.titles().len(), two.boss.titles().len()), (1, 0));
    run(&services, "photos", DAY + HOUR, "Success").await?;
    let of_group = add(&services, rule("group", "müller", &[two.ids[1]])).await?;
    run(&services, "photos", 2 * DAY, "Error").await?;
    wait(&services, 2 * DAY + TOLD + 60).await?;
    assert_eq!(two.boss.titles(), ["Failed: nas / photos"]);
    // A job of a muted server that is told of all the same.
    add(&services, rule("server", "nas", &[])).await?;
    add(&services, rule("job", "nas/mail", &[two.ids[1]])).await?;
    run(&services, "photos", 3 * DAY, "Success").await?;
    run(&services, "photos", 4 * DAY, "Error").await?;
    run(&services, "mail", 4 * DAY, "Error").await?;
    wait(&services, 5 * DAY).await?;
    assert_eq!(two.boss.titles()[1..], ["Failed: nas / mail"]);
    let newest = history(&services, HistoryQuery::default()).await?.rows;
    let mute = newest.iter().find(|one| one.reason.as_deref() == Some("rule")).ok_or("no row")?;
    assert_eq!((mute.row.status.as_str(), mute.row.subject.as_str()), ("dropped", "nas / photos"));
    assert!(!mute.can_resend && mute.row.channel.is_empty());
    let page = rules::page(&services, &ROOT, RulesQuery::default()).await?;
    let order: Vec<&str> = page.rules.iter().map(|row| row.scope.as_str()).collect();
    assert_eq!(order, ["job", "server", "group", "site"]);
    assert_eq!(page.rules[2].name, "Müller");
    rules::delete(&services, &ROOT, of_group, "another").await.unwrap_err();
    rules::delete(&services, &ROOT, of_group, "Müller").await?;
    assert!(matches!(rules::delete(&services, &ROOT, of_group, "").await, Err(Error::NotFound)));
    let told: Vec<String> = trail(&services).await?.into_iter().map(|entry| entry.action).collect();
    assert!(told.iter().any(|action| action == "notification_rule.delete"), "{told:?}");
    Ok(())
}

#[tokio::test]
async fn a_rule_that_lost_its_channels_says_nothing_and_one_of_a_group_outlasts_the_group() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    run(&services, "photos", 0, "Success").await?;
    labels::set_of_server(&services, &ROOT, ServerId(1), "Cellar", "old").await?;
    add(&services, rule("tag", "OLD", &[two.ids[1]])).await?;
    let of_group = add(&services, rule("group", "Cellar", &[])).await?;
    labels::set_of_server(&services, &ROOT, ServerId(1), "", "").await?;
    let page =
        rules::page(&services, &ROOT, RulesQuery { rule: Some(of_group), ..RulesQuery::default() }).await?;
    assert_eq!((page.rules.len(), page.form.name.as_str()), (2, "cellar"));
    // It can be changed although nothing is in the group, and no new one can be made for a name that nothing has.
    rules::save(&services, &ROOT, Some(of_group), page.form).await?;
    let error = add(&services, rule("group", "attic", &[])).await.unwrap_err();
    assert!(error.to_string().contains("there is no group “attic”"), "{error}");
    run(&services, "photos", DAY, "Error").await?;
    dispatch(&services).await?;
    assert_eq!((two.family.titles().len(), two.boss.titles().len()), (1, 1), "both are told by default");
    run(&services, "photos", 2 * DAY, "Success").await?;
    dispatch(&services).await?;
    labels::set_of_server(&services, &ROOT, ServerId(1), "", "old").await?;
    channels::delete(&services, &ROOT, two.ids[1], "boss").await?;
    let page = rules::page(&services, &ROOT, RulesQuery::default()).await?;
    assert!(page.rules.iter().any(|row| row.scope == "tag" && row.is_void()), "{:?}", page.rules);
    run(&services, "photos", 3 * DAY, "Error").await?;
    dispatch(&services).await?;
    assert_eq!(
        two.family.titles().len(),
        3,
        "the rule of the tag tells nobody, and is not a rule that mutes"
    );
    Ok(())
}

#[tokio::test]
async fn fields_that_cannot_be_used_are_named() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    let site = || rule("site", "", &two.ids);
    for (form, field) in [
        (RuleForm { topics: Vec::new(), ..site() }, "topics"),
        (RuleForm { channels: Vec::new(), ..site() }, "channels"),
        (RuleForm { channels: vec![ChannelId(99)], ..site() }, "channels"),
        (RuleForm { tells: "all".into(), ..site() }, "tells"),
        (RuleForm { delay: "-1".into(), ..site() }, "delay"),
        (RuleForm { delay: "soon".into(), ..site() }, "delay"),
        (RuleForm { reminder: "hourly".into(), ..site() }, "reminder"),
        (RuleForm { after: "0".into(), others: two.ids.to_vec(), ..site() }, "after"),
        (RuleForm { after: "4".into(), ..site() }, "others"),
        (RuleForm { others: two.ids.to_vec(), ..site() }, "after"),
        (RuleForm { scope: "planet".into(), ..site() }, "scope"),
        (rule("server", "nas", &two.ids), "name"),
        (rule("job", "nas / photos", &two.ids), "name"),
        (rule("tag", "", &two.ids), "name"),
    ] {
        match add(&services, form.clone()).await {
            Err(Error::Invalid { field: named, .. }) => assert_eq!(named, field, "{form:?}"),
            other => panic!("{form:?}: {other:?}"),
        }
    }
    let night = || HoursForm {
        from: "22:00".into(),
        to: "07:00".into(),
        weekdays: vec!["mon".into()],
        reminder: "none".into(),
        ..HoursForm::default()
    };
    let every = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(str::to_owned).to_vec();
    for (form, field) in [
        (HoursForm { from: String::new(), ..night() }, "from"),
        (HoursForm { to: "25:00".into(), ..night() }, "to"),
        (HoursForm { weekdays: Vec::new(), ..night() }, "weekdays"),
        (HoursForm { weekdays: vec!["noday".into()], ..night() }, "weekdays"),
        (HoursForm { zone: "Moon/Crater".into(), ..night() }, "zone"),
        (HoursForm { reminder: "hourly".into(), ..night() }, "reminder"),
        (HoursForm { to: "22:00".into(), weekdays: every, ..night() }, "to"),
    ] {
        match rules::set_hours(&services, &ROOT, two.ids[0], form.clone()).await {
            Err(Error::Invalid { field: named, .. }) => assert_eq!(named, field, "{form:?}"),
            other => panic!("{form:?}: {other:?}"),
        }
    }
    assert!(matches!(rules::set_hours(&services, &ROOT, ChannelId(99), night()).await, Err(Error::NotFound)));
    let guest = Actor::Guest { address: String::new() };
    assert!(guest.may(Permission::ViewBackups).is_ok());
    assert!(matches!(rules::save(&services, &guest, None, site()).await, Err(Error::Forbidden)));
    assert!(matches!(rules::page(&services, &guest, RulesQuery::default()).await, Err(Error::Forbidden)));
    assert!(matches!(resend(&services, &guest, 1).await, Err(Error::Forbidden)));
    Ok(())
}

#[tokio::test]
async fn a_row_is_sent_once_more_and_the_list_is_filtered() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    run(&services, "photos", 0, "Error").await?;
    dispatch(&services).await?;
    let of_boss = || HistoryQuery { channel: Some(two.ids[1]), ..HistoryQuery::default() };
    let row = history(&services, of_boss()).await?.rows.remove(0);
    assert!(row.can_resend && row.row.status == "sent");
    at(&services, DAY);
    resend(&services, &ROOT, row.row.id).await?;
    resend(&services, &ROOT, row.row.id).await?;
    dispatch(&services).await?;
    assert_eq!(
        (two.family.titles().len(), two.boss.titles().len()),
        (1, 2),
        "once, however often it is asked for"
    );
    assert!(matches!(resend(&services, &ROOT, 999).await, Err(Error::NotFound)));
    let count = async |query: HistoryQuery| history(&services, query).await.map(|page| page.paging.total);
    let all = HistoryQuery::default;
    assert_eq!(count(all()).await?, 3);
    assert_eq!(count(of_boss()).await?, 2);
    assert_eq!(count(HistoryQuery { status: "failed".into(), ..all() }).await?, 0);
    assert_eq!(count(HistoryQuery { status: "sent".into(), ..all() }).await?, 3);
    assert_eq!(count(HistoryQuery { topic: Some(Topic::Failed), ..all() }).await?, 3);
    assert_eq!(count(HistoryQuery { topic: Some(Topic::Late), ..all() }).await?, 0);
    assert_eq!(count(HistoryQuery { server: "nas".into(), ..all() }).await?, 3);
    assert_eq!(count(HistoryQuery { server: "none".into(), ..all() }).await?, 0);
    let tomorrow = Some("2026-11-24".parse()?);
    assert_eq!(count(HistoryQuery { from: tomorrow, ..all() }).await?, 1);
    assert_eq!(count(HistoryQuery { to: Some("2026-11-23".parse()?), ..all() }).await?, 2);
    let entries = trail(&services).await?;
    assert!(entries.iter().any(|entry| entry.action == "notification.resend"));
    // Who was told stands in the timeline.
    let query = IncidentQuery { filter: IncidentFilter::Open, ..IncidentQuery::default() };
    let open = incidents::list(&services, &ROOT, query).await?.rows;
    let told: Vec<_> =
        open[0].timeline.iter().map(|entry| (entry.event.as_str(), entry.actor.clone())).collect();
    assert_eq!(told[0].0, "opened");
    assert_eq!(told.iter().filter(|(event, _)| *event == "told").count(), 3, "{told:?}");
    Ok(())
}

#[tokio::test]
async fn a_rule_is_rehearsed_before_it_is_saved() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    for day in 0..4 {
        run(&services, "photos", day * DAY, if day % 2 == 0 { "Error" } else { "Success" }).await?;
    }
    at(&services, 10 * DAY);
    let tried = async |form: RuleForm| {
        let query = RulesQuery { form: Some(form), ..RulesQuery::default() };
        rules::page(&services, &ROOT, query).await.map(|page| page.preview)
    };
    let messages = |tried: &[(&str, i64)], stored| {
        let tried = tried.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        Some(RulePreview::Messages { days: 30, tried, stored })
    };
    let only = rule("job", "nas / photos", &[two.ids[1]]);
    assert_eq!(tried(only.clone()).await?, messages(&[("boss", 4)], 8));
    assert_eq!(tried(RuleForm { delay: "1440".into(), ..only.clone() }).await?, messages(&[], 8));
    assert_eq!(tried(rule("server", "nas", &[])).await?, messages(&[], 8));
    let wrong = tried(RuleForm { name: "nas / none".into(), ..only.clone() }).await?;
    assert!(matches!(wrong, Some(RulePreview::Invalid(field, _)) if field == "name"));
    // Nothing of it was stored, and a rule that is changed does not count twice.
    assert!(services.db.read(stored::all).await?.is_empty());
    let id = add(&services, only.clone()).await?;
    let query =
        RulesQuery { rule: Some(id), form: Some(rule("job", "nas / photos", &[])), ..RulesQuery::default() };
    let page = rules::page(&services, &ROOT, query).await?;
    assert_eq!((page.preview, page.changes), (messages(&[], 4), Some(id)));
    Ok(())
}

#[tokio::test]
async fn a_merge_never_tells_less_than_before() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    let [family, boss] = two.ids;
    for machine in ["old", "new"] {
        for job in ["Documents", machine] {
            let mut sent = report(&Timestamp::from_unix(NOON).to_string(), "Success");
            sent["Extra"]["machine-id"] = json!(machine);
            sent["Extra"]["machine-name"] = json!(machine);
            sent["Extra"]["backup-name"] = json!(job);
            at(&services, TOLD);
            send(&services, sent).await?;
        }
    }
    add(&services, rule("site", "", &[family])).await?;
    add(&services, rule("server", "old", &[boss])).await?;
    add(&services, rule("server", "old", &[])).await?;
    add(&services, rule("job", "old / Documents", &[])).await?;
    add(&services, rule("job", "old / old", &[])).await?;
    let id = |name: &'static str| servers::find_by_name(&services, &ROOT, name);
    servers::merge(&services, &ROOT, id("old").await?, id("new").await?).await?;
    let page = rules::page(&services, &ROOT, RulesQuery::default()).await?;
    let mut told: Vec<_> = page.rules.into_iter().map(|row| (row.scope, row.name, row.tells)).collect();
    told.sort();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            // A job that only the server had that is gone: it is as it was.
            ("job".to_owned(), "new / old".to_owned(), names(&[])),
            // The server that stays was told to the family by the rule of the site, and still is.
            ("server".to_owned(), "new".to_owned(), names(&["boss", "family"])),
            ("site".to_owned(), String::new(), names(&["family"])),
        ]
    );
    servers::delete(&services, &ROOT, id("new").await?).await?;
    let left: Vec<_> = services.db.read(stored::all).await?.into_iter().map(|rule| rule.place).collect();
    assert_eq!(left, [crate::notify::routing::Place::Site]);
    assert_eq!(services.db.read(rows::all).await?.len(), 2);
    Ok(())
}
