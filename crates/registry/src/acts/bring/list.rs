//! What a trust list has to be to count: later than the one in force, and such that another can follow it.
//!
//! It counts at once, at every checkpoint, so a stolen key could end with one file what thousands stand upon: a list without a key
//! under which a code counts, or of a number that no later list can reach, or for years. None of these is taken, whoever signed it.

use jiff::Timestamp;
use mingma_credential::UnixSeconds;
use mingma_credential::trust::file::{Anchor, TrustFile};
use mingma_credential::trust::{Scope, Use};
use mingma_domain::Region;
use thiserror::Error;

use super::BringError;
use crate::authority::Authority;
use crate::book::Book;

/// How long a trust list may be used before it must be signed anew, in days: a checkpoint that has been cut off for that long
/// cannot know which keys were withdrawn in the meantime.
pub const MAX_LIST_DAYS: i64 = 30;
/// How far ahead of its second a list's number may lie: many may be signed in one second, or with a clock that was set back.
const NUMBERS_AHEAD: i64 = 86_400;

/// Why a trust list of the authority's does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UnfitList {
    /// A later one is in force.
    #[error("a trust list of a later edition is in force, of the number {0}")]
    Older(u64),
    /// It names a key for another region.
    #[error("the trust list names a key for a region outside `{0}`")]
    Outside(Region),
    /// No list could follow it.
    #[error(
        "the trust list's number is {0}, more than the second at which it was signed: no list could follow it"
    )]
    Number(u64),
    /// It would be believed for too long.
    #[error("the trust list is to be used until {0}; at most {MAX_LIST_DAYS} days are taken")]
    TooLong(UnixSeconds),
    /// No code would count under it.
    #[error("the trust list names no key whose codes count now: it would end every code")]
    NoKey,
}

/// Whether a list that is signed at an instant may have this number.
#[must_use]
pub fn may_be_numbered(number: u64, issued_at: UnixSeconds) -> bool {
    u64::try_from(issued_at.plus(NUMBERS_AHEAD).get()).is_ok_and(|last| number <= last)
}

/// Whether a trust list is this authority's, in time, later than the one in force, for its own region, and not the last one.
pub(super) fn fits(
    authority: &Authority,
    book: &Book,
    bytes: &[u8],
    now: Timestamp,
) -> Result<(), BringError> {
    let now = UnixSeconds::new(now.as_second());
    let list = TrustFile::open(bytes, Anchor::Certificate(authority.anchor()), now)?;
    let (edition, entries) = (list.edition(), list.list().entries());
    let brought = book.trust_list(authority.anchor().key_id()).map_or(0, |(number, _)| number);
    let latest = authority.list().max(brought);
    let inside = |scope: &Scope| match scope {
        Scope::Everything => false,
        Scope::Limited { regions, .. } => regions.iter().all(|region| {
            region.as_str().parse::<Region>().is_ok_and(|region| region.is_in(authority.region()))
        }),
    };
    let signs = |scope: &Scope| scope.allows(Use::Status) && scope.covers(now);
    let unfit = if edition.number <= latest {
        UnfitList::Older(latest)
    } else if !may_be_numbered(edition.number, edition.issued_at) {
        UnfitList::Number(edition.number)
    } else if edition.next_update.since(edition.issued_at) > MAX_LIST_DAYS * 86_400 {
        UnfitList::TooLong(edition.next_update)
    } else if !entries.iter().all(|entry| inside(entry.scope())) {
        UnfitList::Outside(authority.region())
    } else if !entries.iter().any(|entry| signs(entry.scope())) {
        UnfitList::NoKey
    } else {
        return Ok(());
    };
    Err(unfit.into())
}
