//! `mingma demo`: a fictional city under real rules, in memory and in the terminal.
//!
//! Everything is drawn from a fixed seed, and the clock of the story stands at one instant of January 2022, so that
//! every run shows the same city. All that is shown goes the way that it goes outside the demo: facts are parsed,
//! statuses assessed, codes signed and verified.

mod city;
mod gate;
mod stories;
mod tell;

use std::io::{self, Write};
use std::process::ExitCode;

use mingma_domain::assess::{Record, Status, assess};
use mingma_domain::fact::Color;
use mingma_domain::text::Lang;
use mingma_domain::{RiskMap, Ruleset};

use crate::failure::Failure;
use city::{City, Resident};

/// The rules of the demo, in the program so that it runs anywhere.
const RULESET: &str = include_str!("../../../../rulesets/guangxi/2021-12/ruleset.toml");
/// The instant of the story: Monday, 10 January 2022, 10:00 in Guangxi.
const NOW: &str = "2022-01-10T10:00:00+08:00";

/// Show a fictional city of 10,000 residents under the published rules of Guangxi.
#[derive(clap::Args, Debug)]
pub(crate) struct Demo {
    /// Show the city once and exit; as long as the demo serves no pages, it always does.
    #[arg(long)]
    once: bool,
    /// The language of the texts: `zh-Hans`, `zh-Hant` or `en`.
    #[arg(long, default_value = "en")]
    lang: Lang,
}

/// The city with everybody's status.
struct Scene {
    ruleset: Ruleset,
    city: City,
    risk: RiskMap,
    now: jiff::Timestamp,
    statuses: Vec<Status>,
    lang: Lang,
}

impl Demo {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let scene = Scene::new(self.lang)?;
        let mut page = String::new();
        tell::city(&mut page, &scene);
        for story in stories::ALL {
            tell::story(&mut page, &scene, story)?;
        }
        gate::show(&mut page, &scene)?;
        tell::summary(&mut page, &scene);
        io::stdout().lock().write_all(page.as_bytes()).map_err(Failure::output)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Scene {
    fn new(lang: Lang) -> Result<Self, Failure> {
        let ruleset = Ruleset::parse(RULESET).map_err(|errors| {
            Failure::new(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\nerror: "))
        })?;
        let now = NOW.parse().map_err(Failure::new)?;
        let city = City::draw(ruleset.zone.day_of(now))?;
        let risk = RiskMap::new(&city.risk);
        let statuses = city.residents.iter().map(|r| assess(&ruleset, &r.record(), &risk, now)).collect();
        Ok(Self { ruleset, city, risk, now, statuses, lang })
    }

    /// How many residents are shown what; `None` counts those without a colour.
    fn count(&self, color: Option<Color>) -> usize {
        self.statuses.iter().filter(|status| status.color() == color).count()
    }

    /// The resident with this number, and the status that the rules give them.
    fn resident(&self, number: usize) -> Result<(&Resident, &Status), Failure> {
        let found = self.city.residents.get(number).zip(self.statuses.get(number));
        found.ok_or_else(|| Failure::new(format_args!("the city has no resident {number}")))
    }
}

impl Resident {
    fn record(&self) -> Record<'_> {
        Record { facts: &self.facts, retractions: &self.retractions }
    }
}
