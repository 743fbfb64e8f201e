//! The town: a data folder with rules, institutions, an official of every office and 1,317 people; the program that serves it, and how one asks it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mingma_credential::UnixSeconds;
use mingma_credential::status::RegionCode;
use mingma_domain::Ruleset;
use mingma_domain::document::Document;
use mingma_domain::fact::{Fact, Kind, RawFact};
use mingma_registry::acts::{Assess, Declare, Publish, Register, assess, declare, publish, register};
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::{Clock, PersonId};
use mingma_server::{App, Settings};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::super::offices::{self, Institution};
use super::super::{in_force, logins};
use super::{ALL, PRESENT};
use crate::command::serve;
use crate::failure::Failure;
use crate::keys::authority::Signatory;
use crate::{clock, keys};

/// The rules under which the depositors were turned red: an entrant from abroad is red for 14 days.
const RULES: &str = include_str!("../../../../../../rulesets/henan/2021-08/ruleset.toml");
const EXAMPLES: &str = include_str!("../../../../../../rulesets/henan/2021-08/examples.toml");
/// When the story begins: the morning of Monday, 13 June 2022, in Zhengzhou.
const BEGINS: &str = "2022-06-13T09:00:00+08:00";

/// Who says what in the town.
const INSTITUTIONS: &[offices::Row] = &[
    ("border:410100", "zhengzhou-border-post", "410100", &[Kind::Entry], &[]),
    ("hospital:410100", "zhengzhou-hospital", "410100", &[Kind::Diagnosis], &[]),
    ("community:410105", "zhengdong-community", "410100", &[Kind::Checkin, Kind::Symptom], &[Kind::Entry]),
];
/// The roles of the official, who has all of them; and the appeals office of the province, which is somebody else's.
const OFFICIALS: [logins::Row; 4] = [
    ("commissioner", Office::HealthCommission, "410100"),
    ("appeals", Office::Appeals, "410100"),
    ("community", Office::Community, "410105"),
    ("province", Office::Appeals, "410000"),
];

/// The city's institutions were proposed by its commission, which is the official's, and agreed to by the province's appeals office.
const APPOINTING: offices::Appointing = [("commissioner", "410100"), ("province", "410000")];

/// The time of the story: it goes on as time does, and hours pass when the story says so.
#[derive(Clone)]
pub(super) struct Time {
    from: Arc<AtomicI64>,
    watch: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Time {
    fn new() -> Result<Self, Failure> {
        let begins: Timestamp = BEGINS.parse().map_err(Failure::new)?;
        Ok(Self { from: Arc::new(begins.as_second().into()), watch: Arc::new(clock::stopwatch()) })
    }

    /// Lets hours pass.
    pub(super) fn pass(&self, hours: i64) {
        self.from.fetch_add(hours * 3_600, Ordering::Relaxed);
    }
}

impl Clock for Time {
    fn now(&self) -> Timestamp {
        let from = Timestamp::from_second(self.from.load(Ordering::Relaxed)).unwrap_or(Timestamp::MAX);
        SignedDuration::try_from((self.watch)())
            .ok()
            .and_then(|past| from.checked_add(past).ok())
            .unwrap_or(from)
    }
}

/// The town in its data folder.
pub(super) struct Made {
    opened: serve::Opened,
    city: City,
}

/// What is known of the town beside its data folder.
pub(super) struct City {
    pub(super) app: App,
    pub(super) data: PathBuf,
    pub(super) time: Time,
    pub(super) border: Institution,
    pub(super) hospital: Institution,
    pub(super) community: Institution,
    pub(super) officials: Vec<logins::Official>,
    pub(super) persons: Vec<PersonId>,
}

/// The town after the program has ended: its folder, and who lives there.
pub(super) struct Closed {
    pub(super) data: PathBuf,
    pub(super) time: Time,
    pub(super) persons: Vec<PersonId>,
}

impl City {
    /// Lets go of the data folder.
    pub(super) fn closed(self) -> Closed {
        let Self { data, time, persons, .. } = self;
        Closed { data, time, persons }
    }
}

impl Closed {
    /// How many are red, as a program sees it that opens the folder anew.
    pub(super) fn red(&self, runtime: &Runtime, app: &App) -> [usize; 2] {
        red(runtime, app, &self.persons)
    }
}

/// How many are red by the rules: in the city, and elsewhere.
pub(super) fn red(runtime: &Runtime, app: &App, persons: &[PersonId]) -> [usize; 2] {
    let red = |person: &&PersonId| {
        let wish = authorize(Actor::Resident(**person), Purpose::SelfService, Assess { person: **person });
        let status = wish.ok().map(|wish| runtime.block_on(assess(app.registry(), wish)));
        // Whoever lives under no rules here has no colour.
        matches!(status, Some(Ok(found)) if found.status().color_word() == "red")
    };
    let (here, elsewhere) = persons.split_at(PRESENT.min(persons.len()));
    [here.iter().filter(red).count(), elsewhere.iter().filter(red).count()]
}

/// The document of the nth depositor. The number is of nobody: no passport of Japan begins so.
pub(super) fn document(n: usize) -> Result<Document, Failure> {
    format!("passport:JP:TR{n:07}").parse().map_err(Failure::new)
}

/// Opens the town's data folder.
pub(super) fn open(data: &Path, time: Time) -> Result<serve::Opened, Failure> {
    serve::open(data, &data.join("keys"), Settings { demo: true, ..Settings::default() }, time)
}

impl Made {
    /// Fills a data folder: everything by the acts that everybody uses.
    pub(super) async fn new(data: &Path) -> Result<Self, Failure> {
        let time = Time::new()?;
        let now = time.now();
        let region = RegionCode::parse("410000").map_err(Failure::new)?;
        let (name, from) = ("Henan (story)", UnixSeconds::new(now.as_second()));
        // As in the demo: what it has signed stands, and its key is nowhere.
        let authority = Signatory::passing(name, from)?;
        keys::generate(&data.join("keys"), &region, (name, 365 * 86_400), from, Some(&authority))?;
        let opened = open(data, time.clone())?;
        let app = opened.app.clone();
        let original = Ruleset::parse(RULES).map_err(|_| Failure::new("the story's rules cannot be read"))?;
        let today = original.zone.day_of(now);
        let officials = logins::appoint_all(&app, &OFFICIALS).await?;
        let appointed =
            offices::appoint_all(&app, &data.join(offices::FOLDER), today, (INSTITUTIONS, APPOINTING))
                .await?;
        let [border, hospital, community] = <[Institution; 3]>::try_from(appointed)
            .map_err(|_| Failure::new("the story needs its three institutions"))?;
        let wish = Publish {
            region: original.region,
            rules: in_force(RULES, &original, today)?,
            examples: EXAMPLES.to_owned(),
        };
        let allowed = authorize(offices::commission()?, Purpose::Publication, wish).map_err(Failure::new)?;
        publish(app.registry(), allowed).await.map_err(Failure::new)?;
        let yesterday = today.minus(1).to_string();
        let mut coming = JoinSet::new();
        for n in 0..ALL {
            let (app, yesterday) = (app.clone(), yesterday.clone());
            coming.spawn(async move { arrive(&app, n, &yesterday).await.map(|person| (n, person)) });
        }
        let mut came = coming.join_all().await.into_iter().collect::<Result<Vec<_>, Failure>>()?;
        came.sort_by_key(|(n, _)| *n);
        let persons = came.into_iter().map(|(_, person)| person).collect();
        let city = City { app, data: data.to_owned(), time, border, hospital, community, officials, persons };
        Ok(Self { opened, city })
    }

    pub(super) fn open(self) -> (serve::Opened, City) {
        (self.opened, self.city)
    }
}

/// A depositor registers; who is in the city has said that they came.
async fn arrive(app: &App, n: usize, yesterday: &str) -> Result<PersonId, Failure> {
    let home = if n < PRESENT { "410105" } else { "510104" };
    let document = document(n)?;
    let wish = Register::new(document.clone(), home.parse().map_err(Failure::new)?);
    let allowed = authorize(Actor::Visitor, Purpose::SelfService, wish).map_err(Failure::new)?;
    register(app.registry(), allowed).await.map_err(Failure::new)?;
    let found = app.registry().store().find(&document).await.map_err(Failure::new)?;
    let person = found.ok_or_else(|| Failure::new("a depositor could not register"))?;
    if n < PRESENT {
        let raw = RawFact {
            kind: "stay",
            value: "declared",
            at: yesterday,
            until: yesterday,
            region: "410105",
            issuer: "self",
            ..RawFact::default()
        };
        let facts = vec![Fact::parse(&raw).map_err(Failure::new)?];
        let wish = Declare { person, key: "came".parse().map_err(Failure::new)?, facts };
        let allowed = authorize(Actor::Resident(person), Purpose::SelfService, wish).map_err(Failure::new)?;
        declare(app.registry(), allowed).await.map_err(Failure::new)?;
    }
    Ok(person)
}
