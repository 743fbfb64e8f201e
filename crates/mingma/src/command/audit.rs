//! `mingma audit`: what a stranger can find out about a journal's log, and what is wrong with it.

mod certificate;
mod export;
mod logged;
mod open;
mod openings;
mod place;
mod replay;
mod verify;

use std::process::ExitCode;

pub(crate) use open::of_everybody;
pub(crate) use replay::Replay;
pub(crate) use verify::Verify;

use crate::failure::Failure;

/// Check a journal's log: its files, its signatures, its growth.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Audit {
    /// Read a whole log, in a folder or over HTTP, and compute it again.
    Verify(Verify),
    /// Check the file that a person took along: what was done about them, and that nothing was left out.
    Export(export::Export),
    /// Check the certificate of a deployment that has ended against its log.
    Certificate(certificate::Certify),
    /// Give an auditor what opens the entries about persons whom a checkpoint draws; each of them is told.
    Open(open::Open),
    /// Do again everything that a log commits to, and name the first entry that does not follow.
    Replay(Replay),
}

impl Audit {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Verify(verify) => verify.run(),
            Self::Export(export) => export.run(),
            Self::Certificate(certify) => certify.run(),
            Self::Open(open) => open.run(),
            Self::Replay(replay) => replay.run(),
        }
    }
}
