//! The checkpoint: the keys and lists it holds, and the verdicts it gives. It remembers no code.

use mingma_credential::status_list::StatusLists;
use mingma_credential::trust::file::{Anchor, TrustFile};
use mingma_credential::{Certificate, UnixSeconds, Verdict, Verifier};
use serde::Serialize;

use crate::refusal::{Code, Refusal};

/// A checkpoint: at first it believes nobody.
#[derive(Debug, Default)]
pub struct Checkpoint {
    trust: Option<TrustFile>,
    lists: Option<StatusLists>,
}

/// What is held, and how old it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holdings {
    /// The list's number, which rises with every list of its signer.
    pub number: u64,
    /// When the list was signed.
    pub issued_at: UnixSeconds,
    /// The last instant at which it may be used.
    pub next_update: UnixSeconds,
    /// Whether that instant has passed: nothing is judged then.
    pub stale: bool,
    /// For how many seconds the list has been out.
    pub age_seconds: i64,
    /// The name of the key that signed it.
    pub signer: String,
    /// How many keys it holds.
    pub keys: usize,
    /// How many status lists are held.
    pub status_lists: usize,
}

impl Checkpoint {
    /// Takes a trust list in place of the one held.
    ///
    /// `anchor` is the certificate, DER, whose signature counts; if it is empty the one in the file does, which
    /// finds damage and not fraud: it is for a list that came over a way that is trusted itself. From then on
    /// only the same signer's newer lists are taken. The status lists that were believed under the old list
    /// are let go; until they come again, a code that stands in one is `unsupported`, never green.
    ///
    /// # Errors
    /// [`Refusal`]; what was held stays as it was.
    pub fn set_trust(&mut self, file: &[u8], anchor: &[u8], now: UnixSeconds) -> Result<(), Refusal> {
        let anchor = if anchor.is_empty() {
            None
        } else {
            Some(
                Certificate::from_der(anchor)
                    .map_err(|error| Refusal::new(Code::Unreadable, error.to_string()))?,
            )
        };
        let file = TrustFile::open(file, anchor.as_ref().map_or(Anchor::InFile, Anchor::Certificate), now)?;
        if let Some(held) = &self.trust {
            if held.signer() != file.signer() {
                let message = "the trust list is signed by another key than the one that is held";
                return Err(Refusal::new(Code::OtherSigner, message));
            }
            if held.edition().number > file.edition().number {
                return Err(Refusal::new(Code::Older, "a newer trust list is held"));
            }
        }
        self.trust = Some(file);
        self.lists = self.lists.as_ref().map(|_| StatusLists::new());
        Ok(())
    }

    /// Takes a signed status list in.
    ///
    /// # Errors
    /// [`Refusal`]; what was held stays as it was.
    pub fn add_status_list(&mut self, token: &[u8], now: UnixSeconds) -> Result<(), Refusal> {
        let trust = self.trust.as_ref().ok_or_else(no_trust)?;
        if let Some(lists) = &mut self.lists {
            lists.add(token, trust.list(), now)?;
        } else {
            let mut lists = StatusLists::new();
            lists.add(token, trust.list(), now)?;
            self.lists = Some(lists);
        }
        Ok(())
    }

    /// Judges a text, as `mingma verify` would with the same list, lists and clock.
    ///
    /// # Errors
    /// [`Code::NoTrust`] without a trust list, and [`Code::Stale`] once it was to be renewed: nothing can be said.
    pub fn verify(&self, text: &str, now: UnixSeconds) -> Result<Verdict, Refusal> {
        let trust = self.trust.as_ref().ok_or_else(no_trust)?;
        let renewal = trust.edition().next_update;
        if renewal < now {
            let message = format!("the trust list was to be renewed by {renewal}");
            return Err(Refusal::new(Code::Stale, message));
        }
        Ok(Verifier { trust: trust.list(), status: self.lists.as_ref(), now }.verify(text))
    }

    /// What is held, and how old it is at this instant.
    ///
    /// # Errors
    /// [`Code::NoTrust`] without a trust list.
    pub fn holdings(&self, now: UnixSeconds) -> Result<Holdings, Refusal> {
        let trust = self.trust.as_ref().ok_or_else(no_trust)?;
        let edition = trust.edition();
        Ok(Holdings {
            number: edition.number,
            issued_at: edition.issued_at,
            next_update: edition.next_update,
            stale: edition.next_update < now,
            age_seconds: now.since(edition.issued_at),
            signer: trust.signer().to_string(),
            keys: trust.list().entries().len(),
            status_lists: self.lists.as_ref().map_or(0, StatusLists::len),
        })
    }
}

fn no_trust() -> Refusal {
    Refusal::new(Code::NoTrust, "no trust list is held")
}
