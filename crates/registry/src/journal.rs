//! The journal's rows: for every act one salted commitment, written in the act's own transaction.
//!
//! A leaf binds the authority to what was done without telling it: whoever has the rows and the salt can check it,
//! whoever has only the leaf learns nothing. When the salt is destroyed, so is the last trace. The tree over the
//! leaves is not built here. Beside the commitment a leaf shows what is in [`Clear`], which is about offices and rules alone.
//!
//! An entry about a person names the person's former one, within the commitment: so nobody can leave one out of what the
//! person or an auditor is shown, and the public can join no two. Which one was the former is known when the change is
//! committed and not before; so an act makes a [`Drafted`] entry, and the store the [`Entry`].

mod beside;
mod clear;
mod compared;
mod content;
mod gone;
mod opening;
mod proven;
mod public;
pub mod read;
mod shown;

pub use beside::Beside;
pub use clear::Clear;
pub use compared::{Edit, edits};
pub(crate) use content::fact;
pub(crate) use content::public_content;
use content::{person_content, staff_content};
pub use content::{person_text, public_text, staff_text};
pub(crate) use gone::{put, said_at};
use jiff::Timestamp;
use mingma_domain::Region;
pub use opening::{Opening, Openings};
pub use proven::{Ends, Kept, Proven, proven};
pub use public::{PublicEdited, held_public, public_is_held};
pub(crate) use public::{rows_of, without_unheld};
pub(crate) use shown::PublicShown;
pub use shown::{public_shown_otherwise, shown_otherwise};

use crate::canonical::{Canonical, Hash};
use crate::doer::Doer;
use crate::id::{EntryId, PersonId};
use crate::ports::{NoEntropy, Rng, draw};
use crate::row::{PersonRow, PublicRow};
use crate::signed::Signature;
use crate::staff::StaffRow;
use crate::words::ActName;

/// One row of the journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Which act.
    pub act: ActName,
    /// When.
    pub at: Timestamp,
    /// What keeps the leaf from being guessed; none once it was destroyed. Then nothing opens the leaf, and the leaf stands.
    pub salt: Option<[u8; 32]>,
    /// The hash of the content, as long as the salt is kept: with it an entry about a person names its former one also when the
    /// rows have ended. None of a public act, and of entries of before entries were chained.
    pub content: Option<Hash>,
    /// The commitment.
    pub leaf: Hash,
    /// The person's entry before it, in the order of commitment; within the commitment.
    pub former: Former,
    /// The issuer's signature under what was done, or who did it, within the commitment; kept and destroyed with the salt. None of what nobody
    /// signs and the program finds by itself, and of entries of before either was kept.
    pub beside: Option<Beside>,
    /// What everybody may read beside it.
    pub clear: Clear,
}

/// An entry with its number: how many entries had become durable with it, in the order in which they did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Numbered {
    /// The number, from 1.
    pub number: u64,
    /// The entry.
    pub entry: Entry,
}

/// Which entry came before one about the same person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Former {
    /// It does not say: a public act, or an entry of before entries were chained.
    Unsaid,
    /// None: it is the first.
    None,
    /// The one with this leaf.
    Leaf(Hash),
}

/// An entry about a person that does not know yet which one it follows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drafted {
    /// Its id.
    pub id: EntryId,
    /// Which act.
    pub act: ActName,
    /// When.
    pub at: Timestamp,
    /// What everybody may read of it.
    pub clear: Clear,
    salt: [u8; 32],
    content: Hash,
    beside: Option<Beside>,
}

impl Drafted {
    /// The entry, behind the person's former one: the last that was committed, by its leaf.
    #[must_use]
    pub fn after(&self, former: Option<Hash>) -> Entry {
        self.naming(former.map_or(Former::None, Former::Leaf))
    }

    /// Puts an issuer's signature under it.
    pub fn sign(&mut self, signature: Signature) {
        self.beside = Some(Beside::Signature(signature));
    }

    /// Says who did it, if anybody did.
    #[must_use]
    pub fn done_by(mut self, doer: Option<Doer>) -> Self {
        self.beside = doer.map(Beside::Doer).or(self.beside);
        self
    }

    /// The entry as it was made before entries were chained.
    #[cfg(feature = "conformance")]
    #[must_use]
    pub fn unchained(&self) -> Entry {
        self.naming(Former::Unsaid)
    }

    fn naming(&self, former: Former) -> Entry {
        let Self { id, act, at, ref clear, salt, content, ref beside } = *self;
        let hash = beside.as_ref().map(Beside::hash);
        let leaf = leaf((id, act, at), &salt, &content, (former, hash.as_ref()));
        let (clear, beside) = (clear.clone(), beside.clone());
        Entry { id, act, at, salt: Some(salt), content: Some(content), leaf, former, beside, clear }
    }

    /// The same entry, by an office that works in this region; where nobody but the person acted, as it was.
    #[must_use]
    pub fn from_office_in(mut self, region: Option<Region>) -> Self {
        if self.clear.issuer.is_some() && self.clear.region.is_none() {
            self.clear.region = region;
        }
        self
    }
}

impl Entry {
    /// The entry of an act about a person, to be committed behind the person's former one.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn about(
        rng: &dyn Rng,
        act: ActName,
        at: Timestamp,
        person: PersonId,
        rows: &[PersonRow],
    ) -> Result<Drafted, NoEntropy> {
        let salt = draw(rng)?;
        let id = EntryId::new(at, draw(rng)?);
        let content = person_content(person, rows);
        Ok(Drafted { id, act, at, clear: Clear::of_person(rows), salt, content, beside: None })
    }

    /// The entry of a public act.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn public(rng: &dyn Rng, act: ActName, at: Timestamp, row: &PublicRow) -> Result<Self, NoEntropy> {
        Self::new(rng, act, at, &public_content(row), Clear::of_public(row))
    }

    /// The entry of a change of the staff list.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn staff(rng: &dyn Rng, act: ActName, at: Timestamp, row: &StaffRow) -> Result<Self, NoEntropy> {
        Self::new(rng, act, at, &staff_content(row), Clear::of_staff(&row.into()))
    }

    /// Whether this entry's leaf commits to this row of the staff list.
    #[must_use]
    pub fn commits_to_staff(&self, row: &StaffRow) -> bool {
        self.opens(&staff_content(row))
    }

    fn new(
        rng: &dyn Rng,
        act: ActName,
        at: Timestamp,
        content: &Hash,
        clear: Clear,
    ) -> Result<Self, NoEntropy> {
        let salt = draw(rng)?;
        let id = EntryId::new(at, draw(rng)?);
        let former = Former::Unsaid;
        let leaf = leaf((id, act, at), &salt, content, (former, None));
        Ok(Self { id, act, at, salt: Some(salt), content: None, leaf, former, beside: None, clear })
    }

    /// Whether this entry's leaf commits to a content of this hash, to the former entry that it names, and to what stands beside it.
    #[must_use]
    pub fn opens(&self, content: &Hash) -> bool {
        let named = (self.id, self.act, self.at);
        let beside = self.beside.as_ref().map(Beside::hash);
        self.salt.is_some_and(|salt| self.leaf == leaf(named, &salt, content, (self.former, beside.as_ref())))
    }

    /// The issuer's signature under what was done.
    #[must_use]
    pub const fn signature(&self) -> Option<&Signature> {
        match &self.beside {
            Some(Beside::Signature(signature)) => Some(signature),
            Some(Beside::Doer(_)) | None => None,
        }
    }

    /// Who did it.
    #[must_use]
    pub const fn doer(&self) -> Option<&Doer> {
        match &self.beside {
            Some(Beside::Doer(doer)) => Some(doer),
            Some(Beside::Signature(_)) | None => None,
        }
    }

    /// The same without what opens it.
    #[must_use]
    pub fn sealed(self) -> Self {
        Self { salt: None, content: None, beside: None, ..self }
    }

    /// Whether this entry's leaf commits to these rows of this person.
    #[must_use]
    pub fn commits_to(&self, person: PersonId, rows: &[PersonRow]) -> bool {
        self.opens(&person_content(person, rows))
    }

    /// Whether this entry's leaf commits to this public row.
    #[must_use]
    pub fn commits_to_public(&self, row: &PublicRow) -> bool {
        self.opens(&public_content(row))
    }
}

/// What an entry commits to: itself, what was done, which entry it follows, and the hash of what stands beside the content: the
/// proof that an issuer signed it, or who did it.
#[must_use]
pub fn leaf(
    named: (EntryId, ActName, Timestamp),
    salt: &[u8; 32],
    content: &Hash,
    (former, beside): (Former, Option<&Hash>),
) -> Hash {
    let (id, act, at) = named;
    let mut text = Canonical::new(match (former, beside) {
        (Former::Unsaid, _) => "mingma/leaf/1",
        (Former::None | Former::Leaf(_), None) => "mingma/leaf/2",
        (Former::None | Former::Leaf(_), Some(_)) => "mingma/leaf/3",
    });
    text.bytes(salt);
    text.bytes(id.as_bytes());
    text.text(act);
    text.text(at);
    text.bytes(content);
    match &former {
        Former::Unsaid => {}
        Former::None => text.bytes(&[]),
        Former::Leaf(leaf) => text.bytes(leaf),
    }
    if let Some(beside) = beside {
        text.bytes(beside);
    }
    text.hash()
}
