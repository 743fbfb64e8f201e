//! `mingma staff`: the staff list of a data folder, by whoever owns it.
//!
//! The folder must not be served meanwhile. What the holder of a new account needs is printed once and kept nowhere in clear.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;
use mingma_credential::qr::{Background, Qr};
use mingma_domain::Region;
use mingma_domain::fact::Evidence;
use mingma_registry::Store as _;
use mingma_registry::acts::{AppointStaff, add_staff, remove_staff};
use mingma_registry::policy::Office;
use mingma_registry::staff::StaffMember;
use mingma_store::{Settings, SqliteStore};

use crate::command::data;
use crate::failure::Failure;
use crate::ports::SystemRng;

/// How long an account counts if nothing else is said: half a year, in days.
const DAYS: i64 = 183;

/// The staff list of a data folder.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Staff {
    /// Add an account, and print its password and second factor once.
    Add(Add),
    /// Print the list.
    List(List),
    /// End an account at once; its name stays taken.
    End(End),
}

/// Add an account.
#[derive(clap::Args, Debug)]
pub(crate) struct Add {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The name in the staff list.
    name: Evidence,
    /// `health-commission`, `appeals` or `community`.
    #[arg(long)]
    office: Office,
    /// The code of the region in which the office is.
    #[arg(long)]
    region: Region,
    /// The first instant at which it no longer counts, such as `2027-01-01T00:00:00+08:00`; half a year if it is not given.
    #[arg(long, value_name = "INSTANT")]
    until: Option<Timestamp>,
}

/// Print the list.
#[derive(clap::Args, Debug)]
pub(crate) struct List {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// End an account.
#[derive(clap::Args, Debug)]
pub(crate) struct End {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The name in the staff list.
    name: Evidence,
}

impl Staff {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(Failure::new)?;
        match self {
            // It may be what a folder begins with.
            Self::Add(_) => {}
            Self::List(_) | Self::End(_) => data::required(self.data())?,
        }
        let store = SqliteStore::open(self.data(), Settings::default(), Arc::new(SystemRng));
        let store = store.map_err(Failure::new)?;
        let now = crate::clock::now();
        let said = match self {
            Self::Add(add) => runtime.block_on(add.run(&store, now))?,
            Self::List(_) => list(&runtime.block_on(store.staff()).map_err(Failure::new)?, now),
            Self::End(end) => {
                let ended = remove_staff(&store, &SystemRng, now, &end.name);
                runtime.block_on(ended).map_err(Failure::new)?;
                format!("`{}` is out\n", end.name)
            }
        };
        std::io::stdout().lock().write_all(said.as_bytes()).map_err(Failure::output)?;
        Ok(ExitCode::SUCCESS)
    }

    fn data(&self) -> &Path {
        match self {
            Self::Add(add) => &add.data,
            Self::List(list) => &list.data,
            Self::End(end) => &end.data,
        }
    }
}

impl Add {
    async fn run(self, store: &SqliteStore, now: Timestamp) -> Result<String, Failure> {
        let half_a_year =
            now.checked_add(jiff::SignedDuration::from_hours(24 * DAYS)).map_err(Failure::new)?;
        let Self { name, office, region, until, .. } = self;
        let until = until.unwrap_or(half_a_year);
        let wish = AppointStaff { name: name.clone(), office, region, from: now, until };
        let new = add_staff(store, &SystemRng, now, &wish).await.map_err(Failure::new)?;
        let uri = new.totp.uri(&name);
        let qr = Qr::for_address(&uri).map_err(Failure::new)?.to_terminal(Background::Dark);
        Ok(format!(
            "`{name}` holds `{office}` in `{region}` until {until}.\n\n\
             Password: {}\n\
             Second factor, for an authenticator: {uri}\n\n{qr}\n\
             This is shown once and kept nowhere in clear.\n",
            new.password.as_str()
        ))
    }
}

fn list(members: &[StaffMember], now: Timestamp) -> String {
    let mut page = String::from("name\toffice\tregion\tfrom\tuntil\tcounts\n");
    for member in members {
        let account = &member.account;
        let until = member.ended.unwrap_or(account.until);
        let counts = if member.counts(now) { "yes" } else { "no" };
        let line = [
            account.name.to_string(),
            account.office.to_string(),
            account.region.to_string(),
            account.from.to_string(),
            until.to_string(),
            counts.to_owned(),
        ];
        page.push_str(&line.join("\t"));
        page.push('\n');
    }
    page
}
