//! `mingma authority`: what the authority signs on a machine apart.
//!
//! `sign` runs where the authority's key is and nothing else; `bring` and `POST /api/v1/authority/acts` run where it is not. `show`
//! runs anywhere, and says in words what a file would do, before anybody signs it and before anybody brings it in.

mod bring;
mod tell;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mingma_credential::authority::{Act, sign, unproved};
use mingma_credential::key::{Entropy as _, SystemEntropy};
use mingma_credential::status::RegionCode;
use mingma_credential::{Certificate, UnixSeconds, authority};
use mingma_registry::acts::MAX_ACT_DAYS;
use mingma_registry::authority::Directive;

use self::bring::Bring;
use crate::failure::Failure;
use crate::keys::Draft;
use crate::keys::authority::Signatory;
use crate::sheet::{Said, Sheet};
use crate::{clock, keys};

/// How the file of a signed act ends.
const ENDING: &str = "act.cose";

/// What can be done with an act of the authority.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Authority {
    /// Say in words what a file would do: one that is to be signed, or one that is signed.
    Show(Show),
    /// Sign what a file asks for, with the authority's key, on the machine apart.
    Sign(Sign),
    /// Bring in what the authority signed, while nothing serves the data folder.
    Bring(Bring),
}

/// Say in words what a file would do.
#[derive(clap::Args, Debug)]
pub(crate) struct Show {
    /// The file.
    file: PathBuf,
    /// The authority's certificate: whether its key signed the file.
    #[arg(long, value_name = "FILE.der")]
    anchor: Option<PathBuf>,
}

/// Sign what a file asks for.
#[derive(clap::Args, Debug)]
pub(crate) struct Sign {
    /// The file that says what is to be signed.
    file: PathBuf,
    /// The authority's key; its certificate lies beside it.
    #[arg(long, value_name = "FILE.pem")]
    key: PathBuf,
    /// The signed file; beside the other, with the ending `act.cose`, if it is not given.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// For how many days it may be brought in.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(i64).range(1..=MAX_ACT_DAYS))]
    days: i64,
}

impl Authority {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let said = match self {
            Self::Show(show) => show.said()?,
            Self::Sign(sign) => sign.said()?,
            Self::Bring(bring) => bring.said()?,
        };
        std::io::stdout().write_all(said.as_bytes()).map_err(Failure::output)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Show {
    fn said(&self) -> Result<String, Failure> {
        let file = fs::read(&self.file).map_err(|error| Failure::about(&self.file, error))?;
        let now = UnixSeconds::new(clock::now().as_second());
        // What is signed is no text: its first byte is a tag.
        if file.first().is_some_and(u8::is_ascii) {
            let sheet = Sheet::read(&self.file)?;
            let said = match &sheet.said {
                Said::TrustList(listing) => tell::draft(&Draft::read(&sheet.region, listing)?),
                Said::Line(..) | Said::Publish(_) => match sheet.directive(&self.file)? {
                    Some(directive) => tell::directive(&directive, now),
                    None => String::new(),
                },
            };
            return Ok(format!("not signed yet: the authority of {} is asked to say\n{said}", sheet.region));
        }
        let wrong = |error: authority::ActError| Failure::about(&self.file, error);
        let (act, named) = unproved(&file).map_err(wrong)?;
        let signed = match &self.anchor {
            None => "the signature was not checked: give `--anchor`".to_owned(),
            Some(path) => {
                let anchor = keys::read_certificate(path)?;
                authority::open(&file, &anchor).map_err(wrong)?;
                "the signature is that key's".to_owned()
            }
        };
        let named = named.map_or_else(|| "of no name".to_owned(), |named| named.to_string());
        Ok(format!("signed with the key {named}: {signed}\n{}", tell::act(&act, now)))
    }
}

impl Sign {
    fn said(&self) -> Result<String, Failure> {
        let by = Signatory::open(&self.key)?;
        let now = UnixSeconds::new(clock::now().as_second());
        let sheet = Sheet::read(&self.file)?;
        let act = act(&self.file, &sheet, &by, (now, now.plus(self.days * 86_400)))?;
        let signed = sign(&act, &by.key, &by.certificate).map_err(Failure::new)?;
        let to = self.to.clone().unwrap_or_else(|| self.file.with_extension(ENDING));
        // Never in the place of something: beside `trust.toml` lies `trust.cose`, and a disk may hold links.
        keys::write_new(&to, &signed, keys::ANYBODY_READS)
            .map_err(|failure| failure.help("move it away, or name another file with `--to`"))?;
        let kid = Certificate::key_id(&by.certificate);
        Ok(format!("{}signed with the key {kid} into {}\n", tell::act(&act, now), to.display()))
    }
}

/// What is signed for a file that asks for it.
fn act(
    path: &Path,
    sheet: &Sheet,
    by: &Signatory,
    (now, until): (UnixSeconds, UnixSeconds),
) -> Result<Act, Failure> {
    let directive = match (&sheet.said, sheet.directive(path)?) {
        (Said::TrustList(listing), _) => {
            Directive::TrustList(Draft::read(&sheet.region, listing)?.sign(by, now)?.0)
        }
        (Said::Line(..) | Said::Publish(_), Some(directive)) => directive,
        (Said::Line(..) | Said::Publish(_), None) => return Err(Failure::about(path, "it asks for nothing")),
    };
    let mut id = [0; 16];
    SystemEntropy.fill(&mut id).map_err(Failure::new)?;
    let region = RegionCode::parse(&sheet.region).map_err(Failure::new)?;
    Ok(Act { region, name: directive.name().to_string(), content: directive.content(), until, id })
}
