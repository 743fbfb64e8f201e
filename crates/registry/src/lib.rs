//! The acts of Mingma, and the ports that they need.
//!
//! Everything that anybody can do is one function in one file of [`acts`]: register, declare, record, countersign,
//! retract, publish, set a risk, assess, show, authorise an app, correct, bind. An act takes a [`Registry`] (the
//! ports [`Store`], [`Clock`], [`Signer`], [`Rng`]) and an [`Authorized`] request, which only the policy makes; it
//! answers with a typed result or with one refusal out of a closed list.
//!
//! What is absent: HTTP, SQL, files, sockets, a clock or a generator of its own, and any act that sets a colour. A
//! status is assessed when it is asked for and lies nowhere.

pub mod access;
pub mod acts;
pub mod appointment;
pub mod authority;
pub mod book;
pub mod brake;
pub mod bulk;
pub mod canonical;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod contact;
pub mod digest;
pub mod doer;
pub mod feed;
pub mod id;
pub mod intake;
pub mod journal;
pub mod lists;
#[cfg(feature = "conformance")]
pub mod memory;
mod places;
pub mod policy;
pub mod population;
pub mod ports;
pub mod recognition;
pub mod record;
pub mod replay;
pub mod retention;
pub mod row;
pub mod sight;
pub mod signed;
pub mod staff;
mod steady;
pub mod store;
pub mod submission;
pub mod witnessed;
pub mod words;

pub use access::AccessRecord;
pub use acts::{Lag, Registry};
pub use appointment::Appointment;
pub use authority::Authority;
pub use book::Book;
pub use brake::{Foresight, Preview};
pub use contact::{Contact, NoWay, Ways};
pub use doer::Doer;
pub use id::{
    AppealId, AssistanceId, ChallengeId, CodeId, DisclosureId, EntryId, FactId, GrantId, NoticeId, PersonId,
    RulesetNumber, SignInId,
};
pub use policy::{Actor, Authorized, Denied, Purpose, authorize};
pub use population::Resident;
pub use ports::{Clock, NoEntropy, Notifier, Rng, Signer};
pub use record::PersonRecord;
pub use steady::{Steady, TOLERANCE};
pub use store::{Applied, Change, Store, StoreError};
pub use witnessed::Witnessed;
