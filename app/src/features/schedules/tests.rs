//! The pages of schedules as HTML, from made-up data.

use duplistatus::{
    access::Role,
    dto::{
        Paging,
        dashboard::{Label, Labels},
        job::{
            Alarms, Origin, PauseView, Preview, Profile, Rhythm, Schedule, ScheduleSource, ToleranceView,
            WindowTimes, WindowView,
        },
        monitoring::RuleForm,
        schedules::{
            ChosenPage, ChosenQuery, Defaults, DefaultsPage, ScheduleFrom, ScheduleRow, SchedulesPage,
            SchedulesQuery, SchedulesSort,
        },
        servers::LabelChoices,
    },
    ids::{GroupId, JobId, ServerId},
    verdict::Verdict,
};
use leptos::prelude::*;

use super::{
    SchedulesView,
    chosen::ChosenView,
    defaults::DefaultsView,
    filters::active,
    query::{files, path},
};
use crate::{
    context::viewer::Viewer,
    locale::Locale,
    testing::{HOSTILE, ago, assert_harmless, html, preview},
};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn row(id: i64, server: &str, job: &str, verdict: Verdict, source: ScheduleSource) -> ScheduleRow {
    let has_schedule = !matches!(source, ScheduleSource::None | ScheduleSource::Never(_));
    let is_paused = verdict == Verdict::Paused;
    ScheduleRow {
        job: JobId(id),
        job_name: job.into(),
        server: ServerId(id % 3),
        server_name: server.into(),
        verdict,
        schedule: Schedule {
            source,
            rhythm: has_schedule.then(|| Rhythm::Days(1, 7200, Vec::new())),
            zone: "Europe/Berlin".into(),
            next: if has_schedule { vec![ago(-id * HOUR)] } else { Vec::new() },
        },
        tolerance: ToleranceView {
            seconds: has_schedule.then_some(6 * HOUR),
            profile: Profile::Server,
            origin: (id == 2).then_some(Origin::Group),
        },
        due: has_schedule.then(|| ago(-id * HOUR - 6 * HOUR)),
        is_paused,
        paused_until: is_paused.then(|| ago(-9 * DAY)),
        last_good: (id != 5).then(|| ago(id * HOUR)),
        runs: 3,
    }
}

fn sample() -> SchedulesPage {
    let label = |name: &str, jobs| Label { name: name.into(), jobs, worst: Some(Verdict::Ok) };
    let rows = vec![
        row(1, "adatum-pharmacy", "Database", Verdict::Late, ScheduleSource::Learnt(28, 30)),
        row(
            2,
            "Müller & Söhne, file server",
            "Home folders",
            Verdict::Ok,
            ScheduleSource::Set(Origin::Group),
        ),
        row(3, "nas", "Photos", Verdict::Paused, ScheduleSource::Told),
        row(4, "nas", "Archive", Verdict::Ok, ScheduleSource::Never(Origin::Job)),
        row(5, "office-pc", "Home", Verdict::New, ScheduleSource::None),
    ];
    SchedulesPage {
        now: ago(0),
        paging: Paging::new(1, 50, 5),
        rows,
        labels: Labels {
            groups: vec![label("Müller", 2)],
            tags: vec![label("off-site", 3)],
            groups_total: 1,
            tags_total: 1,
        },
        groups: vec![(GroupId(4), "Müller".into())],
        at_once: 1000,
    }
}

fn provide(role: Role) {
    provide_context(Viewer { role: Some(role), ..Viewer::default() });
}

fn shown(role: Role, query: SchedulesQuery, page: SchedulesPage) -> String {
    html(move || {
        provide(role);
        view! { <SchedulesView query=query page=page done=None /> }
    })
}

fn filtered() -> SchedulesQuery {
    SchedulesQuery {
        text: "a & b".into(),
        state: Some(Verdict::Late),
        source: Some(ScheduleFrom::Told),
        group: "müller".into(),
        tag: "gone".into(),
        sort: SchedulesSort::Next,
        descending: true,
        page: 2,
    }
}

#[test]
fn a_row_says_when_how_that_is_known_and_how_late() {
    let html = shown(Role::Viewer, SchedulesQuery::default(), sample());
    for words in [
        "href=\"/jobs/1\"",
        "href=\"/servers/1\"",
        "Daily about 02:00",
        "learned from 28 of the last 30 runs",
        "set for its group",
        "No schedule: never overdue",
        "no pattern in 3 runs",
        "6 h, a quarter of the interval",
        "overdue from",
        "until",
        "5 jobs",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
}

#[test]
fn who_may_set_something_has_boxes_and_who_may_not_has_none() {
    let viewer = shown(Role::Viewer, SchedulesQuery::default(), sample());
    assert!(!viewer.contains("type=\"checkbox\"") && !viewer.contains("/settings/schedules/all"), "{viewer}");
    let operator = shown(Role::Operator, filtered(), sample());
    assert_eq!(operator.matches("name=\"jobs[]\"").count(), 5);
    for words in [
        "action=\"/settings/schedules/edit\"",
        "Change all 5 jobs…",
        "name=\"filter[state]\" value=\"late\"",
        "name=\"filter[descending]\" value=\"true\"",
        "name=\"filter[page]\" value=\"2\"",
        "href=\"/groups/4\"",
        "href=\"/settings/schedules/all\"",
        "aria-label=\"Select nas / Photos\"",
    ] {
        assert!(operator.contains(words), "{words}: {operator}");
    }
    let many = SchedulesPage { paging: Paging::new(1, 50, 50_000), ..sample() };
    let many = shown(Role::Operator, SchedulesQuery::default(), many);
    assert!(!many.contains("name=\"all\""), "more than can be changed at once");
}

#[test]
fn filters_are_in_the_form_in_chips_and_in_the_files() {
    let html = shown(Role::Viewer, filtered(), sample());
    for words in [
        "<option value=\"late\" selected",
        "<option value=\"told\" selected",
        "<option value=\"Müller\" selected",
        // Nothing has it any more.
        "<option value=\"gone\" selected",
        "name=\"text\" value=\"a &amp; b\"",
        "name=\"sort\" value=\"next\"",
        "aria-sort=\"descending\"",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let chips = active(Locale::en, &filtered());
    let words: Vec<&str> = chips.iter().map(|(words, _)| words.as_str()).collect();
    assert_eq!(
        words,
        [
            "Server or job: a & b",
            "State: Overdue",
            "Schedule: Reported by Duplicati",
            "Group: müller",
            "Tag: gone"
        ]
    );
    let rest = "text=a%20%26%20b&state=late&source=told&group=m%C3%BCller&tag=gone&sort=next&dir=desc";
    assert_eq!(path(&filtered()), format!("/settings/schedules?{rest}&page=2"));
    assert_eq!(files(&filtered()).0, format!("/api/v1/schedules/download?format=csv&{rest}"));
}

#[test]
fn nothing_found_and_nothing_there_are_told_apart() {
    let none = || SchedulesPage { rows: Vec::new(), paging: Paging::new(1, 50, 0), ..sample() };
    assert!(shown(Role::Operator, filtered(), none()).contains("No matches"));
    assert!(shown(Role::Operator, SchedulesQuery::default(), none()).contains("No jobs yet"));
}

fn chosen() -> ChosenPage {
    ChosenPage {
        now: ago(0),
        jobs: vec![JobId(3), JobId(5)],
        names: vec![("nas".into(), "Photos".into()), ("desk".into(), "Home".into())],
        servers: vec![ServerId(1), ServerId(2)],
        paused: 1,
        form: RuleForm { every: "1".into(), unit: "D".into(), keep_zone: true, ..RuleForm::default() },
        zone: "Europe/Berlin".into(),
        preview: Some(Preview::Alarms(Alarms {
            tried: 2,
            set: 5,
            days: 90,
            of: Some((20, 70)),
            ..Alarms::default()
        })),
        choices: LabelChoices { groups: vec!["Müller".into()], tags: vec!["off-site".into()] },
    }
}

fn chosen_html(query: ChosenQuery, page: ChosenPage) -> String {
    html(move || {
        provide(Role::Operator);
        view! { <ChosenView query=query list=filtered() page=page /> }
    })
}

#[test]
fn forms_for_many_jobs_name_each_of_them_or_the_filter_with_their_number() {
    let html = chosen_html(ChosenQuery::default(), chosen());
    for function in ["set_schedule", "pause", "resume", "add_window"] {
        let form = html.split(&format!("action=\"/api/fn/{function}\"")).nth(1).unwrap_or_default();
        let form = form.split("</form>").next().unwrap_or_default();
        assert_eq!(form.matches("name=\"jobs[]\"").count(), 2, "{function}: {form}");
        assert!(form.contains("name=\"filter[group]\" value=\"müller\""), "{function}: {form}");
    }
    assert!(html.contains("name=\"servers\" value=\"1,2\""), "{html}");
    assert!(html.contains("2 jobs of 2 servers") && html.contains("1 of these jobs is paused"), "{html}");
    assert!(html.contains("Calculated for the first 20 of 70 jobs."), "{html}");
    // Everything stays as it is until somebody says so.
    assert!(html.contains("<input type=\"radio\" name=\"form[schedule]\" value=\"\" checked"), "{html}");
    assert!(html.contains("name=\"form[keep_zone]\" value=\"true\" checked"), "{html}");
    let all = ChosenQuery { all: Some(filtered()), ..ChosenQuery::default() };
    let html = chosen_html(all, chosen());
    assert!(!html.contains("name=\"jobs[]\""), "{html}");
    assert!(
        html.contains("name=\"all\" value=\"true\"") && html.contains("name=\"count\" value=\"2\""),
        "{html}"
    );
    let none = chosen_html(ChosenQuery::default(), ChosenPage { jobs: Vec::new(), ..chosen() });
    assert!(none.contains("No jobs selected") && !none.contains("<form"), "{none}");
}

fn defaults(of: Defaults) -> DefaultsPage {
    DefaultsPage {
        now: ago(0),
        of,
        name: if of == Defaults::Site { String::new() } else { "Müller".into() },
        jobs: 12,
        servers: 3,
        group: matches!(of, Defaults::Server(_)).then(|| (GroupId(4), "Customers".into())),
        form: RuleForm { schedule: "inherit".into(), tolerance: "laptop".into(), ..RuleForm::default() },
        zone: "Europe/Berlin".into(),
        preview: None,
        checks: vec![("shrank".into(), false), ("quota".into(), true)],
        pauses: vec![PauseView {
            origin: Origin::Site,
            from: ago(HOUR),
            until: None,
            reason: "holidays".into(),
            by: "ada".into(),
        }],
        windows: vec![WindowView {
            id: 7,
            origin: Origin::Site,
            name: "updates".into(),
            times: WindowTimes::Repeated(Rhythm::Days(1, 7200, vec![6]), 4 * HOUR),
        }],
    }
}

fn defaults_html(page: DefaultsPage) -> String {
    html(move || {
        provide(Role::Operator);
        view! { <DefaultsView page=page /> }
    })
}

#[test]
fn what_is_inherited_leads_to_where_it_is_set() {
    let server = defaults_html(defaults(Defaults::Server(ServerId(9))));
    for words in [
        "name=\"server\" value=\"9\"",
        "href=\"/groups/4\"",
        "href=\"/settings/schedules/all\" class=\"text-link\">Paused for all servers by ada",
        "holidays",
        "action=\"/api/fn/pause\"",
        "12 jobs of 3 servers",
    ] {
        assert!(server.contains(words), "{words}: {server}");
    }
    assert!(!server.contains("/api/fn/delete_window"), "it is deleted where it is set: {server}");
    let group = defaults_html(defaults(Defaults::Group(GroupId(4))));
    for words in ["name=\"group\" value=\"4\"", "/api/fn/rename_group", "/api/fn/delete_group"] {
        assert!(group.contains(words), "{words}: {group}");
    }
    let site = defaults_html(defaults(Defaults::Site));
    for words in ["name=\"site\" value=\"true\"", "/api/fn/resume", "/api/fn/delete_window"] {
        assert!(site.contains(words), "{words}: {site}");
    }
    let checks = site.split("action=\"/api/fn/set_checks\"").nth(1).unwrap_or_default();
    assert!(
        checks.contains("value=\"shrank\" checked") && !checks.contains("value=\"quota\" checked"),
        "{checks}"
    );
}

#[test]
fn names_are_text() {
    let mut page = sample();
    page.rows[0].job_name = HOSTILE.into();
    page.rows[0].server_name = HOSTILE.into();
    page.groups[0].1 = HOSTILE.into();
    page.labels.groups[0].name = HOSTILE.into();
    let query = SchedulesQuery { text: HOSTILE.into(), group: HOSTILE.into(), ..SchedulesQuery::default() };
    assert_harmless(&shown(Role::Operator, query, page));
    let mut page = chosen();
    page.names[0] = (HOSTILE.into(), HOSTILE.into());
    page.choices.groups[0] = HOSTILE.into();
    assert_harmless(&chosen_html(ChosenQuery::default(), page));
    let mut page = defaults(Defaults::Group(GroupId(4)));
    page.name = HOSTILE.into();
    page.windows[0].name = HOSTILE.into();
    page.pauses[0].reason = HOSTILE.into();
    assert_harmless(&defaults_html(page));
}

#[test]
#[ignore = "writes files to be looked at"]
fn previews() -> std::io::Result<()> {
    preview("schedules", || {
        provide(Role::Operator);
        view! { <SchedulesView query=filtered() page=sample() done=None /> }
    })?;
    preview("chosen", || {
        provide(Role::Operator);
        view! { <ChosenView query=ChosenQuery::default() list=filtered() page=chosen() /> }
    })?;
    preview("defaults", || {
        provide(Role::Operator);
        view! { <DefaultsView page=defaults(Defaults::Group(GroupId(4))) /> }
    })
}
