//! What offices did with one another, done again as far as the log says enough for it.
//!
//! Done again are: that numbers are of the draft beside which they stand; the sum of what was published alone; that a second office
//! agreed, of a region above the first one's, having seen what was proposed, in time, and to each proposal once; that what needs two offices came of both; that emergencies end together; that what one office does
//! alone stays below the share, or takes something away. What a draft was foreseen to do the census said then, and nobody can say again
//! from the log: so it is counted how many drafts one office published with no number beside them.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use mingma_domain::Region;
use mingma_domain::time::Zone;

use super::{Fault, Said, Why};
use crate::acts::{PROPOSAL_HOURS, is_short};
use crate::book::Book;
use crate::brake::{Draft, Hand, Preview, Proposed, is_above};
use crate::canonical::Hash;
use crate::row::PublicRow;
use crate::words::ActName;

/// How long before its entry an act may have read the book, or its hand have been put down: acts wait for one another, and for the disk.
const MOMENT: SignedDuration = SignedDuration::from_secs(60);

/// What offices did that follows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Offices {
    /// What two offices agreed to.
    pub agreed: u64,
    /// What was published in emergencies.
    pub emergencies: u64,
    /// Drafts that one office published with what they were foreseen to do, below the share.
    pub let_go: u64,
    /// Drafts that one office published with no numbers: nobody is said to be worse off by them.
    pub unforeseen: u64,
    /// The regions whose own offices agreed with one another: nobody but those of the topmost region may, which the log does not name.
    pub beside: BTreeSet<Region>,
}

/// What an act said that is published next.
enum Due {
    /// What two offices agreed to.
    Agreed(PublicRow),
    /// A draft of this hash, in an emergency of an office whose emergencies began on an instant.
    Emergency(Hash, Timestamp),
    /// A draft of this hash, which one office lets go.
    LetGo(Hash),
}

/// The public acts up to one of them.
#[derive(Default)]
struct Acts {
    /// The topmost region, if the auditor says which it is.
    top: Option<Region>,
    book: Arc<Book>,
    /// The books of the last moment, each until when it was in force.
    lately: Vec<(Timestamp, Arc<Book>)>,
    due: Vec<Due>,
    found: Offices,
}

/// Goes through the public acts in their order.
pub(super) fn offices(said: &[Said], top: Option<Region>) -> Result<Offices, Fault> {
    let mut acts = Acts { top, ..Acts::default() };
    for said in said {
        let Said::Act(name, act, _) = said else { continue };
        let at = act.at;
        let fault = |why| Fault { entry: act.entry, why };
        acts.follows(&act.row, *name, at).map_err(fault)?;
        let book = acts.book.with(vec![(**act).clone()]).map_err(|_| fault(Why::Unreadable))?;
        let former = std::mem::replace(&mut acts.book, Arc::new(book));
        acts.lately.retain(|(until, _)| at.duration_since(*until) <= MOMENT);
        acts.lately.push((at, former));
    }
    Ok(acts.found)
}

impl Offices {
    /// An office agreed that has to stand above. Whether the topmost one did, which need not, only an auditor can say who names it.
    fn stands(&mut self, office: Region, above: bool, top: Option<Region>) -> Result<(), Why> {
        match (above, top) {
            (true, _) => Ok(()),
            (false, Some(_)) => Err(Why::NotAbove),
            (false, None) => {
                self.beside.insert(office);
                Ok(())
            }
        }
    }
}

impl Acts {
    /// Whether a row follows from what came before it.
    fn follows(&mut self, row: &PublicRow, act: ActName, at: Timestamp) -> Result<(), Why> {
        match row {
            PublicRow::Proposal(proposal) => {
                is_put_down(&proposal.by, at)?;
                match &proposal.what {
                    Proposed::Draft { draft, preview } => {
                        self.is_of(&draft.hash(), preview, &proposal.by, true)
                    }
                    Proposed::Appointment { .. } => Ok(()),
                }
            }
            PublicRow::Approval(approval) => {
                is_put_down(&approval.by, at)?;
                let proposal = self.book.proposal(approval.proposal).ok_or(Why::NoProposal)?;
                let waits = self.book.waiting().any(|(number, _)| number == approval.proposal);
                let in_time =
                    at.duration_since(proposal.by.at) < SignedDuration::from_hours(PROPOSAL_HOURS) + MOMENT;
                let seconded = proposal.is_seconded_by(&approval.by);
                if !(waits && in_time && seconded && proposal.seen() == approval.seen) {
                    return Err(Why::NotSeconded);
                }
                let above = is_above(approval.by.region, proposal.by.region, self.top);
                self.found.stands(approval.by.region, above, self.top)?;
                self.due.push(Due::Agreed(match &proposal.what {
                    Proposed::Draft { draft, .. } => draft.clone().into(),
                    Proposed::Appointment { appointment, .. } => appointment.clone().into(),
                }));
                Ok(())
            }
            PublicRow::Emergency(emergency) => {
                is_put_down(&emergency.by, at)?;
                if let Some(preview) = &emergency.preview {
                    self.is_of(&emergency.draft, preview, &emergency.by, true)?;
                }
                let first = self.book.first_emergency(emergency.by.region, emergency.by.at);
                self.due.push(Due::Emergency(emergency.draft, first.unwrap_or(emergency.by.at)));
                Ok(())
            }
            PublicRow::LetGo(row) => {
                is_put_down(&row.by, at)?;
                // One draft after the other is let go, so there is one book that it can have been summed from.
                self.is_of(&row.draft, &row.preview, &row.by, false)?;
                if row.preview.exceeds().is_some() {
                    return Err(Why::AboveTheShare);
                }
                self.due.push(Due::LetGo(row.draft));
                Ok(())
            }
            PublicRow::Ruleset(entry) => self.published(&Draft::Rules(entry.clone()), row, act),
            PublicRow::Risk(risk) => self.published(&Draft::Risk(*risk), row, act),
            PublicRow::Issuer(_) | PublicRow::Key(_) | PublicRow::Entitlement(_) => self.is_agreed(row, act),
            PublicRow::Limit(limit) => {
                let lowers = limit.per_hour <= self.book.limit(&limit.issuer, limit.kind);
                if act != ActName::Approve && lowers { Ok(()) } else { self.is_agreed(row, act) }
            }
            PublicRow::Allowance(allowance) => {
                is_put_down(&allowance.by, at)?;
                let office = allowance.by.region;
                let issuer = self.book.held_in(allowance.alarm, office).ok_or(Why::NothingHeld)?;
                let above = self.book.may_let_through(office, issuer, self.top).is_ok();
                self.found.stands(office, above, self.top)
            }
            // What takes something away one office does at once; the others are of the program, or held to the authority's key.
            PublicRow::KeyWithdrawn(_)
            | PublicRow::EntitlementWithdrawn(_)
            | PublicRow::Alarm(_)
            | PublicRow::Purged(_)
            | PublicRow::Brought(_) => Ok(()),
        }
    }

    /// Whether numbers are a draft's, with the sum of what was published alone before it, or before something of the last moment.
    fn is_of(&self, draft: &Hash, preview: &Preview, by: &Hand, or_before: bool) -> Result<(), Why> {
        if preview.draft != *draft {
            return Err(Why::OtherDraft);
        }
        let lately = self.lately.iter().filter(|_| or_before).map(|(_, book)| book);
        let mut books = lately.chain([&self.book]);
        let summed = |book: &Arc<Book>| {
            preview
                .regions
                .iter()
                .all(|of| [by.at, preview.as_of].into_iter().any(|at| book.alone(of.region, at) == of.alone))
        };
        if books.any(summed) { Ok(()) } else { Err(Why::OtherSum) }
    }

    /// Whether a draft may be published by this act.
    fn published(&mut self, draft: &Draft, row: &PublicRow, act: ActName) -> Result<(), Why> {
        let hash = draft.hash();
        if act == ActName::PublishInEmergency {
            let is_it = |due: &Due| matches!(due, Due::Emergency(of, _) if *of == hash);
            let Some(Due::Emergency(_, first)) = self.take(is_it) else { return Err(Why::NotAgreed) };
            let zone = Zone::named(draft.region().zone()).map_err(|_| Why::Unreadable)?;
            if !is_short(draft, zone.day_of(first)) {
                return Err(Why::TooLong);
            }
            self.found.emergencies += 1;
            return Ok(());
        }
        if !matches!(act, ActName::Publish | ActName::SetRisk | ActName::Bring) {
            return self.is_agreed(row, act);
        }
        match self.take(|due| matches!(due, Due::LetGo(of) if *of == hash)) {
            Some(_) => self.found.let_go += 1,
            None => self.found.unforeseen += 1,
        }
        Ok(())
    }

    /// Whether a row is what two offices agreed to.
    fn is_agreed(&mut self, row: &PublicRow, act: ActName) -> Result<(), Why> {
        let is_it = |due: &Due| matches!(due, Due::Agreed(agreed) if agreed == row);
        if act != ActName::Approve || self.take(is_it).is_none() {
            return Err(Why::NotAgreed);
        }
        self.found.agreed += 1;
        Ok(())
    }

    fn take(&mut self, is_it: impl Fn(&Due) -> bool) -> Option<Due> {
        let place = self.due.iter().position(is_it)?;
        Some(self.due.remove(place))
    }
}

/// Whether a hand was put down when its entry says.
fn is_put_down(by: &Hand, at: Timestamp) -> Result<(), Why> {
    let late = at.duration_since(by.at);
    if late.abs() <= MOMENT { Ok(()) } else { Err(Why::OtherTime) }
}
