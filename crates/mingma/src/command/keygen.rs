//! `mingma keygen`: a new signing key in a folder, and the trust list of all its keys.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use mingma_credential::UnixSeconds;
use mingma_credential::status::RegionCode;
use mingma_domain::Region;

use crate::failure::Failure;
use crate::{clock, keys};

/// The longest life of a key, in days: two years, the longest that the European certificates' signers had.
const MAX_LIFE_DAYS: i64 = 730;

/// Make a new signing key. Run it again to rotate: codes of former keys stay valid until they expire.
#[derive(clap::Args, Debug)]
pub(crate) struct Keygen {
    /// The folder of the keys; made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The region whose codes the key signs, the regions in it included.
    #[arg(long, value_name = "CODE")]
    region: Region,
    /// The authority's name, as the certificate gives it.
    #[arg(long, default_value = "Mingma health code authority")]
    name: String,
    /// For how many days the key may be used.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(i64).range(1..=MAX_LIFE_DAYS))]
    days: i64,
}

impl Keygen {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let region = RegionCode::parse(self.region.code()).map_err(Failure::new)?;
        let now = UnixSeconds::new(clock::now().as_second());
        let kid = keys::generate(&self.out, &region, &self.name, now, self.days * 86_400)?;
        let dir = self.out.display();
        writeln!(std::io::stdout(), "key {kid} for {region} in {dir}\ntrust list {dir}/{}", keys::TRUST_LIST)
            .map_err(Failure::output)?;
        Ok(ExitCode::SUCCESS)
    }
}
