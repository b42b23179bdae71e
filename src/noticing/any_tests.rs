//! Whatever arrives, in whatever order: nothing panics, and the clock alone changes a verdict only when that was told before.

use proptest::prelude::*;

use super::{
    facts::{Facts, RUNS},
    incident::Track,
    live::Message,
    run::{Figures, Report},
    schedule::{Pattern, Period, Schedule, Weekdays, cron::Cron, local::HOUR},
    settings::{Settings, Span, Tolerance, Window},
    state::evaluate,
};
use crate::{outcome::RunOutcome, report::LiveState, status::Status, time::Timestamp, zone::Zone};

const START: i64 = 1_769_997_600;
const DAY: i64 = 86_400;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(START + seconds)
}

#[derive(Debug, Clone)]
enum Thing {
    Report(Box<Report>),
    Live(Message),
    Verified(bool),
}

fn report() -> impl Strategy<Value = Report> {
    let begin = prop_oneof![
        8 => (0..60_i64, 0..600_i64).prop_map(|(day, second)| day * DAY + second),
        2 => 0..60 * DAY,
        1 => prop_oneof![Just(-1_769_997_600_i64), Just(3_000_000_000), Just(-400 * DAY)],
    ];
    let figures =
        (prop::option::of(0..20_000_i64), prop::option::of(0..1_000_000_i64), prop::option::of(0..50_i64))
            .prop_map(|(files, size, versions)| Figures {
                files,
                size,
                versions,
                deleted: files,
                modified: versions,
                uploaded: size,
                stored: size,
                quota_free: size,
                quota_total: Some(900_000),
                ..Figures::default()
            });
    let next = prop::option::of(-DAY..3 * DAY);
    (
        begin,
        0..2 * DAY,
        prop_oneof![5 => 1..4000_i64, 1 => Just(0_i64), 1 => 0..2 * DAY],
        prop::sample::select(RunOutcome::ALL.to_vec()),
        figures,
        next,
        any::<bool>(),
    )
        .prop_map(|(begin, delay, duration, outcome, figures, next, mixes_jobs)| Report {
            begin: at(begin),
            received: at(begin.clamp(0, 60 * DAY) + duration + if delay % 5 == 0 { delay } else { 0 }),
            duration,
            status: if outcome.is_failure() { Status::Error } else { Status::Success },
            outcome,
            next: next.map(|next| at(begin + next)),
            figures,
            warnings: if delay % 7 == 0 { vec![format!("kind {}", delay % 3)] } else { Vec::new() },
            mixes_jobs,
        })
}

fn thing() -> impl Strategy<Value = Thing> {
    let live = (
        0..60 * DAY,
        0..DAY,
        prop::sample::select(vec![
            LiveState::Started,
            LiveState::Progress,
            LiveState::Completed,
            LiveState::Failed,
        ]),
    )
        .prop_map(|(received, since, state)| {
            Thing::Live(Message {
                state,
                started: (since % 4 > 0).then(|| at(received - since)),
                received: at(received),
            })
        });
    prop_oneof![8 => report().prop_map(|report| Thing::Report(Box::new(report))), 2 => live, 1 => any::<bool>().prop_map(Thing::Verified)]
}

fn settings() -> impl Strategy<Value = Settings> {
    let schedule = prop_oneof![
        3 => Just(None),
        1 => Just(Some(Schedule::Never)),
        1 => Just(Some(Schedule::Cron(Cron::parse("30 1 * * 1-5").unwrap()))),
        2 => (prop::sample::select(vec!["30m", "6h", "1D", "3D", "2W", "1M"]), prop::option::of(0..DAY), any::<bool>()).prop_map(|(every, at, week)| {
            let weekdays = week.then(|| Weekdays::NONE.with(0).with(3));
            Some(Schedule::Every { period: Period::parse(every).unwrap(), at, weekdays, anchor: None })
        }),
    ];
    let tolerance = prop::sample::select(vec![
        Tolerance::Server,
        Tolerance::Desktop,
        Tolerance::Laptop,
        Tolerance::Archive,
        Tolerance::Seconds(0),
        Tolerance::Seconds(7200),
    ]);
    let pauses = prop::collection::vec((0..80 * DAY, prop::option::of(0..10 * DAY)), 0..3);
    let zone = prop::sample::select(vec!["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"]);
    (schedule, tolerance, pauses, zone, any::<bool>(), prop::option::of(0..50 * DAY)).prop_map(
        |(schedule, tolerance, pauses, zone, has_window, announced)| {
            let mut settings = Settings::new(Zone::named(zone).unwrap());
            (settings.schedule, settings.tolerance, settings.announced) =
                (schedule, tolerance, announced.map(at));
            settings.pauses = pauses
                .into_iter()
                .map(|(from, length)| Span { from: at(from), until: length.map(|length| at(from + length)) })
                .collect();
            if has_window {
                let begins = Pattern::daily(at(0).utc_day(), HOUR, Weekdays::NONE.with(6));
                settings.windows.push(Window::Repeated { begins, length: 3 * HOUR, until: None });
            }
            settings
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_clock_changes_a_verdict_only_when_that_was_told(
        things in prop::collection::vec(thing(), 0..60),
        settings in settings(),
        down in prop::collection::vec((0..60 * DAY, 1..DAY), 0..3),
        at_day in 0..80_i64,
    ) {
        let mut down: Vec<Span> = down.into_iter().map(|(from, length)| Span { from: at(from), until: Some(at(from + length)) }).collect();
        down.sort_by_key(|span| span.from);
        let mut facts = Facts::default();
        for thing in &things {
            match thing {
                Thing::Report(report) => { facts.report(report, &settings); }
                Thing::Live(message) => facts.hear(*message),
                Thing::Verified(is_whole) => facts.verified(*is_whole, at(at_day * DAY)),
            }
        }
        let read: Facts = serde_json::from_str(&serde_json::to_string(&facts).unwrap()).unwrap();
        prop_assert_eq!(&read, &facts);
        let mut track = Track::default();
        let mut now = at(at_day * DAY);
        for _ in 0..200 {
            let state = evaluate(&facts, &settings, &down, now);
            track.follow(&state, now);
            prop_assert_eq!(track.follow(&state, now), []);
            let Some(next) = state.next_change_at else { break };
            prop_assert!(next > now, "{next} {now}");
            for between in [next.plus(-1), now.plus(next.since(now) / 2), now.plus(1).min(next.plus(-1))] {
                let same = evaluate(&facts, &settings, &down, between);
                prop_assert_eq!((same.verdict, same.silent_since), (state.verdict, state.silent_since), "{} {} {}", now, between, next);
            }
            now = next;
            if now > at(400 * DAY) {
                break;
            }
        }
        prop_assert!(serde_json::to_string(&facts).unwrap().len() < RUNS * 400);
    }
}
