//! The commands: one module each, a table of contents here.

mod assess;
mod audit;
mod authority;
mod backup;
mod census;
mod data;
mod demo;
mod doctor;
mod import;
mod keygen;
mod purge;
mod rules;
pub(crate) mod serve;
mod staff;
mod trust;
mod verify;
mod witness;

use std::process::ExitCode;

use crate::failure::Failure;

/// What the program can do.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    /// Say everybody's colour: a facts file, a ruleset, a day.
    Assess(assess::Assess),
    /// Check a journal's log: its files, its signatures, its growth.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// What the authority signs on a machine apart: show it, sign it, bring it in.
    #[command(subcommand)]
    Authority(authority::Authority),
    /// Copy a data folder as of one moment, also while it serves.
    Backup(backup::Backup),
    /// The whole population at once: build a census, assess it, preview a draft.
    #[command(subcommand)]
    Census(census::CensusCommand),
    /// Show a fictional city of 10,000 residents under published rules.
    Demo(demo::Demo),
    /// Say what is wrong, and which page of the manual to read.
    Doctor(doctor::Doctor),
    /// Turn other people's tables into a facts file.
    Import(import::Import),
    /// Check a ruleset before it is published, or print it for residents.
    #[command(subcommand)]
    Rules(rules::Rules),
    /// Make a new key that signs codes, or the authority's own key.
    Keygen(keygen::Keygen),
    /// Destroy what is over in a data folder, as serving does each night.
    Purge(purge::Purge),
    /// Put a backup into a new data folder.
    Restore(backup::Restore),
    /// Serve a data folder: the API and the pages.
    Serve(serve::Serve),
    /// The staff list of a data folder: add, list, end accounts.
    #[command(subcommand)]
    Staff(staff::Staff),
    /// Say what trust list the authority is to sign for a folder of keys.
    #[command(subcommand)]
    Trust(trust::Trust),
    /// Judge codes offline.
    Verify(verify::Verify),
    /// Sign that other people's logs only grew.
    Witness(witness::Witness),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// A [`Failure`] that says what was wrong and what to do next.
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Assess(assess) => assess.run(),
            Self::Audit(audit) => audit.run(),
            Self::Authority(authority) => authority.run(),
            Self::Backup(backup) => backup.run(),
            Self::Census(census) => census.run(),
            Self::Demo(demo) => demo.run(),
            Self::Doctor(doctor) => doctor.run(),
            Self::Import(import) => import.run(),
            Self::Rules(rules) => rules.run(),
            Self::Keygen(keygen) => keygen.run(),
            Self::Purge(purge) => purge.run(),
            Self::Restore(restore) => restore.run(),
            Self::Serve(serve) => serve.run(),
            Self::Staff(staff) => staff.run(),
            Self::Trust(trust) => trust.run(),
            Self::Verify(verify) => verify.run(),
            Self::Witness(witness) => witness.run(),
        }
    }
}
