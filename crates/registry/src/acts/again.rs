//! What an issuer has said before is not recorded once more: neither the same sample, nor another result of it.
//!
//! Found by the evidence: the issuer's own number, about the same person. What the issuer itself took back
//! may be said anew; what an appeal took back may not. The issuer learns nothing but what it recorded itself.
//!
//! Between the question and the fact's being there nobody else says the same: of two submissions at one moment, as two instruments of
//! one laboratory send them, one is refused as a whole and comes again. Of a submission that broke off in between, what has not come
//! through is asked about anew when it is sent again.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use mingma_domain::Fact;
use mingma_domain::document::Document;
use mingma_domain::fact::{Evidence, Issuer, Kind};
use mingma_domain::time::Moment;

use super::{Registry, Unable};
use crate::intake::RowRefusal;
use crate::row::IdempotencyKey;
use crate::submission::{Row, Submission};

/// Whose evidence, about whom.
type Said = (Issuer, Document, Evidence);

/// What is being said in this moment, by which submission, and how many times at once. One process has the folder, so memory knows them
/// all; it is bounded by the requests that are under way.
#[derive(Debug, Default)]
pub(crate) struct Saying(Mutex<BTreeMap<Said, (IdempotencyKey, u32)>>);

/// That no other submission says the same as long as this is held.
pub(super) struct Alone<'s> {
    saying: &'s Saying,
    said: BTreeSet<Said>,
}

impl Saying {
    /// Begins to say what a submission says; none while another one says some of it.
    pub(super) fn begin(&self, submission: &Submission) -> Option<Alone<'_>> {
        let issuer = submission.issuer();
        let said = |row: &Row| Some((issuer.clone(), row.document.clone(), row.fact.evidence()?.clone()));
        let said: BTreeSet<Said> = submission.rows().iter().flatten().filter_map(said).collect();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let by_another = |one| all.get(one).is_some_and(|(key, _)| key != submission.key());
        if said.iter().any(by_another) {
            return None;
        }
        for one in &said {
            all.entry(one.clone()).or_insert_with(|| (submission.key().clone(), 0)).1 += 1;
        }
        Some(Alone { saying: self, said })
    }
}

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        let mut all = self.saying.0.lock().unwrap_or_else(PoisonError::into_inner);
        for one in std::mem::take(&mut self.said) {
            if let Entry::Occupied(mut held) = all.entry(one) {
                held.get_mut().1 -= 1;
                if held.get().1 == 0 {
                    held.remove();
                }
            }
        }
    }
}

/// The good rows of a submission without those that say again what the issuer has said, in the store or in a row before. The rows at the
/// places in `there` are recorded, and not asked about.
pub(super) async fn without_said<'r>(
    registry: &Registry,
    issuer: &Issuer,
    judged: Vec<Result<&'r Row, RowRefusal>>,
    there: &BTreeSet<u16>,
) -> Result<Vec<Result<&'r Row, RowRefusal>>, Unable> {
    let evidenced = |row: &Row| Some((row.document.clone(), row.fact.evidence()?.clone()));
    let asked = (0..).zip(&judged).filter(|(place, _)| !there.contains(place));
    let of: Vec<_> = asked.filter_map(|(_, row)| evidenced(row.as_ref().ok()?)).collect();
    if of.is_empty() {
        return Ok(judged);
    }
    let mut before = registry.store().recorded_by(issuer, &of).await?.into_iter();
    let mut here = BTreeMap::new();
    let judge = |(place, row): (u16, Result<&'r Row, RowRefusal>)| {
        let row = row?;
        if row.fact.evidence().is_none() || there.contains(&place) {
            return Ok(row);
        }
        let own = name(&row.fact);
        let kind = row.fact.kind();
        if let Some(former) =
            before.next().unwrap_or_default().into_iter().find(|said| name(&said.fact) == own)
        {
            return Err(RowRefusal::Again { kind, former: former.id });
        }
        match here.entry((&row.document, own)) {
            Entry::Occupied(first) => Err(RowRefusal::Twice { kind, first: *first.get() }),
            Entry::Vacant(free) => {
                free.insert(place);
                Ok(row)
            }
        }
    };
    Ok((0..).zip(judged).map(judge).collect())
}

/// What two facts of one issuer and evidence about one person have in common if they say the same. A sample has one result, whichever it is
/// and whenever it is said to have been taken; a case, an investigation or an order may go on to another value on its day, or to another end.
fn name(fact: &Fact) -> (Kind, String, [String; 4]) {
    let evidence = fact.evidence().map_or_else(String::new, ToString::to_string);
    let said = match fact.kind() {
        Kind::Test => [const { String::new() }; 4],
        Kind::Diagnosis
        | Kind::Discharge
        | Kind::Contact
        | Kind::Isolation
        | Kind::Release
        | Kind::Screening
        | Kind::Stay
        | Kind::Entry
        | Kind::Symptom
        | Kind::Checkin
        | Kind::Vaccination
        | Kind::ForeignStatus => [
            fact.value().to_string(),
            fact.region().map_or_else(String::new, |region| region.to_string()),
            moment(fact.at()),
            fact.until().map_or_else(String::new, moment),
        ],
    };
    (fact.kind(), evidence, said)
}

/// A day, or of an instant the time alone, however its offset was written.
fn moment(moment: Moment) -> String {
    match moment {
        Moment::Day(day) => day.to_string(),
        Moment::Instant(at, _) => at.to_string(),
    }
}
