//! `mingma census build`: from a facts file, or from a data folder that may be served meanwhile, to a census file.

mod file;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::SignedDuration;
use mingma_census::{Builder, Census, Need};
use mingma_domain::time::{Day, Zone};
use mingma_registry::feed::AsOf;
use mingma_registry::{Book, Witnessed};
use mingma_store::Snapshot;

use super::working::{self, Working};
use super::{enough_memory, tell};
use crate::clock;
use crate::config::Config;
use crate::failure::Failure;
use crate::journal;
use crate::machine::free_memory;
use crate::table::input::{Format, Input};

/// Build a census from a facts file, or from a data folder.
#[derive(clap::Args, Debug)]
pub(crate) struct Build {
    /// The facts: a `.csv`, `.jsonl` or `.parquet` file.
    #[arg(long, value_name = "FILE", required_unless_present = "data", requires = "on")]
    facts: Option<PathBuf>,
    /// A data folder, which may be served meanwhile: everybody with what counts, as of one moment. It is only read.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["facts", "facts_format", "homes"])]
    data: Option<PathBuf>,
    /// The file by which the folder is served, if its log asks witnesses there: then what they have not signed yet and makes somebody worse
    /// is left out, as it is for everybody.
    #[arg(long, value_name = "FILE", requires = "data")]
    config: Option<PathBuf>,
    /// The format of the facts, where the name does not say it.
    #[arg(long, value_name = "FORMAT")]
    facts_format: Option<Format>,
    /// Where persons live: `person,region`. Persons whom it does not name are counted without a home.
    #[arg(long, value_name = "FILE")]
    homes: Option<PathBuf>,
    /// The zone in which days are reckoned: that of the rulesets to be used.
    #[arg(long, value_name = "ZONE", default_value = "Asia/Shanghai")]
    zone: String,
    /// The day of the census: facts of the fourteen months before take the least room. Of a data folder it is today.
    #[arg(long, value_name = "DAY")]
    on: Option<Day>,
    /// The file to write, everybody's facts in clear: only its owner may read it. An older census is replaced when the new one is
    /// whole; what is no census is not. It ends after seven days, for it outlives what is destroyed in the folder: remove it before if it is not
    /// needed.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Take at most so much memory, in millions of bytes; else what the machine and this process's group have free.
    #[arg(long, value_name = "MB")]
    memory: Option<u64>,
    /// Tell the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Build {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let zone = Zone::named(&self.zone).map_err(Failure::new)?;
        let working = Working::start()?;
        // Before the work begins, and again before the file takes its name.
        working::replaceable(&self.out)?;
        let census = match &self.data {
            Some(data) => self.of_data(data, &zone, &working)?,
            None => self.of_facts(&zone, &working)?,
        };
        let ends = clock::now().saturating_add(SignedDuration::from_hours(24 * ENDS_AFTER_DAYS));
        let ends = ends.map_err(Failure::new)?;
        working.write(&census, &self.out, ends)?;
        tell::info(&census, (Some(ends), None), self.json)
    }

    /// The census of a data folder; its persons are called by their ids.
    fn of_data(&self, data: &Path, zone: &Zone, working: &Working) -> Result<Census, Failure> {
        let now = clock::now();
        let snapshot = Snapshot::open(data).map_err(Failure::new)?;
        let [persons, facts, placed] = snapshot.size().map_err(Failure::new)?;
        let (free, need) =
            (self.free(), Need::of(persons, facts, placed).named(persons, persons * ID_LETTERS));
        enough_memory(need, free)?;
        let bar = working::bar("reading");
        bar.set_length(persons);
        let mut builder = Builder::new(zone, self.on.unwrap_or_else(|| zone.day_of(now)));
        let witnessed = self.witnessed(data)?;
        let residents = if witnessed == Witnessed::EVERYTHING {
            snapshot.residents(now)
        } else {
            let as_of = AsOf { disputes: now, witnessed };
            snapshot.fed().and_then(|place| snapshot.residents_by(place, as_of)).map_err(Failure::new)?
        };
        let book = Book::default().with(snapshot.published().map_err(Failure::new)?).map_err(Failure::new)?;
        for resident in residents {
            working.go_on()?;
            let resident = resident.map_err(Failure::new)?;
            let (resident, _waits) =
                resident.witnessed(witnessed, |home, facts| book.outcome(home, facts, now));
            let entry = builder.named(&resident.person.to_string(), resident.home).map_err(Failure::new)?;
            for fact in &resident.facts {
                builder.fact(entry, fact, &[]).map_err(Failure::new)?;
            }
            bar.inc(1);
            if bar.position().is_multiple_of(LOOK_AGAIN) {
                enough_memory(builder.need(), free)?;
            }
        }
        bar.finish_and_clear();
        enough_memory(builder.need(), free)?;
        builder.finish().map_err(Failure::new)
    }

    /// Up to which entry of the folder's journal witnesses have signed.
    fn witnessed(&self, data: &Path) -> Result<u64, Failure> {
        let Some(config) = &self.config else { return Ok(Witnessed::EVERYTHING) };
        let config = Config::read(config)?;
        let keys = config.keys.clone().unwrap_or_else(|| data.join("keys"));
        journal::witnessed((data, &keys), &config.journal)
    }

    fn of_facts(&self, zone: &Zone, working: &Working) -> Result<Census, Failure> {
        let (Some(facts), Some(on)) = (&self.facts, self.on) else {
            return Err(Failure::new("name the facts with `--facts`, and their day with `--on`"));
        };
        let input = Input::new(facts, self.facts_format, "--facts-format")?;
        if facts.as_os_str() == "-" {
            return Err(Failure::new("the facts are read twice if one of them was taken back, and standard input can be read only once")
                .help("write them to a file first"));
        }
        file::census(Builder::new(zone, on), (&input, self.homes.as_deref()), self.free(), working)
    }

    /// How many bytes it may take, as of now.
    fn free(&self) -> Option<u64> {
        self.memory.map(|limit| limit.saturating_mul(1_000_000)).or_else(free_memory)
    }
}

/// After how many persons of a data folder, or rows of a file, it is looked again whether memory will do: which facts are not packed is seen
/// only then.
const LOOK_AGAIN: u64 = 65_536;

/// After how many days a census file ends: it outlives what each night destroys, so it is for the work of a week.
const ENDS_AFTER_DAYS: i64 = 7;

/// How many letters a person's id has, which is the name of a person of a data folder.
const ID_LETTERS: u64 = 36;
