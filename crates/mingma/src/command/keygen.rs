//! `mingma keygen`: a new key that signs codes, in a folder; and the authority's own key, in a folder apart.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use mingma_credential::UnixSeconds;
use mingma_credential::status::RegionCode;
use mingma_domain::Region;

use crate::failure::Failure;
use crate::keys::authority::{self, Signatory};
use crate::{clock, keys};

/// The longest life of a key, in days: two years, the longest that the European certificates' signers had.
const MAX_LIFE_DAYS: i64 = 730;

/// Make a new key that signs codes. Run it again to rotate: codes of former keys stay valid until they expire.
///
/// With `--authority` the trust list of all keys is signed at once, with the authority's key, which is made if it is not there.
/// Without, the new key counts when the authority has signed `trust.toml` on a machine apart and that was brought in.
#[derive(clap::Args, Debug)]
pub(crate) struct Keygen {
    /// The folder of the keys that sign codes; made if it is not there.
    #[arg(long, value_name = "DIR", required_unless_present = "authority", requires = "region")]
    out: Option<PathBuf>,
    /// The folder of the authority's own key, apart from the others; made if it is not there. Take it off this machine.
    #[arg(long, value_name = "DIR")]
    authority: Option<PathBuf>,
    /// The region whose codes the key signs, the regions in it included.
    #[arg(long, value_name = "CODE")]
    region: Option<Region>,
    /// The authority's name, as the certificate gives it.
    #[arg(long, default_value = "Mingma health code authority")]
    name: String,
    /// For how many days the key may be used.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(i64).range(1..=MAX_LIFE_DAYS))]
    days: i64,
}

impl Keygen {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let now = UnixSeconds::new(clock::now().as_second());
        if self.out.is_some() && self.out == self.authority {
            return Err(Failure::new("the authority's key does not lie beside the keys that sign codes")
                .help("name another folder with `--authority`, best on a disk that you take away"));
        }
        if let (Some(out), Some(dir)) = (&self.out, &self.authority) {
            authority::not_anew(out, dir)?;
        }
        let mut said = String::new();
        let signatory =
            self.authority.as_deref().map(|dir| Signatory::of_folder(dir, &self.name, now)).transpose()?;
        if let (Some(dir), Some(signatory)) = (&self.authority, &signatory) {
            let (dir, kid) = (dir.display(), signatory.certificate.key_id());
            said = format!(
                "the authority's key {kid} in {dir}: take it off this machine\n\
                 its certificate, for `--anchor`: {dir}/{}\n",
                authority::CERTIFICATE
            );
        }
        if let (Some(out), Some(region)) = (&self.out, self.region) {
            let code = RegionCode::parse(region.code()).map_err(Failure::new)?;
            let made = (self.name.as_str(), self.days * 86_400);
            let left_out = if out.exists() { keys::left_out(out, now)? } else { String::new() };
            let kid = keys::generate(out, &code, made, now, signatory.as_ref())?;
            let dir = out.display();
            let counts = match signatory {
                Some(_) => format!("trust list {dir}/{}", keys::TRUST_LIST),
                None => format!(
                    "it counts when the authority has signed {dir}/{} (`mingma authority sign`) and that was brought in",
                    keys::PROPOSAL
                ),
            };
            said = format!("key {kid} for {region} in {dir}\n{said}{counts}\n{left_out}");
        }
        std::io::stdout().write_all(said.as_bytes()).map_err(Failure::output)?;
        Ok(ExitCode::SUCCESS)
    }
}
