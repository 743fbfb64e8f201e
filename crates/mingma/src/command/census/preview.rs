//! `mingma census preview`: drafts of rules and of risk levels against those that are in force, by what the census file tells.
//!
//! It looks at the days at which the server looks before it publishes: what takes effect later is seen on that day, and as if it
//! did at once. What only the folder knows — what was published alone before — it does not add.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

use mingma_census::job::{self, Draft, RegionShift, reassess, together};
use mingma_census::{Need, Outcomes, Program};
use mingma_domain::risk::RegionRisk;
use mingma_domain::text::Lang;
use mingma_domain::time::Day;
use mingma_domain::{RiskMap, Ruleset};

use super::list::List;
use super::working::Working;
use super::{Scene, Today, compile, enough_memory, tell};
use crate::command::rules;
use crate::config::Config;
use crate::failure::Failure;
use crate::ruleset_dir;
use crate::table::risk;

/// What a draft would do, by what this census tells: what was published alone before, which the server adds, it does not know. What takes effect
/// later is looked at on that day, and as if it did at once, as the server does.
#[derive(clap::Args, Debug)]
pub(crate) struct Preview {
    #[command(flatten)]
    today: Today,
    /// The folder of a draft ruleset; several are set side by side.
    #[arg(long, value_name = "DIR", required_unless_present = "draft_risk")]
    draft: Vec<PathBuf>,
    /// Levels of regions to be set beside those in force, for each draft, or alone for today's rules; several are set side by side.
    #[arg(long, value_name = "FILE")]
    draft_risk: Vec<PathBuf>,
    /// The language of the words: `zh-Hans`, `zh-Hant` or `en`.
    #[arg(long, default_value = "en", conflicts_with = "json")]
    lang: Lang,
    /// The file by which the folder is served, if it sets the brake's share.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write down everybody whom a draft would touch, with the reasons before and after: a file that ends in `.csv` or `.jsonl`.
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
}

impl Preview {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let working = Working::start()?;
        let share = Config::share_of(self.config.as_deref())?;
        let list = self.list.as_deref().map(List::in_file).transpose()?;
        let Scene { census, ruleset, risk, levels_known, on } = self.today.read()?;
        let mut levels = Vec::new();
        for path in &self.draft_risk {
            levels.push(Levels::new(path.display().to_string(), risk::read(path, None)?.acts(), on));
        }
        let mut rulesets = Vec::new();
        for dir in &self.draft {
            rules::check_one(dir).map_err(|failure| {
                failure.or_help(
                    "a draft that may not be published has no preview; `mingma rules check` says the same",
                )
            })?;
            rulesets.push((dir.display().to_string(), ruleset_dir::load(dir)?));
        }
        let sketches = sketches(&risk, &rulesets, &levels, on);
        if sketches.len() > MAX_DRAFTS {
            return Err(Failure::new(format_args!(
                "{} drafts are too many to compare at once",
                sketches.len()
            ))
            .help(format_args!(
                "give at most {MAX_DRAFTS}; each `--draft` counts with each `--draft-risk`, and again for each later day on which something of it takes effect"
            )));
        }
        let sides = u64::try_from(sketches.len()).unwrap_or(u64::MAX);
        enough_memory(Need::of_a_look(census.persons().into(), sides), None)?;
        let program = compile(&census, &ruleset, &risk, on)?;
        let mut todays: BTreeMap<Day, (Program<'_>, Outcomes)> = BTreeMap::new();
        for day in sketches.iter().map(|sketch| sketch.on).collect::<BTreeSet<_>>() {
            let program = compile(&census, &ruleset, &risk, day)?;
            let outcomes =
                working.run("today's rules", |work| reassess(&census, &program, None, work))?.outcomes;
            todays.insert(day, (program, outcomes));
        }
        let mut drafts = Vec::new();
        for sketch in &sketches {
            drafts.push(compile(&census, sketch.rules.unwrap_or(&ruleset), &sketch.risk, sketch.on)?);
        }
        let mut all = Vec::new();
        for (sketch, program) in sketches.iter().zip(&drafts) {
            // INVARIANT: every day of a sketch is among them.
            let Some((today, outcomes)) = todays.get(&sketch.on) else { continue };
            let draft = Draft { label: &sketch.label, program };
            let preview =
                working.run("the drafts", |work| job::preview(&census, (today, outcomes), &draft, work))?;
            all.push((sketch, today, draft, preview));
        }
        let of_all_days = |of: &Sketch<'_>| {
            let same = all.iter().filter(|(sketch, ..)| sketch.number == of.number);
            together(&census, &same.map(|(.., preview)| preview).collect::<Vec<_>>())
        };
        let told: Vec<Told<'_>> = all
            .iter()
            .map(|(sketch, today, draft, preview)| Told {
                sketch,
                today,
                draft,
                preview,
                regions: of_all_days(sketch),
            })
            .collect();
        if let Some(list) = list {
            list.write(&census, &told, &working)?;
        }
        let lang = (!self.today.json).then_some(self.lang);
        tell::previewed((&census, &program, levels_known), &told, (lang, share))
    }
}

/// How many drafts are compared at once: as many as there are letters to call them by.
const MAX_DRAFTS: usize = 26;

/// A draft as it was given, on a day on which it is looked at.
pub(super) struct Sketch<'a> {
    /// Which draft, of those given.
    number: usize,
    label: String,
    /// The day.
    on: Day,
    /// Its rules; none: today's.
    pub(super) rules: Option<&'a Ruleset>,
    /// The risk that would be in force.
    risk: RiskMap,
    /// What of it would be set anew.
    pub(super) levels: Vec<RegionRisk>,
}

/// A draft on a day, compiled, and what it would do.
pub(super) struct Told<'a> {
    pub(super) sketch: &'a Sketch<'a>,
    /// The rules in force, on the day.
    pub(super) today: &'a Program<'a>,
    pub(super) draft: &'a Draft<'a>,
    pub(super) preview: &'a job::Preview,
    /// Whom the draft hits on any of the days on which it is looked at, by home region, each once: by this the brake goes.
    pub(super) regions: Vec<RegionShift>,
}

/// Levels to be set, as an authority sets them: after the acts that are in force, and beside those about other regions.
struct Levels {
    file: String,
    acts: Vec<RegionRisk>,
    /// The same with each region's first one to come as if it began on the day.
    at_once: Vec<RegionRisk>,
    /// The days to come on which one begins.
    days: BTreeSet<Day>,
}

impl Levels {
    fn new(file: String, acts: &[RegionRisk], on: Day) -> Self {
        let mut begun = BTreeSet::new();
        let at_once = |act: &RegionRisk| {
            let is_first = act.from > on && begun.insert(act.region);
            RegionRisk { from: if is_first { on } else { act.from }, ..*act }
        };
        Self {
            file,
            acts: acts.to_vec(),
            at_once: acts.iter().map(at_once).collect(),
            days: acts.iter().map(|act| act.from).filter(|day| *day > on).collect(),
        }
    }
}

/// Each ruleset with each set of levels; without rulesets today's, and without levels today's. Each on the day that is asked about and on the later
/// ones on which something of it takes effect.
fn sketches<'a>(
    risk: &RiskMap,
    rulesets: &'a [(String, Ruleset)],
    levels: &[Levels],
    on: Day,
) -> Vec<Sketch<'a>> {
    let rulesets: Vec<Option<&(String, Ruleset)>> =
        if rulesets.is_empty() { vec![None] } else { rulesets.iter().map(Some).collect() };
    let levels: Vec<Option<&Levels>> =
        if levels.is_empty() { vec![None] } else { levels.iter().map(Some).collect() };
    let pairs = rulesets.iter().flat_map(|rules| levels.iter().map(move |levels| (*rules, *levels)));
    let mut sketches = Vec::new();
    for (number, (rules, levels)) in pairs.enumerate() {
        let names = [rules.map(|(label, _)| label.as_str()), levels.map(|levels| levels.file.as_str())];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let rules = rules.map(|(_, rules)| rules);
        let mut days: BTreeSet<Day> = levels.map(|levels| levels.days.clone()).unwrap_or_default();
        days.extend(rules.map(|rules| rules.effect).filter(|effect| *effect > on));
        days.insert(on);
        for day in days {
            let set: &[RegionRisk] = match levels {
                None => &[],
                Some(levels) if day == on => &levels.at_once,
                Some(levels) => &levels.acts,
            };
            let label = if day == on { name.clone() } else { format!("{name}, {day}") };
            let risk = RiskMap::new(&[risk.acts(), set].concat());
            sketches.push(Sketch { number, label, on: day, rules, risk, levels: set.to_vec() });
        }
    }
    sketches
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use mingma_census::{Builder, Work};
    use mingma_domain::fact::{Fact, RawFact};

    use super::*;

    #[test]
    fn a_list_that_is_cancelled_leaves_the_former_one_and_nothing_else() {
        let rules = |id: &str| {
            let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulesets").join(id);
            ruleset_dir::load(&dir).unwrap()
        };
        let (now, would) = (rules("shaanxi/2020"), rules("heilongjiang/2020"));
        let (risk, on): (_, Day) = (RiskMap::default(), "2020-04-28".parse().unwrap());
        let mut builder = Builder::new(&now.zone, on);
        let contact = RawFact {
            kind: "contact",
            value: "same-vehicle",
            at: "2020-04-27",
            issuer: "cdc:610100",
            evidence: "INV-1",
            ..RawFact::default()
        };
        let person = builder.named("P1", Some("610102".parse().unwrap())).unwrap();
        builder.fact(person, &Fact::parse(&contact).unwrap(), &[]).unwrap();
        let census = builder.finish().unwrap();
        let [today, then] = [&now, &would].map(|rules| Program::compile(&census, rules, &risk, on).unwrap());
        let outcomes = reassess(&census, &today, None, &Work::default()).unwrap().outcomes;
        let draft = Draft { label: "draft", program: &then };
        let preview = job::preview(&census, (&today, &outcomes), &draft, &Work::default()).unwrap();
        assert!(preview.hits().count() > 0, "there is somebody to be listed");
        let given = [("draft".to_owned(), would.clone())];
        let sketches = sketches(&risk, &given, &[], on);
        let regions = together(&census, &[&preview]);
        let told = [Told { sketch: &sketches[0], today: &today, draft: &draft, preview: &preview, regions }];
        let dir = tempfile::tempdir().unwrap();
        for name in ["who.csv", "who.jsonl"] {
            let path = dir.path().join(name);
            fs::write(&path, "former").unwrap();
            let write = |working| List::in_file(&path).unwrap().write(&census, &told, &working);
            assert!(write(Working::stopped(true)).unwrap_err().message().contains("cancelled"));
            assert_eq!(fs::read_to_string(&path).unwrap(), "former");
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no part is left");
            write(Working::stopped(false)).unwrap();
            assert!(fs::read_to_string(&path).unwrap().contains("P1"));
            fs::remove_file(&path).unwrap();
        }
    }
}
