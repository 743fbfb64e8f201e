//! What is unlike an issuer: the shapes of an abuse, each told of, and a year of honest issuers, told of seldom.

use std::collections::BTreeMap;

use mingma_registry::bulk::history::{HISTORY_DAYS, Told, hours, unlike};
use mingma_registry::words::Span;

/// Numbers by chance from a seed: `splitmix64`.
struct Chance(u64);

impl Chance {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 up to, but not with, 1.
    fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.draw() >> 32).unwrap()) / 4_294_967_296.0
    }

    /// How many of what comes by chance, `mean` on average.
    fn poisson(&mut self, mean: f64) -> u64 {
        let (mut number, mut left) = (0, self.unit());
        while left > (-mean).exp() {
            number += 1;
            left *= self.unit();
        }
        number
    }

    /// A cluster: one at least, `mean` on average, twice as many half as often and so on.
    fn cluster(&mut self, mean: f64) -> u64 {
        let mut number = 1;
        while self.unit() < 1.0 - 1.0 / mean {
            number += 1;
        }
        number
    }
}

/// An honest issuer: what it records in an hour of a day.
struct Honest {
    what: &'static str,
    hour: fn(&mut Chance, day: i64, hour: i64) -> u64,
}

fn is_office_hour(day: i64, hour: i64) -> bool {
    day % 7 < 5 && (8..18).contains(&hour)
}

fn clusters(chance: &mut Chance, an_hour: f64, size: f64) -> u64 {
    (0..chance.poisson(an_hour)).map(|_| chance.cluster(size)).sum()
}

/// A wave of three months each year, three times the usual at its height.
fn wave(day: i64) -> f64 {
    let through = f64::from(i32::try_from(day % 365).unwrap() - 200) / 90.0;
    if (0.0..1.0).contains(&through) { 1.0 + 2.0 * (through * std::f64::consts::PI).sin() } else { 1.0 }
}

#[rustfmt::skip]
const HONEST: [Honest; 8] = [
    Honest { what: "a village: an order now and then", hour: |c, _, h| c.poisson(if (8..18).contains(&h) { 0.02 } else { 0.0 }) },
    Honest { what: "a street: four orders a day", hour: |c, d, h| c.poisson(if is_office_hour(d, h) { 0.4 } else { 0.0 }) },
    Honest { what: "a county's tracers: a case a day, eight contacts each", hour: |c, d, h| if is_office_hour(d, h) { clusters(c, 0.1, 8.0) } else { 0 } },
    Honest { what: "a city's tracers: five cases a day, ten contacts each", hour: |c, d, h| if is_office_hour(d, h) { clusters(c, 0.5, 10.0) } else { 0 } },
    Honest { what: "a city's tracers through a wave", hour: |c, d, h| if is_office_hour(d, h) { clusters(c, 0.5 * wave(d), 10.0) } else { 0 } },
    Honest { what: "a clinic: ten fevers an hour, day and night", hour: |c, _, _| c.poisson(10.0) },
    Honest { what: "an airport: thirty travellers a flight", hour: |c, _, h| (0..c.poisson(if (6..23).contains(&h) { 0.4 } else { 0.0 })).map(|_| c.poisson(30.0)).sum() },
    Honest { what: "a harbour: a ship in ten days, at any hour", hour: |c, _, _| (0..c.poisson(1.0 / 240.0)).map(|_| 60 + c.draw() % 80).sum() },
];

/// What is told of an issuer, hour by hour, as rows come.
#[derive(Default, Debug)]
struct Watched {
    rows: BTreeMap<i64, u64>,
    told: Vec<Told>,
}

impl Watched {
    fn comes(&mut self, hour: i64, rows: u64) {
        if rows == 0 {
            return;
        }
        *self.rows.entry(hour).or_default() += rows;
        if let Some(of) = unlike(&self.rows, &self.told, hour) {
            self.told.push(Told { hour, of });
        }
    }

    /// So many days of an honest issuer.
    fn after(issuer: &Honest, seed: u64, days: std::ops::Range<i64>) -> (Self, Chance) {
        let (mut watched, mut chance) = (Self::default(), Chance(seed));
        for (day, hour) in days.flat_map(|day| (0..24).map(move |hour| (day, hour))) {
            let rows = (issuer.hour)(&mut chance, day, hour);
            watched.comes(day * 24 + hour, rows);
        }
        (watched, chance)
    }
}

#[test]
fn a_year_of_honest_issuers_gives_few_alarms() {
    // Three of each; a ship in ten days is unlike a harbour whenever two come at once.
    let (mut harbours, mut others, mut newcomers) = (0, 0, 0);
    for issuer in &HONEST {
        for seed in 0..3 {
            let (watched, _) = Watched::after(issuer, seed, 0..HISTORY_DAYS + 365);
            let first = watched.told.iter().filter(|told| told.hour < HISTORY_DAYS * 24).count();
            newcomers += first;
            let later = watched.told.len() - first;
            *(if issuer.what.starts_with("a harbour") { &mut harbours } else { &mut others }) += later;
        }
    }
    assert!(others <= 21, "{others} alarms about 21 issuers, one a year at most");
    assert!(harbours <= 30, "{harbours} alarms about 3 harbours, ten a year at most");
    assert!(newcomers <= 120, "{newcomers} alarms about 24 issuers whom nobody knows yet, five each");
}

/// How 1,317 rows beyond the usual come: so many in each of these hours.
struct Shape {
    what: &'static str,
    an_hour: u64,
    hours: fn(i64) -> bool,
    /// After how many rows each of the honest issuers is told of at the latest; none where its own traffic hides them.
    by: [Option<u64>; 8],
}

const ALL: Option<u64> = Some(1_317);

#[rustfmt::skip]
const SHAPES: [Shape; 4] = [
    // Of                                                       village   street    county    city      wave      clinic    airport   harbour
    Shape { what: "at once", an_hour: 1_317, hours: |_| true,
        by: [ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL] },
    Shape { what: "twenty an hour by many accounts of an office", an_hour: 20, hours: |hour| (8..18).contains(&(hour % 24)),
        by: [Some(20), Some(20), Some(60), Some(200), Some(200), Some(60), None, Some(400)] },
    Shape { what: "eight an hour, day and night, for a week", an_hour: 8, hours: |_| true,
        by: [Some(60), Some(60), Some(100), Some(200), Some(200), Some(80), None, Some(400)] },
    Shape { what: "fifty each night at three", an_hour: 50, hours: |hour| hour % 24 == 3,
        by: [Some(50), Some(50), Some(50), None, None, Some(50), None, Some(1_050)] },
];

#[test]
fn each_shape_of_an_abuse_is_told_of_and_again_when_it_has_doubled() {
    for shape in &SHAPES {
        for (issuer, by) in HONEST.iter().zip(shape.by) {
            let (mut watched, mut chance) = Watched::after(issuer, 7, 0..200);
            let before = watched.told.len();
            let (mut hour, mut done, mut seen) = (200 * 24, 0, None);
            while done < 1_317 {
                let own = (issuer.hour)(&mut chance, hour / 24, hour % 24);
                let more = if (shape.hours)(hour) { shape.an_hour.min(1_317 - done) } else { 0 };
                done += more;
                watched.comes(hour, own + more);
                seen = seen.or_else(|| (watched.told.len() > before).then_some(done));
                hour += 1;
            }
            let in_time = by.is_none_or(|by| seen.is_some_and(|seen| seen <= by));
            assert!(in_time, "{} by {}: after {seen:?}", shape.what, issuer.what);
            let told = &watched.told[before..];
            for (nth, later) in told.iter().enumerate() {
                let mut former =
                    told[..nth].iter().filter(|told| hours(told.of.span) <= hours(later.of.span));
                let is_news =
                    |former: &Told| later.hour - former.hour >= 7 * 24 || later.of.rows >= 2 * former.of.rows;
                assert!(former.all(is_news), "{}: {told:?}", shape.what);
            }
        }
    }
}

#[test]
fn what_was_told_of_makes_nobody_used_to_it_and_what_stays_is_told_of_a_few_times() {
    let street = &HONEST[1];
    let told = |told: &[Told]| told.iter().map(|told| told.hour / 24 - 200).collect::<Vec<_>>();
    // A day of two hundred, twice, three weeks apart: both are told of.
    let (mut watched, _) = Watched::after(street, 1, 0..200);
    watched.comes(200 * 24 + 10, 200);
    watched.comes(221 * 24 + 10, 200);
    assert_eq!(told(&watched.told), [0, 21]);
    // A street that has become a town records two hundred each day from now on: told of while it is news.
    let (mut watched, _) = Watched::after(street, 1, 0..200);
    for day in 200..365 {
        watched.comes(day * 24 + 10, 200);
    }
    let days = told(&watched.told);
    assert!(days.len() <= 8 && days.last().is_some_and(|last| *last < 56), "{days:?}");
}

#[test]
fn what_was_told_of_a_week_keeps_nobody_from_being_told_of_an_hour() {
    let (mut watched, _) = Watched::after(&HONEST[1], 3, 0..200);
    let before = watched.told.len();
    // A week of forty a day and no hour of more than ten; then a hundred and fifty in one hour, which do not double the week.
    let week = (200..207).flat_map(|day| (9..13).map(move |hour| (day * 24 + hour, 10)));
    for (hour, rows) in week.chain([(207 * 24 + 3, 150)]) {
        watched.comes(hour, rows);
    }
    let [.., former, last] = &watched.told[before..] else { panic!("{:?}", watched.told) };
    assert_eq!((former.of.span, last.hour), (Span::Week, 207 * 24 + 3), "{former:?}, {last:?}");
    assert!(last.of.span != Span::Week && last.of.rows < 2 * former.of.rows, "{former:?}, {last:?}");
}
