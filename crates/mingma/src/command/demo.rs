//! `mingma demo`: a fictional city under real rules, over a real data folder.
//!
//! The city is drawn from a fixed seed, and everything about it goes the way that it goes outside the demo: people
//! register and declare, institutions submit signed facts and countersign each other's, rules are published, statuses
//! assessed, codes made and verified. `--once` tells it in the terminal, at one instant of January 2022; without it the
//! same city lives today and is served.

mod city;
mod depositors;
mod draft;
mod fill;
mod foreign;
mod gate;
mod logins;
mod offices;
mod stories;
mod tell;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;
use mingma_credential::UnixSeconds;
use mingma_credential::status::RegionCode;
use mingma_domain::fact::Color;
use mingma_domain::text::Lang;
use mingma_domain::{Day, Ruleset};
use mingma_registry::acts::{Assess, Assessment, assess};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::{Clock, PersonId, PersonRecord};
use mingma_server::{App, Settings};
use tempfile::TempDir;

use crate::command::serve;
use crate::failure::Failure;
use crate::keys;
use crate::keys::authority::Signatory;
use crate::ports::SystemClock;
use city::{City, Resident};
use depositors::StoryName;
use draft::{Draft, is_new};
use stories::Story;
pub(crate) use tell::pick;

/// The rules of the demo, in the program so that it runs anywhere.
const RULES: &str = include_str!("../../../../rulesets/guangxi/2021-12/ruleset.toml");
const EXAMPLES: &str = include_str!("../../../../rulesets/guangxi/2021-12/examples.toml");
/// The instant that `--once` tells of: Monday, 10 January 2022, 10:00 in Guangxi.
const NOW: &str = "2022-01-10T10:00:00+08:00";
/// How long the demo's signing key counts: as long as an authority's would.
const KEY_DAYS: i64 = 365;

/// Show a fictional city of 10,000 residents under the published rules of Guangxi, and serve it.
#[derive(clap::Args, Debug)]
pub(crate) struct Demo {
    /// Tell of the city in the terminal, as it was on 10 January 2022, and exit.
    #[arg(long)]
    once: bool,
    /// Tell what an official with every role of a city meets who wants 1,317 bank depositors red, and exit.
    #[arg(long, value_name = "STORY", conflicts_with_all = ["once", "listen"])]
    story: Option<StoryName>,
    /// The language of the texts: `zh-Hans`, `zh-Hant` or `en`.
    #[arg(long, default_value = "en")]
    lang: Lang,
    /// The data folder to fill, which must be new; by default one that goes away with the program.
    #[arg(long, value_name = "DIR", conflicts_with = "once")]
    data: Option<PathBuf>,
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", conflicts_with = "once")]
    listen: SocketAddr,
}

/// The city with everybody's status.
struct Scene {
    app: App,
    opened: serve::Opened,
    ruleset: Ruleset,
    city: City,
    persons: Vec<PersonId>,
    assessments: Vec<Assessment>,
    /// The records of those who have a story, by their number.
    records: BTreeMap<usize, Arc<PersonRecord>>,
    now: Timestamp,
    lang: Lang,
    officials: Vec<logins::Official>,
}

/// The day that `--once` tells of.
pub(super) fn day() -> Result<Day, Failure> {
    let now: Timestamp = NOW.parse().map_err(Failure::new)?;
    let zone = mingma_domain::time::Zone::named("Asia/Shanghai").map_err(Failure::new)?;
    Ok(zone.day_of(now))
}

/// A resident for whoever needs no more of the city than names, homes and facts.
pub(super) type Plain = (String, mingma_domain::Region, Vec<mingma_domain::Fact>);

/// The residents of the city as it is on a day, and the risk of the regions then.
pub(super) fn residents(today: Day) -> Result<(Vec<Plain>, Vec<mingma_domain::risk::RegionRisk>), Failure> {
    let city = City::draw(today)?;
    let plain = city.residents.iter().map(|r| (r.name.clone(), r.home, r.facts.clone())).collect();
    Ok((plain, city.risk))
}

/// A clock that stands.
#[derive(Clone, Copy)]
struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }
}

impl Demo {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = serve::runtime()?;
        let passing = TempDir::new().map_err(Failure::new)?;
        if self.once {
            let clock = Standing(NOW.parse().map_err(Failure::new)?);
            let scene = runtime.block_on(Scene::fill(passing.path(), clock, self.lang))?;
            let page = runtime.block_on(scene.page())?;
            io::stdout().lock().write_all(page.as_bytes()).map_err(Failure::output)?;
            return Ok(ExitCode::SUCCESS);
        }
        let data = self.data.as_deref().unwrap_or(passing.path());
        if self.story == Some(StoryName::Depositors) {
            is_new(data)?;
            let page = depositors::run(data, self.lang)?;
            io::stdout().lock().write_all(page.as_bytes()).map_err(Failure::output)?;
            return Ok(ExitCode::SUCCESS);
        }
        is_new(data)?;
        // Before the folder is filled: a taken address is told at once, and leaves nothing behind.
        let listening = runtime.block_on(serve::bind(self.listen, "--listen"))?;
        let draft = Draft::begin(data)?;
        let scene = runtime.block_on(Scene::fill(draft.path(), SystemClock, self.lang))?;
        let scene = scene.moved(draft, data)?;
        let mut page = String::new();
        tell::city(&mut page, &scene);
        logins::tell(&mut page, &scene, data, self.listen)?;
        serve::listen(&runtime, scene.opened, listening, |at| {
            // Port 0 means that the system chose one.
            page.replace(&format!("http://{}", self.listen), &format!("http://{at}"))
        })
    }
}

impl Scene {
    /// Fills a new data folder with the city as it is at the clock's present.
    async fn fill(data: &Path, clock: impl Clock + Copy + 'static, lang: Lang) -> Result<Self, Failure> {
        is_new(data)?;
        let now = clock.now();
        let original = Ruleset::parse(RULES).map_err(|errors| {
            Failure::new(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\nerror: "))
        })?;
        let today = original.zone.day_of(now);
        let rules = in_force(RULES, &original, today)?;
        let region = RegionCode::parse(original.region.code()).map_err(Failure::new)?;
        let folder = data.join("keys");
        let from = UnixSeconds::new(now.as_second());
        let name = "Mingjiang (demo)";
        // A demonstration has no machine apart, so its authority signs one list and is gone: its key is nowhere.
        let authority = Signatory::passing(name, from)?;
        keys::generate(&folder, &region, (name, KEY_DAYS * 86_400), from, Some(&authority))?;
        let settings = Settings { demo: true, ..Settings::default() };
        let opened = serve::open(data, &folder, settings, clock)?;
        let app = opened.app.clone();
        let city = City::draw(today)?;
        let institutions = offices::appoint_all(
            &app,
            &data.join(offices::FOLDER),
            today,
            (offices::INSTITUTIONS, offices::STATE),
        )
        .await?;
        fill::publish_rules(&app, &rules, EXAMPLES, &city).await?;
        let persons = fill::people(&app, &city, &institutions).await?;
        let mut assessments = Vec::with_capacity(persons.len());
        for person in persons.iter().copied() {
            let wish = authorize(Actor::Resident(person), Purpose::SelfService, Assess { person });
            let assessed = assess(app.registry(), wish.map_err(Failure::new)?).await;
            assessments.push(assessed.map_err(Failure::new)?);
        }
        let mut records = BTreeMap::new();
        for story in stories::ALL {
            if let Some(person) = persons.get(story.resident) {
                let record = app.registry().store().record(*person).await.map_err(Failure::new)?;
                records.insert(story.resident, record);
            }
        }
        let ruleset = Ruleset::parse(&rules).map_err(|_| Failure::new("the demo's rules cannot be read"))?;
        let officials = logins::appoint_officials(&app).await?;
        Ok(Self { app, opened, ruleset, city, persons, assessments, records, now, lang, officials })
    }

    /// The same city in the folder that it was filled for: a demo that broke off has left none.
    fn moved(self, draft: Draft, data: &Path) -> Result<Self, Failure> {
        let Self { app, opened, .. } = self;
        // Nobody may have the folder open while it moves.
        drop((app, opened));
        draft.take_place(data)?;
        let settings = Settings { demo: true, ..Settings::default() };
        let opened = serve::open(data, &data.join("keys"), settings, SystemClock)?;
        Ok(Self { app: opened.app.clone(), opened, ..self })
    }

    /// The city in the terminal.
    async fn page(&self) -> Result<String, Failure> {
        let mut page = String::new();
        tell::city(&mut page, self);
        for story in stories::ALL {
            tell::story(&mut page, self, story)?;
        }
        gate::show(&mut page, self).await?;
        tell::summary(&mut page, self);
        Ok(page)
    }

    /// How many residents are shown what; `None` counts those without a colour.
    fn count(&self, color: Option<Color>) -> usize {
        self.assessments.iter().filter(|assessment| assessment.status().color() == color).count()
    }

    /// The resident with this number, and the status that the rules give them.
    fn resident(&self, number: usize) -> Result<(&Resident, &Assessment), Failure> {
        let both = self.city.residents.get(number).zip(self.assessments.get(number));
        both.map(|(resident, assessment)| (&**resident, assessment)).ok_or_else(nobody)
    }

    fn person(&self, number: usize) -> Result<PersonId, Failure> {
        self.persons.get(number).copied().ok_or_else(nobody)
    }

    fn record(&self, story: &Story) -> Result<&PersonRecord, Failure> {
        self.records.get(&story.resident).map(AsRef::as_ref).ok_or_else(nobody)
    }

    /// The instant as a clock in the city shows it.
    fn clock_time(&self) -> impl Display {
        let zone = jiff::tz::TimeZone::get(self.ruleset.region.zone()).unwrap_or(jiff::tz::TimeZone::UTC);
        self.now.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}

fn nobody() -> Failure {
    Failure::new("a resident of the stories is not in the city")
}

/// The rules as if they had come into force seventeen days ago, as they had on the day of `--once`: the dates of effect
/// and sunset are moved, and nothing else.
fn in_force(rules: &str, original: &Ruleset, today: Day) -> Result<String, Failure> {
    let effect = today.minus(17);
    let length = original.sunset.days_since(original.effect);
    let sunset = effect.plus(u16::try_from(length).unwrap_or(0));
    let moved = rules
        .replacen(&format!("effect = {}", original.effect), &format!("effect = {effect}"), 1)
        .replacen(&format!("sunset = {}", original.sunset), &format!("sunset = {sunset}"), 1);
    match Ruleset::parse(&moved) {
        Ok(ruleset) if ruleset.effect == effect && ruleset.sunset == sunset => Ok(moved),
        Ok(_) | Err(_) => Err(Failure::new("the dates of the demo's rules cannot be moved")),
    }
}
