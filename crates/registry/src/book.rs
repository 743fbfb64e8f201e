//! The public acts in force, kept in memory: issuers, keys, entitlements, rulesets, risk.
//!
//! The book is what [`Store::published`](crate::Store::published) has told so far; it is brought up to date by reading
//! on from the last number. It is a copy, never the truth, and holds nothing about anybody.

mod bulk;
mod ends;
mod offices;
mod sources;
mod taken;

pub use taken::Taken;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use mingma_credential::key::{DevicePoint, KeyId};
use mingma_credential::trust::file::TrustFile;
use mingma_domain::assess::{Outcome, Record, assess};
use mingma_domain::fact::{Issuer, Kind};
use mingma_domain::risk::RegionRisk;
use mingma_domain::ruleset::example::{self, Example};
use mingma_domain::time::{Day, Zone};
use mingma_domain::{Fact, Region, RiskMap, Ruleset};

use crate::authority::Directive;
use crate::brake::{Alone, Draft, Emergencies, Proposal};
use crate::canonical::{Hash, sha256};
use crate::id::RulesetNumber;
use crate::retention::Purged;
use crate::row::{
    Alarm, EntitlementEntry, IssuerEntry, KeyEntry, KeyWithdrawal, Limit, PublicRow, RulesetEntry,
};
use crate::store::{Published, StoreError};
use crate::words::Capacity;

/// A ruleset with its number.
#[derive(Debug)]
pub struct PublishedRuleset {
    /// The number of its publication.
    pub number: RulesetNumber,
    /// The rules.
    pub ruleset: Ruleset,
    /// The examples with which they were published.
    pub examples: Vec<Example>,
    /// Both as the texts that were published.
    pub texts: RulesetEntry,
}

/// The public acts up to a number.
#[derive(Clone, Debug, Default)]
pub struct Book {
    last: u64,
    issuers: BTreeMap<String, IssuerEntry>,
    keys: Vec<KeyEntry>,
    withdrawn: Vec<KeyWithdrawal>,
    entitlements: BTreeMap<u64, EntitlementEntry>,
    withdrawn_entitlements: BTreeMap<u64, Timestamp>,
    taken: Vec<taken::Withdrawal>,
    rulesets: Vec<Arc<PublishedRuleset>>,
    acts: Vec<RegionRisk>,
    /// The number of each of the acts about risk.
    act_numbers: Vec<u64>,
    risk: Arc<RiskMap>,
    proposals: BTreeMap<u64, Arc<Proposal>>,
    approved: BTreeMap<u64, u64>,
    /// By issuer, the regions whose offices gave it something, or let through what was held of it.
    let_in: BTreeMap<String, BTreeSet<Region>>,
    emergencies: Emergencies,
    alone: Alone,
    limits: Vec<Limit>,
    alarms: BTreeMap<u64, Arc<Alarm>>,
    allowed: BTreeMap<u64, (u64, Timestamp)>,
    brought: BTreeMap<[u8; 16], BroughtAct>,
    /// The last ends of data, the newest last.
    ended: VecDeque<Arc<Purged>>,
    /// By the key that signed it, the list of the highest number.
    trust_lists: BTreeMap<KeyId, (u64, Arc<[u8]>)>,
}

/// An act of the authority that was brought in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct BroughtAct {
    /// Its number.
    pub(crate) number: u64,
    /// The hash of what was signed.
    pub(crate) hash: Hash,
    /// When it was brought first.
    pub(crate) at: Timestamp,
}

impl Book {
    /// The number of the last act in it; 0 of an empty book.
    #[must_use]
    pub const fn last(&self) -> u64 {
        self.last
    }

    /// This book with the acts that follow it.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if a kept ruleset cannot be read.
    pub fn with(&self, acts: Vec<Published>) -> Result<Self, StoreError> {
        let mut book = self.clone();
        let risks = book.acts.len();
        for act in acts {
            book.last = act.number;
            book.taken.extend(taken::Withdrawal::of(&act));
            match act.row {
                PublicRow::Issuer(entry) => {
                    book.issuers.insert(entry.issuer.to_string(), entry);
                }
                PublicRow::Key(entry) => book.keys.push(entry),
                PublicRow::KeyWithdrawn(entry) => book.withdrawn.push(entry),
                PublicRow::Entitlement(entry) => {
                    book.entitlements.insert(act.number, entry);
                }
                PublicRow::EntitlementWithdrawn(entry) => {
                    book.withdrawn_entitlements.insert(entry.entitlement, entry.at);
                }
                PublicRow::Risk(risk) => {
                    book.emergencies.published(act.number, || Draft::Risk(risk).hash());
                    book.acts.push(risk);
                    book.act_numbers.push(act.number);
                }
                PublicRow::Proposal(proposal) => {
                    book.proposals.insert(act.number, Arc::new(proposal));
                }
                PublicRow::Approval(approval) => book.approve(act.number, &approval),
                PublicRow::Limit(limit) => book.limits.push(limit),
                PublicRow::Alarm(alarm) => {
                    book.alarms.insert(act.number, Arc::new(alarm));
                }
                PublicRow::Allowance(allowance) => book.allow(act.number, &allowance),
                // What it was about is published next.
                PublicRow::Emergency(row) => {
                    if let Some(preview) = &row.preview {
                        book.alone.add(act.number, row.by.at, preview);
                    }
                    book.emergencies.add(act.number, row);
                }
                PublicRow::LetGo(row) => book.alone.add(act.number, row.by.at, &row.preview),
                // What it made is published next, but for a trust list, which is all in it.
                PublicRow::Brought(brought) => {
                    let damaged = || StoreError::Damaged { place: format!("act {}", act.number) };
                    let (said, key) = brought.act().ok_or_else(damaged)?;
                    let (number, hash) = (act.number, sha256(&said.to_bytes()));
                    book.brought.insert(brought.id, BroughtAct { number, hash, at: brought.at });
                    if let Some(Directive::TrustList(list)) = Directive::of(&said) {
                        let edition = TrustFile::edition_unproved(&list).map_or(0, |edition| edition.number);
                        let former = book.trust_lists.get(&key).map_or(0, |(number, _)| *number);
                        if edition > former {
                            book.trust_lists.insert(key, (edition, list.into()));
                        }
                    }
                }
                // What was destroyed is in force nowhere.
                PublicRow::Purged(row) => book.end(row),
                PublicRow::Ruleset(entry) => {
                    book.emergencies.published(act.number, || Draft::Rules(entry.clone()).hash());
                    let damaged = || StoreError::Damaged { place: format!("ruleset {}", act.number) };
                    let ruleset = Ruleset::parse(&entry.rules).map_err(|_| damaged())?;
                    let examples = example::parse(&entry.examples).map_err(|_| damaged())?;
                    let number = RulesetNumber(act.number);
                    book.rulesets.push(Arc::new(PublishedRuleset {
                        number,
                        ruleset,
                        examples,
                        texts: entry,
                    }));
                }
            }
        }
        if book.acts.len() > risks {
            book.risk = Arc::new(RiskMap::new(&book.acts));
        }
        Ok(book)
    }

    /// An act of the authority that was brought in, by its id.
    pub(crate) fn brought(&self, id: &[u8; 16]) -> Option<BroughtAct> {
        self.brought.get(id).copied()
    }

    /// The trust list of the highest number that was brought in of those that this key signed: its number and its bytes. In what
    /// order they came does not matter, and of what another authority's key signed nothing does.
    #[must_use]
    pub fn trust_list(&self, signer: KeyId) -> Option<(u64, &Arc<[u8]>)> {
        self.trust_lists.get(&signer).map(|(number, list)| (*number, list))
    }

    /// A proposal by its number.
    #[must_use]
    pub fn proposal(&self, number: u64) -> Option<&Arc<Proposal>> {
        self.proposals.get(&number)
    }

    /// The proposals that nobody has approved, by their numbers; the last first.
    pub fn waiting(&self) -> impl Iterator<Item = (u64, &Arc<Proposal>)> {
        let waits = |(number, _): &(&u64, _)| !self.approved.contains_key(*number);
        self.proposals.iter().rev().filter(waits).map(|(number, proposal)| (*number, proposal))
    }

    /// How many persons of a region were foreseen to be worse off by what was published alone, as of an instant: since a second
    /// office agreed to something that makes the region worse, and at most [`crate::brake::ALONE_DAYS`] ago.
    #[must_use]
    pub fn alone(&self, region: Region, now: Timestamp) -> u64 {
        self.alone.worse(region, now)
    }

    /// When the first emergency was, as of an instant, of those that offices of a region published: since a second office agreed to
    /// something of theirs, and at most thirty days ago.
    pub(crate) fn first_emergency(&self, office: Region, now: Timestamp) -> Option<Timestamp> {
        self.emergencies.first(office, now)
    }

    /// The risk of every region on every day.
    #[must_use]
    pub fn risk(&self) -> &Arc<RiskMap> {
        &self.risk
    }

    /// The acts that set a region's risk, with their numbers, in their order.
    #[must_use]
    pub fn risk_acts(&self) -> impl DoubleEndedIterator<Item = (u64, &RegionRisk)> {
        self.act_numbers.iter().copied().zip(&self.acts)
    }

    /// The rulesets, in the order of their publication.
    #[must_use]
    pub fn rulesets(&self) -> &[Arc<PublishedRuleset>] {
        &self.rulesets
    }

    /// Whether rules of this name were published for a region.
    #[must_use]
    pub fn is_published(&self, region: Region, id: &str) -> bool {
        self.rulesets.iter().any(|known| known.texts.region == region && known.texts.id == id)
    }

    /// What facts that count give to those who live in a region, at an instant; none where no rules are in force.
    #[must_use]
    pub fn outcome(&self, home: Region, facts: &[Fact], now: Timestamp) -> Option<Outcome> {
        let rules = &self.ruleset_for(home, now)?.ruleset;
        Some(assess(rules, &Record { facts, retractions: &[] }, self.risk(), now).outcome())
    }

    /// The ruleset in force in a region at an instant: of the narrowest region around it that has one; of several
    /// there, the one that took effect last, and of those the one published last.
    #[must_use]
    pub fn ruleset_for(&self, region: Region, now: Timestamp) -> Option<&Arc<PublishedRuleset>> {
        region.ancestors().find_map(|around| {
            let here = self.rulesets.iter().filter(|published| {
                let rules = &published.ruleset;
                rules.region == around && rules.in_force(rules.zone.day_of(now))
            });
            here.max_by_key(|published| (published.ruleset.effect, published.number))
        })
    }

    /// The first instant after `from`, and before `until`, at which other rules may come into force in a region, as far as
    /// rules are published today.
    #[must_use]
    pub fn rules_change(&self, region: Region, from: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let around = self.rulesets.iter().map(|published| &published.ruleset);
        let turns = around.filter(|rules| region.is_in(rules.region)).flat_map(|rules| {
            let (today, last) = (rules.zone.day_of(from), rules.zone.day_of(until));
            let turns =
                [rules.effect, rules.sunset].into_iter().filter(move |day| today < *day && *day <= last);
            turns.filter_map(|day| Timestamp::from_second(rules.zone.start_of(day)).ok())
        });
        turns.filter(|at| *at < until).min()
    }

    /// What is known of an issuer.
    #[must_use]
    pub fn issuer(&self, issuer: &Issuer) -> Option<&IssuerEntry> {
        self.issuers.get(&issuer.to_string())
    }

    /// Every issuer, in the order of their names.
    pub fn issuers(&self) -> impl Iterator<Item = &IssuerEntry> {
        self.issuers.values()
    }

    /// Every key that an issuer ever had, with the instant from which it is withdrawn.
    pub fn all_keys(&self, issuer: &Issuer) -> impl Iterator<Item = (&KeyEntry, Option<Timestamp>)> {
        self.keys.iter().filter(move |key| key.issuer == *issuer).map(|key| {
            (key, self.withdrawn.iter().find(|withdrawn| withdrawn.point == key.point).map(|w| w.at))
        })
    }

    /// Everything to which an issuer is entitled, now or at other times, without what was withdrawn.
    pub fn entitlements(&self, issuer: &Issuer) -> impl Iterator<Item = &EntitlementEntry> {
        self.standing().filter(move |entry| entry.entitlement.issuer == *issuer)
    }

    /// Everything to which an issuer was ever entitled, by the number of the act, and since when it is withdrawn.
    pub fn all_entitlements(
        &self,
        issuer: &Issuer,
    ) -> impl Iterator<Item = (u64, &EntitlementEntry, Option<Timestamp>)> {
        let own = self.entitlements.iter().filter(move |(_, entry)| entry.entitlement.issuer == *issuer);
        own.map(|(number, entry)| (*number, entry, self.withdrawn_entitlements.get(number).copied()))
    }

    /// An entitlement by the number of the act that gave it, withdrawn or not.
    #[must_use]
    pub fn entitlement(&self, number: u64) -> Option<&EntitlementEntry> {
        self.entitlements.get(&number)
    }

    fn standing(&self) -> impl Iterator<Item = &EntitlementEntry> {
        let stands = |(number, _): &(&u64, _)| !self.withdrawn_entitlements.contains_key(*number);
        self.entitlements.iter().filter(stands).map(|(_, entry)| entry)
    }

    /// The keys that count for an issuer at an instant.
    pub fn keys(&self, issuer: &Issuer, now: Timestamp) -> impl Iterator<Item = &KeyEntry> {
        self.keys.iter().filter(move |key| {
            let withdrawn = || self.withdrawn.iter().any(|w| w.point == key.point && w.at <= now);
            key.issuer == *issuer && key.from <= now && now < key.until && !withdrawn()
        })
    }

    /// The key with this public point, whether it counts or not.
    #[must_use]
    pub fn key(&self, point: &DevicePoint) -> Option<&KeyEntry> {
        self.keys.iter().find(|key| key.point == *point)
    }

    /// Whether an issuer may put its key under a fact of this kind about this region, on the day of an instant.
    ///
    /// Without a region in the fact, the region where the issuer works counts.
    #[must_use]
    pub fn entitled(
        &self,
        as_what: Capacity,
        who: &IssuerEntry,
        what: (Kind, Option<Region>),
        day: Day,
    ) -> bool {
        let (kind, region) = what;
        let region = region.unwrap_or(who.region);
        self.standing().filter(|entry| entry.capacity == as_what).any(|entry| match as_what {
            Capacity::Submit => entry.entitlement.allows(&who.issuer, kind, region, day),
            // The second organisation, or the source, may be of another class than those that issue the kind.
            Capacity::Countersign | Capacity::Confirm => {
                let e = &entry.entitlement;
                e.issuer == who.issuer && e.kind == kind && region.is_in(e.region) && e.is_in_force(day)
            }
        })
    }
}

/// The civil day of an instant where an issuer works.
pub(crate) fn day_at(region: Region, now: Timestamp) -> Option<Day> {
    Zone::named(region.zone()).ok().map(|zone| zone.day_of(now))
}
