//! A file is applied whole or not at all, and an export is what an application makes.

use std::collections::BTreeMap;

use proptest::{
    prelude::{Just, Strategy, any, prop_oneof},
    sample::subsequence,
    strategy::ValueTree as _,
    test_runner::TestRunner,
};
use rstest::rstest;

use super::*;
use crate::{
    db::tables::{jobs, servers},
    noticing::rehearsal::Set,
    service::{
        Services,
        testing::{TestResult, accounts::actions, services},
    },
};

const ROOT: Actor = Actor::CommandLine;

/// Servers and jobs that have reported.
async fn reported(services: &Services, of: &[(String, Vec<String>)]) -> TestResult {
    let (of, now) = (of.to_vec(), services.clock.now());
    let work = services.db.write(move |tx| {
        for (server, names) in of {
            let id = servers::find_or_create(tx.conn, &server, now)?;
            for name in names {
                jobs::find_or_create(tx.conn, id, &name, None, now)?;
            }
        }
        Ok(())
    });
    Ok(work.await?)
}

async fn applied(services: &Services, file: &str) -> Result<Applied, ConfigurationError> {
    apply(services, &ROOT, file, false).await
}

const WHOLE: &str = r#"
[settings.retention]
days = 90
keep_last = 10

[site]
tolerance = "desktop"

[[groups]]
name = "Customer “A”"
monitoring = { schedule = { cron = "30 1 * * 1-5" } }

[[servers]]
name = "nas"
group = "customer “a”"
tags = ["home", "büro"]

[servers.monitoring]
zone = "Europe/Berlin"
checks_off = ["nothing_examined"]

[[jobs]]
server = "nas"
name = "photos"
tags = ["big"]
monitoring = { schedule = { every = "1D", at = "02:00" }, tolerance = "4h" }

[[jobs]]
server = "nas"
name = "later"

[[templates]]
topic = "failed"
title = "{server_name} failed"
body = "line 1\nline 2 \"quoted\""
"#;

#[tokio::test]
async fn a_dry_run_says_what_applying_does_and_a_second_time_there_is_nothing_to_do() -> TestResult {
    let (_folder, services) = services()?;
    reported(&services, &[("nas".into(), vec!["photos".into()])]).await?;
    let before = export(&services, &ROOT).await?;
    let dry = apply(&services, &ROOT, WHOLE, true).await?;
    assert_eq!(export(&services, &ROOT).await?, before, "a dry run writes nothing");
    assert!(actions(&services).await?.is_empty());
    let done = applied(&services, WHOLE).await?;
    assert_eq!(done, dry);
    let names: Vec<&str> = done.changes.iter().map(|change| change.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "setting retention.days",
            "setting retention.keep_last",
            "site",
            "group customer “a”",
            "server nas",
            "job nas / photos",
            "template failed all"
        ]
    );
    assert_eq!(done.waiting, ["job nas / later: it has not reported yet"]);
    assert_eq!(services.settings().retention_days, Some(90), "the running program has it too");
    let count = actions(&services).await?.len();
    assert!(actions(&services).await?.iter().any(|action| action == "configuration.apply"));
    assert_eq!(applied(&services, WHOLE).await?.changes, []);
    assert_eq!(actions(&services).await?.len(), count, "nothing changed, so nothing is recorded");
    Ok(())
}

#[tokio::test]
async fn a_mistake_in_the_last_entry_leaves_everything_as_it_was() -> TestResult {
    let (_folder, services) = services()?;
    let before = export(&services, &ROOT).await?;
    let wrong = WHOLE.replace("{server_name} failed", "{server_nam} failed");
    let Err(ConfigurationError::Mistake(mistake)) = applied(&services, &wrong).await else {
        return Err("it was applied".into());
    };
    assert_eq!(wrong.lines().nth(mistake.line - 1), Some("body = \"line 1\\nline 2 \\\"quoted\\\"\""));
    assert!(mistake.hint.contains("{server_nam}"), "{mistake}");
    assert_eq!(export(&services, &ROOT).await?, before);
    assert!(actions(&services).await?.is_empty());
    Ok(())
}

#[rstest]
#[case("[settings.retention]\ndays = 0", 2, 1, "a number from 1 to 36500, or off")]
#[case("[settings.retention]\nday = 9", 2, 1, "retention.keep_last")]
#[case("[site]\ntoleranze = '4h'", 2, 1, "tolerance")]
#[case("[site]\ntolerance = 4", 2, 13, "string")]
#[case("[site]\ntolerance = 'soon'", 2, 1, "use server, desktop")]
#[case("[site]\nschedule = { every = '1x' }", 2, 1, "1x")]
#[case("[site]\nzone = 'Berlin'", 2, 1, "Berlin")]
#[case("[site]\nchecks_off = ['all']", 2, 1, "use any of nothing_examined")]
#[case("[[servers]]\nname = 'a'\ngroup = 'b'", 3, 1, "no group “b”")]
#[case("[[servers]]\nname = 'a'\ntags = ['b,c']", 3, 1, "no comma")]
#[case("[[jobs]]\nname = 'a'", 1, 1, "missing field `server`")]
#[case("[[groups]]\nname = 'A'\n[[groups]]\nname = 'a'", 3, 1, "twice")]
#[case("[[groups]]\nname = 'A'\n[groups.monitoring]\ntolerance = 'x'", 4, 1, "use server, desktop")]
#[case("[[templates]]\ntopic = 'x'\ntitle = ''\nbody = ''", 1, 1, "no such topic")]
#[case("[[channel]]\nname = 'x'", 1, 3, "expected one of `settings`, `site`, `groups`")]
#[case("a = ", 1, 5, "")]
#[tokio::test]
async fn a_mistake_has_its_place(
    #[case] file: &str,
    #[case] line: usize,
    #[case] column: usize,
    #[case] hint: &str,
) -> TestResult {
    let (_folder, services) = services()?;
    match applied(&services, file).await {
        Err(ConfigurationError::Mistake(mistake)) => {
            assert!(mistake.hint.contains(hint), "{mistake}");
            assert_eq!((mistake.line, mistake.column), (line, column), "{mistake}");
            Ok(())
        }
        other => Err(format!("{other:?}").into()),
    }
}

#[tokio::test]
async fn the_example_of_the_documentation_is_applied() -> TestResult {
    let page = include_str!("../../../docs/how-to/configuration-as-code.md");
    let example = page.split("```toml").nth(1).and_then(|rest| rest.split("```").next());
    let (_folder, services) = services()?;
    reported(&services, &[("nas".into(), vec!["photos".into()])]).await?;
    let done = applied(&services, example.ok_or("there is no example")?).await?;
    assert_eq!((done.changes.len(), done.waiting), (7, Vec::new()));
    Ok(())
}

fn name() -> impl Strategy<Value = String> {
    "[a-zß“”\"'#\\]=€日.]{1,12}".prop_map(|text| text)
}

fn monitoring() -> impl Strategy<Value = Monitoring> {
    let every = ("[1-9]", prop_oneof![Just("D"), Just("W"), Just("M"), Just("h"), Just("m")]);
    let schedule = prop_oneof![
        Just(None),
        Just(Some(Set { none: true, ..Set::default() })),
        Just(Some(Set { cron: Some("0 4 * * 1".into()), ..Set::default() })),
        every.prop_map(|(number, unit)| {
            // A distance of minutes is at least one.
            Some(Set { every: Some(format!("{number}{unit}")), at: Some("02:30".into()), ..Set::default() })
        }),
    ];
    let tolerance = prop_oneof![
        Just(None),
        Just(Some("laptop".to_owned())),
        (1..300_i64).prop_map(|hours| Some(if hours % 24 == 0 {
            format!("{}D", hours / 24)
        } else {
            format!("{hours}h")
        })),
    ];
    let off = subsequence(vec!["nothing_examined".to_owned()], 0..=1);
    let zone = prop_oneof![Just(None), Just(Some("Asia/Kathmandu".to_owned()))];
    (schedule, tolerance, zone, off).prop_map(|(schedule, tolerance, zone, checks_off)| Monitoring {
        schedule,
        tolerance,
        zone,
        checks_off,
    })
}

fn configuration() -> impl Strategy<Value = Configuration> {
    let tags = proptest::collection::btree_set("[a-zé\"]{1,6}", 0..3);
    let job = (name(), tags.clone(), monitoring());
    let server = (any::<bool>(), tags, monitoring(), proptest::collection::vec(job, 0..3));
    let servers = proptest::collection::btree_map(name(), server, 1..4);
    (servers, name(), monitoring(), monitoring(), 1..500_i64, name()).prop_map(
        |(servers, group, of_group, site, days, words)| {
            let mut all = Configuration { site: Some(site), ..Configuration::default() };
            let days = BTreeMap::from([("days".to_owned(), toml::Value::Integer(days))]);
            all.settings.insert("retention".into(), days);
            for (name, (is_in, tags, monitoring, jobs)) in servers {
                let group = is_in.then(|| group.clone());
                for (job, tags, monitoring) in jobs {
                    let tags = tags.into_iter().collect();
                    if !all.jobs.iter().any(|known| known.server == name && known.name == job) {
                        all.jobs.push(Job { server: name.clone(), name: job, tags, monitoring });
                    }
                }
                let tags = tags.into_iter().collect();
                all.servers.push(Server { name, group, tags, monitoring });
            }
            all.groups.push(Group { name: group, monitoring: of_group });
            let body = format!("{words}\n\n{{details}} \t{words}\"\"\"'''");
            all.templates.push(Template { topic: "late".into(), kind: String::new(), title: words, body });
            all
        },
    )
}

#[tokio::test]
async fn an_export_applied_to_an_empty_instance_is_exported_alike() -> TestResult {
    let mut runner = TestRunner::deterministic();
    for _ in 0..24 {
        let wanted = configuration().new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
        let known: Vec<(String, Vec<String>)> = wanted
            .servers
            .iter()
            .map(|server| {
                let own = wanted.jobs.iter().filter(|job| job.server == server.name);
                (server.name.clone(), own.map(|job| job.name.clone()).collect())
            })
            .collect();
        let (_folder, first) = services()?;
        reported(&first, &known).await?;
        let file = text::write(&wanted)?;
        applied(&first, &file).await.map_err(|error| format!("{error}\n{file}"))?;
        let exported = export(&first, &ROOT).await?;
        for server in &wanted.servers {
            let name = toml::Value::String(server.name.clone()).to_string();
            let is_plain = server.group.is_none() && server.tags.is_empty() && server.monitoring.is_empty();
            assert!(is_plain || exported.contains(&name), "{name}\n{exported}");
        }
        assert_eq!(applied(&first, &exported).await?.changes, [], "{exported}");
        let (_folder, second) = services()?;
        reported(&second, &known).await?;
        applied(&second, &exported).await?;
        assert_eq!(export(&second, &ROOT).await?, exported);
    }
    Ok(())
}
