//! The only binary of Mingma: reads its arguments, calls one command, prints errors for people.

mod certificate;
mod channel;
mod clock;
mod command;
mod config;
mod failure;
mod foresight;
mod journal;
mod keys;
mod living;
mod log;
mod machine;
mod memory;
mod metrics;
mod options;
mod plural;
mod ports;
mod ruleset_dir;
mod sheet;
mod table;

use std::process::ExitCode;

use clap::Parser;

/// Mingma 明码: an open, accountable health-code system.
#[derive(Parser, Debug)]
#[command(name = "mingma", version, about, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: command::Command,
}

fn main() -> ExitCode {
    match Arguments::parse().command.run() {
        Ok(done) => done,
        Err(failure) => failure.report(),
    }
}
