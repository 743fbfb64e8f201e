//! A ruleset compiled for a census and a day: which facts matter, as bits, and what a person's bits amount to.
//!
//! Every part of the ruleset that speaks of facts (`fact`, `lapse`, `follows`) is a *leaf* and has a bit. For a packed fact
//! the bits that it sets are looked up in a table by word and day; a person's bits are or-ed, and `any`, `all` and
//! `not` over them give the rules that hold. A leaf whose truth depends on one fact at a time is thereby decided. Of
//! the others — cleared by another fact, by negatives, by check-ins; lapses — the bit only says that they *might* hold,
//! and the domain's evaluator is asked.
//!
//! Where a ruleset has more leaves than there are bits, they share one that says «might», and the evaluator is asked about
//! everybody who has it: slower, and the same answer. No ruleset that may be published is refused.
//!
//! INVARIANT: without its bit a leaf does not hold. The bit is set by asking the evaluator about the fact alone,
//! under the leaf without all that other facts could take away from it.

mod leaf;

use std::sync::Arc;

use mingma_domain::assess::judge::Judge;
use mingma_domain::assess::{Event, Outcome};
use mingma_domain::fact::{Kind, Value, Word, WordSet};
use mingma_domain::ruleset::{Condition, Effect};
use mingma_domain::time::Day;
use mingma_domain::{Region, RiskMap, Ruleset};

use crate::columns::pack::{DAYS, REGIONS, WIDE};
use crate::columns::{Census, Home, ROUTINE, key};
use crate::error::Refusal;
use leaf::Leaf;

/// The words of facts that mean nothing in a region which is not near.
pub(crate) const PLACED: WordSet = WordSet::of_kind(Kind::Stay).with(WordSet::of_kind(Kind::ForeignStatus));
/// In the table: the fact must be looked at, if its region is one of [`Program::near`].
pub(crate) const LOOK_NEAR: u64 = 1 << 63;
/// In the table: the fact must be looked at.
pub(crate) const LOOK: u64 = 1 << 62;
/// How many leaves can have a bit of their own: what is left of sixty-four.
const MAX_LEAVES: usize = 62;
/// How many keys of word and day there are: 64 words of 512 days.
pub(crate) const KEYS: usize = 64 * DAYS as usize;

/// A ruleset under the risk of the regions on a day, ready to be asked about everybody of a census.
pub struct Program<'a> {
    pub(crate) ruleset: &'a Ruleset,
    pub(crate) risk: &'a RiskMap,
    pub(crate) today: Day,
    pub(crate) leaves: Vec<Leaf>,
    rules: Vec<(Effect, Node)>,
    issued: Option<Node>,
    /// By [`key`]: the bits of a fact, or that it must be looked at. Sixty-four words of 512 days: 256 KiB, of which
    /// the days that have facts stay in the cache.
    pub(crate) table: Arc<[u64]>,
    /// By [`Region::index`]: all ones, or all but [`LOOK_NEAR`] where no stay can matter.
    pub(crate) near: Box<[u64]>,
    /// The bits that only say «might».
    pub(crate) guards: u64,
    /// Whether anything that is routine sets a bit.
    pub(crate) reads_routine: bool,
    /// Whether all leaves share the first bit: then the evaluator judges whoever has it.
    pub(crate) is_judged: bool,
}

/// The boolean structure over the leaves.
#[derive(Clone, Debug)]
enum Node {
    Leaf(u64),
    Any(Vec<Node>),
    All(Vec<Node>),
    Not(Box<Node>),
}

impl<'a> Program<'a> {
    /// Compiles a ruleset for a census, as of a day.
    ///
    /// # Errors
    /// [`Refusal::OtherZone`] if the two reckon days differently.
    pub fn compile(
        census: &Census,
        ruleset: &'a Ruleset,
        risk: &'a RiskMap,
        today: Day,
    ) -> Result<Self, Refusal> {
        if ruleset.zone != census.zone {
            return Err(Refusal::OtherZone {
                census: census.zone.name().to_owned(),
                ruleset: ruleset.zone.name().to_owned(),
            });
        }
        let mut leaves = Vec::new();
        let mut rules = Vec::with_capacity(ruleset.rules.len());
        for rule in &ruleset.rules {
            rules.push((rule.effect, node(&rule.when, ruleset, &mut leaves)));
        }
        let issued = ruleset.issued_when.as_ref().map(|c| node(c, ruleset, &mut leaves));
        let is_judged = leaves.len() > MAX_LEAVES;
        let mut guards = u64::from(is_judged);
        for (bit, leaf) in leaves.iter().take(MAX_LEAVES).enumerate().filter(|_| !is_judged) {
            guards |= u64::from(!leaf.is_decided()) << bit;
        }
        let mut program = Self {
            ruleset,
            risk,
            today,
            leaves,
            rules,
            issued,
            table: Arc::default(),
            // Of a region that does not occur yet nothing is known.
            near: vec![u64::MAX; usize::from(REGIONS)].into(),
            guards,
            reads_routine: false,
            is_judged,
        };
        program.fill_table(census);
        for region in census.regions() {
            program.set_near(region);
        }
        Ok(program)
    }

    /// The same ruleset on the same day under another risk. Only the regions whose levels differ are compiled anew; they
    /// are given, too, with the first and the last day that differ.
    pub(crate) fn under<'b>(&self, risk: &'b RiskMap) -> (Program<'b>, Vec<(Region, Day, Day)>)
    where
        'a: 'b,
    {
        let mut reached: Vec<Region> = self.risk.regions().chain(risk.regions()).collect();
        reached.sort_unstable_by_key(|region| region.index());
        reached.dedup();
        let differing: Vec<_> =
            reached.into_iter().filter_map(|r| differ(self.risk, risk, r).map(|(a, b)| (r, a, b))).collect();
        let mut program = Program {
            ruleset: self.ruleset,
            risk,
            today: self.today,
            leaves: self.leaves.clone(),
            rules: self.rules.clone(),
            issued: self.issued.clone(),
            table: Arc::clone(&self.table),
            near: self.near.clone(),
            guards: self.guards,
            reads_routine: self.reads_routine,
            is_judged: self.is_judged,
        };
        for (region, _, _) in &differing {
            program.set_near(*region);
        }
        (program, differing)
    }

    /// The evaluator that it stands for.
    pub(crate) const fn judge(&self) -> Judge<'_> {
        Judge::new(self.ruleset, self.risk)
    }

    /// The ruleset that was compiled.
    #[must_use]
    pub const fn ruleset(&self) -> &'a Ruleset {
        self.ruleset
    }

    /// The day that it was compiled for.
    #[must_use]
    pub const fn today(&self) -> Day {
        self.today
    }

    /// The bits of an event; none if it does not count yet.
    pub(crate) fn bits(&self, event: &Event) -> u64 {
        if event.day > self.today {
            return 0;
        }
        let judge = self.judge();
        if self.is_judged {
            return u64::from(self.leaves.iter().any(|leaf| leaf.sees(&judge, event, self.today)));
        }
        let sees = |leaf: &Leaf| u64::from(leaf.sees(&judge, event, self.today));
        self.leaves.iter().enumerate().map(|(bit, leaf)| sees(leaf) << bit).fold(0, |all, bit| all | bit)
    }

    /// The bits of a home's stay.
    pub(crate) fn home_bits(&self, census: &Census, home: &Home) -> u64 {
        let far = home
            .region()
            .is_none_or(|r| self.near.get(usize::from(r.index())).is_none_or(|n| n & LOOK_NEAR == 0));
        if far { 0 } else { census.home_event(home).map_or(0, |event| self.bits(&event)) }
    }

    /// The bits of a person whose facts together set `bits`: where those only say «might», `events` gives all of the
    /// person's events, and the evaluator decides. Not for leaves that share a bit.
    pub(crate) fn decide(&self, bits: u64, events: &[Event]) -> u64 {
        let judge = self.judge();
        let mut decided = bits & !self.guards;
        for (bit, leaf) in self.leaves.iter().enumerate() {
            if bits & self.guards & 1 << bit != 0 && judge.holds(&leaf.condition, events, self.today) {
                decided |= 1 << bit;
            }
        }
        decided
    }

    /// What decided bits amount to.
    pub(crate) fn outcome(&self, decided: u64) -> Outcome {
        let holding = self.rules.iter().filter(|(_, node)| node.holds(decided));
        let effect = holding.map(|(effect, _)| *effect).min();
        Outcome::of(effect, self.issued.as_ref().is_none_or(|node| node.holds(decided)))
    }

    /// The outcome that these bits of a person make certain, whatever else is recorded: that of the most severe effect of
    /// all rules, by a rule that holds already and that no further bit can end.
    pub(crate) fn certain(&self, bits: u64) -> Option<Outcome> {
        let worst = self.rules.iter().map(|(effect, _)| *effect).min()?;
        let decided = bits & !self.guards;
        let mut rules = self.rules.iter().filter(|(effect, _)| *effect == worst);
        rules.any(|(_, node)| node.is_certain(decided)).then(|| Outcome::of(Some(worst), true))
    }

    /// Whether anybody's status can depend on the risk of regions.
    #[must_use]
    pub fn asks_risk(&self) -> bool {
        self.leaves.iter().any(Leaf::asks_risk)
    }

    /// Whether what a fact of this word means can depend on the risk of regions.
    pub(crate) fn asks_risk_of(&self, word: Word) -> bool {
        self.leaves.iter().any(|leaf| leaf.asks_risk_of(word))
    }

    /// Whether the other says the same of everybody on the same day.
    pub(crate) fn says_the_same(&self, other: &Program<'_>) -> bool {
        self.ruleset == other.ruleset && self.risk.acts() == other.risk.acts()
    }

    /// Whether a fact of [`PLACED`] can matter in a region.
    pub(crate) fn is_near(&self, region: u16) -> bool {
        self.near.get(usize::from(region)).is_none_or(|near| near & LOOK_NEAR != 0)
    }

    /// Whether a fact of this word can mean anything, alone or to other facts.
    pub(crate) fn reads(&self, word: Word) -> bool {
        self.leaves.iter().any(|leaf| leaf.words().contains(word) || leaf.is_moved_by(word))
    }

    /// Whether the bits of a fact of this word are all that it means to a person.
    pub(crate) fn is_told_by_bits(&self, word: Word) -> bool {
        !self.is_judged && !self.leaves.iter().any(|leaf| leaf.is_moved_by(word))
    }

    /// The words of which a fact may set a bit on some day.
    pub(crate) fn triggers(&self) -> WordSet {
        self.leaves.iter().fold(WordSet::EMPTY, |words, leaf| words.with(leaf.words()))
    }

    /// The words of facts by which something may begin to hold on a later day than the fact's own, though nothing is recorded by then.
    pub(crate) fn begin_later(&self) -> WordSet {
        // Where something is asked not to hold, what ends begins.
        let ends_begin = self.issued.is_some() || self.rules.iter().any(|(_, node)| node.denies());
        let later = self.leaves.iter().filter(|leaf| ends_begin || leaf.begins_later());
        later.fold(WordSet::EMPTY, |words, leaf| words.with(leaf.words()))
    }

    fn fill_table(&mut self, census: &Census) {
        let mut table = vec![0; KEYS];
        let triggers = self.triggers();
        let base = census.codec.base;
        let known = u16::try_from(self.today.days_since(base) + 1).unwrap_or(0).min(DAYS);
        for word in triggers.iter() {
            for days in census.earliest.min(known)..known {
                let bits = match word.kind() {
                    Kind::Stay | Kind::ForeignStatus => LOOK_NEAR,
                    Kind::Isolation | Kind::Screening | Kind::Vaccination | Kind::Entry => LOOK,
                    Kind::Diagnosis
                    | Kind::Discharge
                    | Kind::Contact
                    | Kind::Release
                    | Kind::Test
                    | Kind::Symptom
                    | Kind::Checkin => point(word, base.plus(days)).map_or(0, |event| self.bits(&event)),
                };
                if let Some(entry) = table.get_mut(key(word, days)) {
                    *entry = bits;
                }
                self.reads_routine |= bits != 0 && ROUTINE.contains(word);
            }
        }
        let wide = usize::from(WIDE) * usize::from(DAYS);
        if let Some(entries) = table.get_mut(wide..) {
            entries.fill(LOOK);
        }
        self.table = table.into();
        let routine_wide = WordSet::meets(triggers, ROUTINE) && !census.routine.wide.is_empty();
        self.reads_routine |= routine_wide;
    }

    fn set_near(&mut self, region: Region) {
        let judge = self.judge();
        let matters = self.leaves.iter().any(|leaf| leaf.reaches(&judge, region));
        if let Some(entry) = self.near.get_mut(usize::from(region.index())) {
            *entry = if matters { u64::MAX } else { !LOOK_NEAR };
        }
    }
}

impl Node {
    fn holds(&self, decided: u64) -> bool {
        match self {
            Self::Leaf(bit) => decided & bit != 0,
            Self::Any(parts) => parts.iter().any(|part| part.holds(decided)),
            Self::All(parts) => parts.iter().all(|part| part.holds(decided)),
            Self::Not(part) => !part.holds(decided),
        }
    }

    fn denies(&self) -> bool {
        match self {
            Self::Leaf(_) => false,
            Self::Any(parts) | Self::All(parts) => parts.iter().any(Self::denies),
            Self::Not(_) => true,
        }
    }

    /// Whether it holds with these bits and whichever others.
    fn is_certain(&self, decided: u64) -> bool {
        match self {
            Self::Leaf(bit) => decided & bit != 0,
            Self::Any(parts) => parts.iter().any(|part| part.is_certain(decided)),
            Self::All(parts) => parts.iter().all(|part| part.is_certain(decided)),
            Self::Not(_) => false,
        }
    }
}

fn node(condition: &Condition, ruleset: &Ruleset, leaves: &mut Vec<Leaf>) -> Node {
    let mut several =
        |parts: &[Condition]| -> Vec<Node> { parts.iter().map(|part| node(part, ruleset, leaves)).collect() };
    match condition {
        Condition::Any(parts) => Node::Any(several(parts)),
        Condition::All(parts) => Node::All(several(parts)),
        Condition::Not(part) => Node::Not(Box::new(node(part, ruleset, leaves))),
        Condition::Fact(_) | Condition::Lapse(_) | Condition::Follows(_) => {
            let known = leaves.iter().position(|leaf| leaf.condition == *condition);
            let bit = known.unwrap_or(leaves.len());
            if known.is_none() {
                leaves.push(Leaf::new(condition, ruleset));
            }
            // One that has no bit of its own holds for nobody of whom no bit is set; the others are judged.
            Node::Leaf(if bit < MAX_LEAVES { 1 << bit } else { 0 })
        }
    }
}

/// A fact of a word without a region on a day, as far as one fact alone can matter: its time of day only counts against
/// other facts.
fn point(word: Word, day: Day) -> Option<Event> {
    let value = Value::any_of(word, 1)?;
    Some(Event { index: 0, value, day, last: day, open: false, timed: false, instant: 0, region: None })
}

/// The first and the last day on which a region's level differs between two maps.
fn differ(one: &RiskMap, other: &RiskMap, region: Region) -> Option<(Day, Day)> {
    let (a, b) = (one.spans(region), other.spans(region));
    if a == b {
        return None;
    }
    let only = |a: &'_ [mingma_domain::risk::RiskSpan], b: &[mingma_domain::risk::RiskSpan]| {
        let mut alone =
            a.iter().filter(|span| !b.contains(span)).map(|span| (span.first, span.end)).collect::<Vec<_>>();
        alone.sort_unstable();
        alone
    };
    let all = [only(a, b), only(b, a)].concat();
    let first = all.iter().map(|(first, _)| *first).min()?;
    let last = all.iter().map(|(_, end)| end.minus(1)).max()?;
    Some((first, last))
}
