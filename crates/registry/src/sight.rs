//! What a draft would do on a day, in as much detail as an official needs before publishing it: numbers of persons, and nobody.

use std::fmt;
use std::str::FromStr;

use mingma_domain::Region;
use mingma_domain::assess::Outcome;
use mingma_domain::fact::Color;
use mingma_domain::time::Day;

use crate::brake::NotAPreview;

/// What a draft would do on a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OnDay {
    /// On which.
    pub on: Day,
    /// How many persons there are.
    pub persons: u64,
    /// How many would be worse off: shown something stricter, or held longer, on that day or on one to come.
    pub worse: u64,
    /// How many of them would be held longer: not green then, nor shown anything stricter, and what they are shown ends later.
    pub longer: u64,
    /// How many would be better off: shown something milder, that not for longer, and on no day to come anything stricter.
    pub better: u64,
    /// How many would change from what to what; the most first.
    pub shifts: Vec<OutcomeShift>,
    /// How many of the worse would be neither on that day, but shown something stricter on one to come, by what is known now: by the first such day.
    pub coming: Vec<ComingShift>,
    /// How many of the worse would be shown something stricter still on a day to come: stricter than by the rules in force then, and than on every earlier
    /// day on which they were worse off, one of which each has. By each such day; nothing in what was written down before this was told.
    pub stricter_still: Vec<ComingShift>,
    /// The reasons that some would gain or lose on that day, in the order of their codes.
    pub reasons: Vec<ReasonShift>,
    /// The same of those who would be worse off only on a day to come, each as of the first such day: what they would have by the draft and
    /// not by the rules in force then, and the other way round.
    pub coming_reasons: Vec<ReasonShift>,
    /// What would hold longest of those who would be worse off, the longest first.
    pub longest: Vec<Longest>,
}

/// How many persons would be shown something else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutcomeShift {
    /// Than this; none where no rules are in force.
    pub from: Option<Outcome>,
    /// Namely this.
    pub to: Option<Outcome>,
    /// So many.
    pub persons: u64,
}

/// How many persons would be shown something stricter from a day to come on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ComingShift {
    /// That day.
    pub on: Day,
    /// What they would be shown by the rules that will be in force then; none where there are none.
    pub from: Option<Outcome>,
    /// What they would be shown by the draft.
    pub to: Option<Outcome>,
    /// So many.
    pub persons: u64,
}

/// A reason that some would gain or lose: a code and what it says, which is one reason where several rulesets say the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReasonShift {
    /// Its code.
    pub code: String,
    /// The ruleset that says so, by its region and its id there, of several the first; none in what was written down before this was told.
    pub of: Option<(Region, String)>,
    /// How many would have it who otherwise would not.
    pub gain: u64,
    /// How many would not have it who otherwise would.
    pub lose: u64,
}

/// For how long somebody would be worse off; nobody is named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Longest {
    /// From this.
    pub from: Option<Outcome>,
    /// To this.
    pub to: Option<Outcome>,
    /// The first day on which something milder would be shown if nothing new were recorded, or the draft is at its end; none: never by waiting.
    pub until: Option<Day>,
    /// If they would only be held longer: the first day on which it is milder by the rules in force.
    pub instead_of: Option<Day>,
    /// By which reasons.
    pub reasons: Vec<String>,
}

impl OnDay {
    /// How many would be shown something else.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.shifts.iter().map(|shift| shift.persons).sum()
    }

    /// How many would be shown something stricter on that day.
    #[must_use]
    pub fn stricter(&self) -> u64 {
        // INVARIANT: whoever is held longer or hit later is worse off; the census counts them so, and nothing else is read.
        self.worse - self.longer - self.later()
    }

    /// How many of the worse would be so on a day to come alone.
    #[must_use]
    pub fn later(&self) -> u64 {
        self.coming.iter().fold(0, |sum, of| sum.saturating_add(of.persons))
    }
}

/// What is shown, in a word.
#[must_use]
pub const fn word(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Code(color)) => color.word(),
        Some(Outcome::Popup) => "pop-up",
        Some(Outcome::NotIssued) => "no-code",
        None => "no-rules",
    }
}

fn outcome(text: &str) -> Result<Option<Outcome>, NotAPreview> {
    let all = [
        Some(Outcome::Code(Color::Green)),
        Some(Outcome::Code(Color::Yellow)),
        Some(Outcome::Code(Color::Red)),
        Some(Outcome::Popup),
        Some(Outcome::NotIssued),
        None,
    ];
    all.into_iter().find(|outcome| word(*outcome) == text).ok_or(NotAPreview)
}

/// How a line begins that tells of a day to come.
const COMING: &str = "coming";
/// How one begins that tells of a day on which it is stricter still.
const STRICTER_STILL: &str = "stricter-still";

/// A line of the day, how many persons there are, how many worse, longer and better; then one for each shift, day to come, day on
/// which it is stricter still, reason, reason on the days to come and longest wait, where `-` is no day.
impl fmt::Display for OnDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { on, persons, worse, longer, better, shifts, reasons, coming_reasons, longest, .. } = self;
        write!(f, "{on} {persons} {worse} {longer} {better}")?;
        for OutcomeShift { from, to, persons } in shifts {
            write!(f, "\nshift {} {} {persons}", word(*from), word(*to))?;
        }
        for (line, days) in [(COMING, &self.coming), (STRICTER_STILL, &self.stricter_still)] {
            for ComingShift { on, from, to, persons } in days {
                write!(f, "\n{line} {on} {} {} {persons}", word(*from), word(*to))?;
            }
        }
        for (word, reasons) in [("reason", reasons), ("coming-reason", coming_reasons)] {
            for ReasonShift { code, of, gain, lose } in reasons {
                write!(f, "\n{word} {code} {gain} {lose}")?;
                of.iter().try_for_each(|(region, id)| write!(f, " {region} {id}"))?;
            }
        }
        for Longest { from, to, until, instead_of, reasons } in longest {
            let day = |day: &Option<Day>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
            write!(f, "\nlongest {} {} {} {}", word(*from), word(*to), day(until), day(instead_of))?;
            reasons.iter().try_for_each(|code| write!(f, " {code}"))?;
        }
        Ok(())
    }
}

impl FromStr for OnDay {
    type Err = NotAPreview;

    /// Reads what is printed. That nothing else is printed alike is for whoever reads the whole to hold.
    fn from_str(text: &str) -> Result<Self, NotAPreview> {
        let mut lines = text.split('\n').map(|line| Words(line.split(' ')));
        let mut first = lines.next().ok_or(NotAPreview)?;
        let mut day = Self {
            on: first.read()?,
            persons: first.read()?,
            worse: first.read()?,
            longer: first.read()?,
            better: first.read()?,
            shifts: Vec::new(),
            coming: Vec::new(),
            stricter_still: Vec::new(),
            reasons: Vec::new(),
            coming_reasons: Vec::new(),
            longest: Vec::new(),
        };
        for mut line in lines {
            match line.word()? {
                "shift" => {
                    let (from, to) = (outcome(line.word()?)?, outcome(line.word()?)?);
                    day.shifts.push(OutcomeShift { from, to, persons: line.read()? });
                }
                COMING => day.coming.push(line.coming()?),
                STRICTER_STILL => day.stricter_still.push(line.coming()?),
                "reason" => day.reasons.push(line.reason()?),
                "coming-reason" => day.coming_reasons.push(line.reason()?),
                "longest" => day.longest.push(Longest {
                    from: outcome(line.word()?)?,
                    to: outcome(line.word()?)?,
                    until: line.day()?,
                    instead_of: line.day()?,
                    reasons: line.0.map(str::to_owned).collect(),
                }),
                _ => return Err(NotAPreview),
            }
        }
        if day.longer.checked_add(day.later()).is_none_or(|some| some > day.worse) {
            return Err(NotAPreview);
        }
        Ok(day)
    }
}

/// The words of a line.
struct Words<'t>(std::str::Split<'t, char>);

impl<'t> Words<'t> {
    fn word(&mut self) -> Result<&'t str, NotAPreview> {
        self.0.next().ok_or(NotAPreview)
    }

    fn read<T: FromStr>(&mut self) -> Result<T, NotAPreview> {
        self.word()?.parse().map_err(|_| NotAPreview)
    }

    fn coming(&mut self) -> Result<ComingShift, NotAPreview> {
        let on = self.read()?;
        let (from, to) = (outcome(self.word()?)?, outcome(self.word()?)?);
        Ok(ComingShift { on, from, to, persons: self.read()? })
    }

    fn reason(&mut self) -> Result<ReasonShift, NotAPreview> {
        let code = self.word()?.to_owned();
        let (gain, lose) = (self.read()?, self.read()?);
        let of = match self.0.next() {
            Some(region) => Some((region.parse().map_err(|_| NotAPreview)?, self.word()?.to_owned())),
            None => None,
        };
        Ok(ReasonShift { code, of, gain, lose })
    }

    fn day(&mut self) -> Result<Option<Day>, NotAPreview> {
        Ok(match self.word()? {
            "-" => None,
            day => Some(day.parse().map_err(|_| NotAPreview)?),
        })
    }
}

/// A day of a draft under which everything there is occurs.
#[cfg(test)]
pub(crate) fn example() -> OnDay {
    let (red, yellow) = (Some(Outcome::Code(Color::Red)), Some(Outcome::Code(Color::Yellow)));
    let shift = |from, to, persons| OutcomeShift { from, to, persons };
    let coming = |on: &str, from, persons| ComingShift { on: on.parse().unwrap(), from, to: red, persons };
    let reason = |code: &str, id: Option<&str>, gain, lose| ReasonShift {
        code: code.to_owned(),
        of: id.map(|id| ("410000".parse().unwrap(), id.to_owned())),
        gain,
        lose,
    };
    let longest = |from, until: Option<&str>, instead_of: Option<&str>, reasons: &[&str]| Longest {
        from,
        to: red,
        until: until.map(|day| day.parse().unwrap()),
        instead_of: instead_of.map(|day| day.parse().unwrap()),
        reasons: reasons.iter().map(ToString::to_string).collect(),
    };
    OnDay {
        on: Day::FIRST,
        persons: 10_000,
        worse: 12,
        longer: 5,
        better: 2,
        shifts: vec![
            shift(Some(Outcome::Code(Color::Green)), red, 4),
            shift(yellow, Some(Outcome::Popup), 1),
            shift(Some(Outcome::NotIssued), None, 1),
        ],
        coming: vec![
            coming("2022-06-14", Some(Outcome::Code(Color::Green)), 2),
            coming("2022-06-20", None, 1),
        ],
        stricter_still: vec![coming("2022-06-20", yellow, 3)],
        reasons: vec![reason("R2", None, 4, 0), reason("Y1", Some("2022-01"), 1, 0)],
        coming_reasons: vec![reason("R3", None, 3, 1)],
        longest: vec![
            longest(None, None, None, &["R2", "Y1"]),
            longest(red, Some("2022-07-11"), Some("2022-06-27"), &["R2"]),
            longest(yellow, Some("2022-07-10"), None, &[]),
        ],
    }
}
