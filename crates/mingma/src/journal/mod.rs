//! The journal's log on this machine: its folder, its key, and the thread that gives entries their places.
//!
//! `DATA/log/QUARTER/` holds what everybody may read (`checkpoint`, `tile/…`, as C2SP `tlog-tiles` names them). The key
//! (`journal.key`) and what it signed last (`journal.signed`) lie with the other keys, so that a backup, which
//! holds the logs beside the data, brings back neither.

mod asked;
mod compare;
mod copy;
mod folder;
mod key;
mod place;
mod published;
mod source;
mod state;
mod thread;
mod witnesses;

pub(crate) use asked::witnessed;
pub(crate) use compare::{Compared, Halt, compare};
pub(crate) use copy::copy;
pub(crate) use folder::{CHECKPOINT, durable, quarters};
pub(crate) use key::{KEY, seed_of};
pub(crate) use place::Place;
pub(crate) use source::clear;
pub(crate) use state::{State, Watched};
pub(crate) use thread::{First, Ready, Running, quarter_of};
pub(crate) use witnesses::Quorum;

/// The folder of the logs in a data folder.
pub(crate) const LOG: &str = "log";
