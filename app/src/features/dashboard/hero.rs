//! The headline: the worst that applies, in one sentence.

use duplistatus::{
    dto::dashboard::Dashboard,
    units::thousands,
    verdict::{RUNS_TO_LEARN, Verdict},
};
use leptos::prelude::*;

use crate::{
    format::time::{age, relative_words},
    locale::{Locale, use_locale},
    tr,
    ui::{
        icon::{Icon, Shape},
        ticker::use_elapsed,
    },
};

/// What the headline says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Headline {
    /// So many jobs failed, are overdue or went quiet.
    Attention(i64),
    /// So many jobs have warnings, and nothing is worse.
    Warnings(i64),
    /// So many jobs run now, and nothing is wrong.
    Running(i64),
    /// No job has ever run.
    Waiting,
    /// So many servers and jobs have never reported, and nothing is worse.
    Never(i64),
    /// The only job has reported, so many times.
    First(i64),
    /// So many jobs are too new to be called fine.
    Learning(i64),
    /// Every job is fine.
    Ok,
}

impl Headline {
    /// The worst that applies.
    pub fn of(data: &Dashboard) -> Self {
        let check = data.count(Verdict::Check);
        let attention = data.attention();
        let new = data.count(Verdict::New);
        if attention > check {
            Self::Attention(attention)
        } else if check > 0 {
            Self::Warnings(check)
        } else if data.running > 0 {
            Self::Running(data.running)
        } else if data.jobs_total() == 0 || data.totals.runs == 0 {
            Self::Waiting
        } else if data.never_reported > 0 {
            Self::Never(data.never_reported)
        } else if new == 1 && data.jobs_total() == 1 && data.totals.runs < needed() {
            Self::First(data.totals.runs)
        } else if new > 0 {
            Self::Learning(new)
        } else {
            Self::Ok
        }
    }

    /// Its sentence.
    pub fn words(self, locale: Locale) -> String {
        match self {
            Self::Attention(n) => {
                tr!(locale, dashboard.hero.attention, count = n, number = number_word(locale, n))
            }
            Self::Warnings(n) => {
                tr!(locale, dashboard.hero.check, count = n, number = number_word(locale, n))
            }
            Self::Running(n) => {
                tr!(locale, dashboard.hero.running, count = n, number = number_word(locale, n))
            }
            Self::Waiting => tr!(locale, dashboard.hero.waiting),
            Self::Never(n) => {
                tr!(locale, dashboard.hero.never, count = n, number = number_word(locale, n))
            }
            Self::First(1) => tr!(locale, dashboard.hero.first, runs = 1, needed = needed()),
            Self::First(runs) => tr!(locale, dashboard.hero.first_learning, runs = runs, needed = needed()),
            Self::Learning(n) => {
                tr!(locale, dashboard.hero.learning, count = n, number = number_word(locale, n))
            }
            Self::Ok => tr!(locale, dashboard.hero.ok),
        }
    }

    fn shape(self, data: &Dashboard) -> (Shape, &'static str) {
        match self {
            // The colour of the worst job: overdue is not failed.
            Self::Attention(_) if data.count(Verdict::Failed) > 0 => (Shape::Cross, "fail"),
            Self::Attention(_) if data.count(Verdict::Late) > 0 => (Shape::Clock, "late"),
            Self::Attention(_) => (Shape::Silence, "warn"),
            Self::Warnings(_) => (Shape::Warning, "warn"),
            Self::Running(_) => (Shape::Running, "run"),
            Self::Waiting | Self::Never(_) | Self::First(_) | Self::Learning(_) => (Shape::Circle, "idle"),
            Self::Ok => (Shape::Tick, "ok"),
        }
    }
}

/// Runs until a schedule is known.
fn needed() -> i64 {
    i64::try_from(RUNS_TO_LEARN).unwrap_or(i64::MAX)
}

fn number_word(locale: Locale, number: i64) -> String {
    match number {
        1 => tr!(locale, common.number.one),
        2 => tr!(locale, common.number.two),
        3 => tr!(locale, common.number.three),
        4 => tr!(locale, common.number.four),
        5 => tr!(locale, common.number.five),
        6 => tr!(locale, common.number.six),
        7 => tr!(locale, common.number.seven),
        8 => tr!(locale, common.number.eight),
        9 => tr!(locale, common.number.nine),
        10 => tr!(locale, common.number.ten),
        11 => tr!(locale, common.number.eleven),
        12 => tr!(locale, common.number.twelve),
        more => thousands(more),
    }
}

/// `"38 of 41 jobs are fine. 1 never reported."`, or how many are new where none is fine yet.
pub(super) fn fine_words(locale: Locale, data: &Dashboard) -> String {
    let jobs = job_words(locale, data);
    match data.never_reported {
        0 => jobs,
        never => format!("{jobs} {}", tr!(locale, dashboard.hero.never_short, count = never)),
    }
}

fn job_words(locale: Locale, data: &Dashboard) -> String {
    let (fine, jobs) = (data.count(Verdict::Ok), data.jobs_total());
    let new = data.count(Verdict::New);
    if jobs == 0 {
        tr!(locale, dashboard.hero.no_jobs)
    } else if new == jobs {
        tr!(locale, dashboard.hero.new_all, count = jobs)
    } else if fine == 0 && new > 0 {
        tr!(locale, dashboard.hero.new_rest, count = data.attention(), new = new, jobs = jobs)
    } else if fine == jobs {
        tr!(locale, dashboard.hero.fine_all, count = jobs)
    } else {
        tr!(locale, dashboard.hero.fine, fine = fine, jobs = jobs)
    }
}

/// The hero: icon, headline, one line of facts.
#[component]
pub fn Hero<'a>(
    /// The dashboard's data.
    data: &'a Dashboard,
) -> impl IntoView + use<> {
    let locale = use_locale();
    let headline = Headline::of(data);
    let (shape, tone) = headline.shape(data);
    let fine = fine_words(locale, data);
    let last = data.last_report.map(|at| age(at, data.now));
    let next = data.next_expected.map(|at| age(at, data.now));
    let elapsed = use_elapsed();
    let facts = move || {
        let elapsed = elapsed.get();
        let last = relative_words(locale, last? + elapsed);
        Some(match next {
            Some(next) => {
                tr!(
                    locale,
                    dashboard.hero.last_next,
                    last = last,
                    next = relative_words(locale, next + elapsed)
                )
            }
            None => tr!(locale, dashboard.hero.last, last = last),
        })
    };
    view! {
        <section class="hero">
            <span class="disc" data-size="large" data-tone=tone>
                <Icon shape=shape />
            </span>
            <div>
                // Only the headline is announced when it changes, not every passing minute.
                <h1>
                    <span role="status">{headline.words(locale)}</span>
                </h1>
                <p>{fine}" "{facts}</p>
            </div>
        </section>
    }
}
