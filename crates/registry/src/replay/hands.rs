//! By whose hands what is public came about: what the authority is said to have signed is held to its key, and what one office did
//! alone is named.

use mingma_credential::authority::{Act, ActError, open};
use mingma_credential::{Certificate, UnixSeconds};

use super::{Fault, Said, Why};
use crate::acts::PROPOSAL_HOURS;
use crate::authority::Directive;
use crate::row::{Brought, PublicRow};
use crate::store::Published;
use crate::words::ActName;

/// By whose hands public acts that count came about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hands {
    /// Files that the authority signed and somebody brought in.
    pub brought: u64,
    /// What such files made, or proposed.
    pub made: u64,
    /// What two offices agreed to.
    pub agreed: u64,
    /// What was published in an emergency.
    pub emergencies: u64,
    /// The entries of what an account of one office published, or took away from an issuer, alone.
    pub alone: Vec<u64>,
}

/// An act that was brought in, and of which nothing has come yet.
struct Open {
    directive: Directive,
    at: jiff::Timestamp,
}

/// What was brought in so far.
struct Authority<'a> {
    anchors: &'a [Certificate],
    /// Whose it is: the first act says it, and the others say the same.
    region: Option<String>,
    ids: Vec<[u8; 16]>,
    open: Vec<Open>,
}

/// Goes through the public acts in their order.
pub(super) fn hands(said: &[Said], anchors: &[Certificate]) -> Result<Hands, Fault> {
    let mut authority = Authority { anchors, region: None, ids: Vec::new(), open: Vec::new() };
    let mut hands = Hands::default();
    for said in said {
        let Said::Act(act, published, _) = said else { continue };
        let Published { entry, at, row, .. } = &**published;
        let fault = |why| Fault { entry: *entry, why };
        let brought = if let PublicRow::Brought(brought) = row { Some(brought) } else { None };
        match (*act == ActName::Bring, brought) {
            (true, Some(brought)) => {
                authority.take(brought).map_err(fault)?;
                hands.brought += 1;
            }
            (true, None) => {
                if !authority.has_said(row, *at) {
                    return Err(fault(Why::Unsaid));
                }
                hands.made += 1;
            }
            // Nobody else's act keeps such a file.
            (false, Some(_)) => return Err(fault(Why::Unsaid)),
            (false, None) if !counts(row) => {}
            (false, None) if *act == ActName::Approve => hands.agreed += 1,
            (false, None) if *act == ActName::PublishInEmergency => hands.emergencies += 1,
            (false, None) => hands.alone.push(*entry),
        }
    }
    Ok(hands)
}

impl Authority<'_> {
    /// Takes in a file, if one of the authority's keys signed it and it was brought in time.
    fn take(&mut self, brought: &Brought) -> Result<(), Why> {
        let act = self.signed(&brought.file).map_err(Why::NotTheAuthoritys)?;
        let directive = Directive::of(&act).ok_or(Why::Unreadable)?;
        let at = UnixSeconds::new(brought.at.as_second());
        if act.id != brought.id || act.until < at || self.ids.contains(&act.id) {
            return Err(Why::OutOfTurn);
        }
        let region = act.region.to_string();
        if self.region.get_or_insert_with(|| region.clone()) != &region {
            return Err(Why::OtherAuthority);
        }
        self.ids.push(act.id);
        if !matches!(directive, Directive::TrustList(_)) {
            self.open.push(Open { directive, at: brought.at });
        }
        Ok(())
    }

    fn signed(&self, file: &[u8]) -> Result<Act, ActError> {
        let mut last = Err(ActError::Shape);
        for anchor in self.anchors {
            last = open(file, anchor);
            if last.is_ok() {
                break;
            }
        }
        last
    }

    /// Whether a row is what an act says that was brought in before, within the hours in which it is ended, and of which nothing came.
    fn has_said(&mut self, row: &PublicRow, at: jiff::Timestamp) -> bool {
        let says = |open: &Open| {
            at.duration_since(open.at).as_hours() <= PROPOSAL_HOURS
                && if let PublicRow::Proposal(proposal) = row {
                    open.directive.proposes(&proposal.what)
                } else {
                    open.directive.makes(row)
                }
        };
        let found = self.open.iter().position(says);
        found.is_some_and(|place| {
            self.open.remove(place);
            true
        })
    }
}

/// Whether a row changes what counts.
const fn counts(row: &PublicRow) -> bool {
    match row {
        PublicRow::Issuer(_)
        | PublicRow::Key(_)
        | PublicRow::KeyWithdrawn(_)
        | PublicRow::Entitlement(_)
        | PublicRow::EntitlementWithdrawn(_)
        | PublicRow::Ruleset(_)
        | PublicRow::Risk(_)
        | PublicRow::Limit(_) => true,
        PublicRow::Proposal(_)
        | PublicRow::Approval(_)
        | PublicRow::Emergency(_)
        | PublicRow::LetGo(_)
        | PublicRow::Alarm(_)
        | PublicRow::Allowance(_)
        | PublicRow::Purged(_)
        | PublicRow::Brought(_) => false,
    }
}
