//! Schedule, tolerance and zone of a job, many jobs, a server, a group or everything. What would have happened with them is told before they are saved: the same form asks for the page
//! anew, so that it works without JavaScript.

use duplistatus::dto::{
    Moment,
    job::{Alarms, Preview},
    monitoring::RuleForm,
    schedules::Defaults,
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::params::ParamsMap;

use super::{api::SetSchedule, place::Place};
use crate::{
    context::url::href,
    error::ApiError,
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::{
        badge::verdict_word,
        disclosure::Details,
        form::{
            choice::{Choice, Choices},
            field::{SelectField, TextField},
            plain_form::{Failed, PlainForm},
        },
    },
};

/// What is tried before it is set, from an address; nothing when it has none of the form's fields.
pub fn read_form(query: &ParamsMap) -> Option<RuleForm> {
    let get = |name: &str| query.get(&format!("form[{name}]"));
    let text = |name: &str| get(name).unwrap_or_default();
    get("schedule")?;
    Some(RuleForm {
        schedule: text("schedule"),
        every: text("every"),
        unit: text("unit"),
        at: text("at"),
        weekdays: query.get_all("form[weekdays][]").unwrap_or_default(),
        cron: text("cron"),
        zone: get("zone"),
        keep_zone: text("keep_zone") == "true",
        tolerance: text("tolerance"),
        span: text("span"),
    })
}

/// What the choice to set nothing here is called, and what an empty zone means.
fn inherited(locale: Locale, place: &Place, zone: &str) -> (String, String) {
    match place {
        Place::Defaults(Defaults::Site) => {
            (tr!(locale, schedules.form.learnt), tr!(locale, schedules.form.zone_of_site, zone = zone))
        }
        Place::Defaults(Defaults::Group(_)) => {
            (tr!(locale, schedules.form.as_all), tr!(locale, schedules.form.zone_of_all, zone = zone))
        }
        Place::Defaults(Defaults::Server(_)) => {
            (tr!(locale, schedules.form.as_group), tr!(locale, schedules.form.zone_of_group, zone = zone))
        }
        Place::Job(_) => (tr!(locale, job.form.learnt), tr!(locale, job.form.zone_hint, zone = zone)),
        Place::Jobs(..) | Place::All(..) => {
            (tr!(locale, job.form.learnt), tr!(locale, schedules.form.zone_of_server))
        }
    }
}

/// The form, folded until it is needed.
#[component]
pub fn ScheduleForm(
    /// For what it sets it.
    place: Place,
    /// What is in its fields.
    form: RuleForm,
    /// What that would have done.
    preview: Option<Preview>,
    /// Whether somebody came to edit it.
    edit: bool,
    /// The zone by whose clock the schedule is.
    zone: String,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let is_many = place.is_many();
    let (learnt, zone_hint) = inherited(locale, &place, &zone);
    let is_open = edit || preview.is_some();
    let set = form.schedule.clone();
    let choice = move |value: &'static str, label: String| {
        let (checked, label) = (set == value, label.into_any());
        view! {
            <Choice kind="radio" name="form[schedule]" value=value checked=checked label=label class="schedule-choice" />
        }
    };
    let units = [
        ("m", tr!(locale, job.form.minutes)),
        ("h", tr!(locale, job.form.hours)),
        ("D", tr!(locale, job.form.days)),
        ("W", tr!(locale, job.form.weeks)),
        ("M", tr!(locale, job.form.months)),
    ]
    .map(|(value, label)| (value.to_owned(), label));
    let as_it_is = is_many.then(|| (String::new(), tr!(locale, schedules.form.keep)));
    let tolerances = [
        ("inherit", tr!(locale, job.form.inherited)),
        ("server", tr!(locale, job.form.server)),
        ("desktop", tr!(locale, job.form.desktop)),
        ("laptop", tr!(locale, job.form.laptop)),
        ("archive", tr!(locale, job.form.archive)),
        ("span", tr!(locale, job.form.span)),
    ]
    .map(|(value, label)| (value.to_owned(), label));
    let tolerances: Vec<(String, String)> = as_it_is.into_iter().chain(tolerances).collect();
    let keep_zone = move || {
        is_many.then(|| {
        let label = tr!(locale, schedules.form.keep_zone).into_any();
        view! {
            <Choice name="form[keep_zone]" value="true" checked=form.keep_zone label=label class="schedule-choice" />
        }
    })
    };
    let preview_at = format!("{}#schedule", href(&place.path()));
    let found = match &preview {
        Some(Preview::Invalid(field, hint)) => {
            Some(ApiError::Invalid { field: field.clone(), hint: hint.clone() })
        }
        _ => None,
    };
    let preview = preview.map(|preview| view! { <PreviewBox preview=preview now=now /> });
    view! {
        <Details class="card schedule-card" id="schedule" open=is_open summary=tr!(locale, job.edit_schedule).into_any()>
            <PlainForm path=SetSchedule::PATH class="schedule-form" found=found>
                {place.fields()}
                <Choices name="form[schedule]" legend=tr!(locale, job.facts.schedule) class="">
                    {is_many.then(|| choice("", tr!(locale, schedules.form.keep)))}
                    {choice("inherit", learnt)}
                    {choice("every", tr!(locale, job.form.every))}
                    <div class="schedule-part" data-of="every">
                        <TextField
                            name="form[every]"
                            id="schedule-every"
                            kind="number"
                            label=tr!(locale, job.form.number)
                            value=form.every.clone()
                            optional=true
                        />
                        <SelectField
                            name="form[unit]"
                            id="schedule-unit"
                            label=tr!(locale, job.form.unit)
                            options=units.into()
                            value=form.unit.clone()
                        />
                        <TextField
                            name="form[at]"
                            id="schedule-at"
                            kind="time"
                            label=tr!(locale, job.form.at)
                            value=form.at.clone()
                            optional=true
                        />
                        {weekday_boxes(locale, &form.weekdays, true)}
                    </div>
                    {choice("cron", tr!(locale, job.form.cron))}
                    <div class="schedule-part" data-of="cron">
                        <TextField
                            name="form[cron]"
                            id="schedule-cron"
                            label=tr!(locale, job.form.expression)
                            value=form.cron.clone()
                            hint=tr!(locale, job.form.cron_hint)
                            optional=true
                        />
                    </div>
                    {choice("never", tr!(locale, job.form.never))}
                </Choices>
                <fieldset>
                    <legend>{tr!(locale, job.form.tolerance)}</legend>
                    <SelectField
                        name="form[tolerance]"
                        id="schedule-tolerance"
                        label=tr!(locale, job.form.profile)
                        options=tolerances
                        value=form.tolerance.clone()
                        hint=tr!(locale, job.form.tolerance_hint)
                    />
                    <TextField
                        name="form[span]"
                        id="schedule-span"
                        label=tr!(locale, job.form.span_label)
                        value=form.span.clone()
                        hint=tr!(locale, job.form.span_hint)
                        optional=true
                    />
                    <TextField
                        name="form[zone]"
                        id="schedule-zone"
                        label=tr!(locale, job.form.zone)
                        value=form.zone.clone().unwrap_or_default()
                        hint=zone_hint
                        optional=true
                    />
                    {keep_zone()}
                </fieldset>
                {preview}
                <div class="form-actions">
                    <button type="submit" class="btn" data-variant="primary">
                        {tr!(locale, job.form.save)}
                    </button>
                    <button
                        type="submit"
                        class="btn"
                        formmethod="get"
                        formaction=preview_at
                    >
                        {tr!(locale, job.form.preview)}
                    </button>
                </div>
            </PlainForm>
        </Details>
    }
}

/// A box for each weekday.
pub fn weekday_boxes(locale: Locale, set: &[String], all: bool) -> impl IntoView + use<> {
    let days = [
        ("mon", tr!(locale, common.weekdays.mon)),
        ("tue", tr!(locale, common.weekdays.tue)),
        ("wed", tr!(locale, common.weekdays.wed)),
        ("thu", tr!(locale, common.weekdays.thu)),
        ("fri", tr!(locale, common.weekdays.fri)),
        ("sat", tr!(locale, common.weekdays.sat)),
        ("sun", tr!(locale, common.weekdays.sun)),
    ];
    let is_every = set.is_empty() && all;
    let boxes = days.map(|(value, label)| {
        let (checked, label) = (is_every || set.iter().any(|day| day == value), label.into_any());
        view! {
            <Choice name="form[weekdays][]" value=value checked=checked label=label class="schedule-day" />
        }
    });
    let boxes = boxes.collect_view();
    view! {
        <Choices name="form[weekdays][]" legend=tr!(locale, job.form.weekdays) class="schedule-days">
            {boxes}
        </Choices>
    }
}

/// What the settings would have done.
#[component]
fn PreviewBox(
    /// That.
    preview: Preview,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    match preview {
        Preview::Invalid(field, hint) => view! {
            <Failed error=ApiError::Invalid { field, hint } />
        }
        .into_any(),
        Preview::Alarms(alarms) => {
            let some = alarms.of.map(|(some, all)| match some == all {
                true => tr!(locale, schedules.form.of_all, count = all),
                false => tr!(locale, schedules.form.of_some, count = all, some = some),
            });
            view! {
            <div class="schedule-preview" role="status">
                {next_words(locale, &alarms, now).map(|words| view! { <p>{words}</p> })}
                <p>
                    <strong>{tr!(locale, job.preview.tried, count = alarms.tried, days = alarms.days)}</strong>
                    {alarm_words(locale, &alarms, now)}
                    " "
                    {tr!(locale, job.preview.set, count = alarms.set)}
                </p>
                {some.map(|words| view! { <p class="muted">{words}</p> })}
            </div>
        }
            .into_any()
        }
    }
}

fn next_words(locale: Locale, alarms: &Alarms, now: Moment) -> Option<String> {
    let times: Vec<String> = alarms.next.iter().map(|at| calendar_time(locale, *at, now)).collect();
    (!times.is_empty()).then(|| tr!(locale, job.preview.next, times = times.join(", ")))
}

/// `" (overdue 12 Nov 04:00 – 13 Nov 02:11)."`
fn alarm_words(locale: Locale, alarms: &Alarms, now: Moment) -> String {
    let words: Vec<String> = alarms
        .last
        .iter()
        .map(|(verdict, from, until)| {
            let until = match until {
                Some(until) => calendar_time(locale, *until, now),
                None => tr!(locale, job.preview.now),
            };
            format!("{} {} – {until}", verdict_word(locale, *verdict), calendar_time(locale, *from, now))
        })
        .collect();
    match words.as_slice() {
        [] => ".".to_owned(),
        words if alarms.tried > i64::try_from(words.len()).unwrap_or(i64::MAX) => {
            format!(": {}, …", words.join("; "))
        }
        words => format!(": {}.", words.join("; ")),
    }
}
