//! `mingma authority bring`: what the authority signed, into a data folder that nothing serves.
//!
//! It is the act that `POST /api/v1/authority/acts` does, under the same brake. It needs no trust list to be there or in time, for
//! it is by this that one comes.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use mingma_credential::UnixSeconds;
use mingma_credential::authority::unproved;
use mingma_credential::issue::{IssueError, Order};
use mingma_credential::key::{DevicePoint, KeyError};
use mingma_credential::status_list::StatusList;
use mingma_credential::status_list::token::TokenError;
use mingma_domain::Region;
use mingma_domain::time::Zone;
use mingma_registry::acts::{BringError, BroughtIn, UnfitList, bring};
use mingma_registry::store::Proven;
use mingma_registry::words::AuthorityAct;
use mingma_registry::{Authority, Clock, Registry, Signer, Steady, Store as _, Witnessed};
use mingma_store::{Settings, SqliteStore};

use crate::command::data;
use crate::command::serve::{OtherHand, hold, runtime};
use crate::config::Config;
use crate::failure::Failure;
use crate::foresight::OverLiving;
use crate::living::Living;
use crate::ports::{SystemClock, SystemRng};
use crate::{clock, keys};

/// Bring in what the authority signed.
#[derive(clap::Args, Debug)]
pub(crate) struct Bring {
    /// The signed file.
    file: PathBuf,
    /// The data folder; made if it is not there and the file is the first trust list of these keys.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The folder of the keys; by default `keys` in the data folder.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// The file by which the folder is served, if it sets the brake's share.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Bring {
    pub(super) fn said(self) -> Result<String, Failure> {
        let share = Config::share_of(self.config.as_deref())?;
        let file = fs::read(&self.file).map_err(|error| Failure::about(&self.file, error))?;
        let dir = self.keys.unwrap_or_else(|| self.data.join("keys"));
        let now = UnixSeconds::new(clock::now().as_second());
        let anchor = keys::authority::required(&dir)?;
        // Keys without a list yet are those of a first start: it is brought before anything is served.
        let is_list = unproved(&file).is_ok_and(|(act, _)| act.name == AuthorityAct::TrustList.word());
        if !is_list || keys::edition(&dir, now)? > 0 {
            data::required(&self.data)?;
        }
        // As the program that serves does, by what the authority signed; before there is a list, by what it is asked to sign.
        let region = match keys::signed_region(&dir, now)? {
            Some(region) => region,
            None => keys::region(&dir, now)?,
        };
        let region: Region = region.as_str().parse().map_err(Failure::new)?;
        let zone = Zone::named(region.zone()).map_err(Failure::new)?;
        mingma_store::not_ended(&self.data).map_err(Failure::new)?;
        mingma_registry::policy::check().map_err(Failure::new)?;
        let signer = anchor.key_id();
        let authority = Authority::new(anchor, region, keys::edition(&dir, now)?);
        let store = SqliteStore::open(&self.data, Settings::default(), Arc::new(SystemRng));
        let store = store.map_err(|error| {
            Failure::new(error)
                .help("if it is served, bring the file there: POST it to `/api/v1/authority/acts`")
        })?;
        hold(&store)?;
        let clock: Arc<dyn Clock> = Arc::new(Steady::new(SystemClock, store.newest()));
        let runtime = runtime()?;
        // What nobody has witnessed waits where this folder is served, and is foreseen as waiting here.
        let marks = runtime.block_on(store.marks()).map_err(Failure::new)?;
        let witnessed = Arc::new(Witnessed::nothing_yet());
        witnessed.reach(marks.last().map_or(Witnessed::EVERYTHING, |mark| mark.witnessed));
        let seen = (&*self.data, Arc::clone(&witnessed));
        let foresight = OverLiving::new(Arc::<Living>::default(), zone, seen, Arc::clone(&clock));
        let (hand, restored) = (OtherHand::of(store.observer()), store.restored());
        let registry = Registry::new(
            Box::new(Proven::new(store, Arc::clone(&clock), hand.hears()).restored(restored)),
            Box::new(clock),
            Box::new(NoCodes),
            Box::new(SystemRng),
        );
        let registry = registry
            .with_foresight(Arc::new(foresight), share)
            .with_authority(authority)
            .with_witnessed(witnessed);
        let (brought, list) = runtime.block_on(async {
            let brought = bring(&registry, &file).await;
            (
                brought,
                registry.book().await.map(|book| book.trust_list(signer).map(|(_, list)| Arc::clone(list))),
            )
        });
        let brought = brought.map_err(|error| failure(&self.file, &error))?;
        if let Some(list) = list.map_err(Failure::new)? {
            keys::follow(&dir, &list, now)?;
        }
        Ok(match brought {
            BroughtIn::Counts(number) => format!("it counts: act {number}\n"),
            BroughtIn::Waits { proposal, .. } => {
                format!("it is proposed as act {proposal}, and counts when an appeals office agrees\n")
            }
        })
    }
}

fn failure(path: &std::path::Path, error: &BringError) -> Failure {
    let failure = Failure::about(path, error);
    match error {
        BringError::NotSigned(_) => {
            failure.help("`mingma authority show FILE --anchor CERTIFICATE` says whose it is")
        }
        BringError::Unfit(UnfitList::Older(_)) => {
            failure.help("`mingma trust propose` says what is to be signed")
        }
        BringError::NoAuthority
        | BringError::Denied(_)
        | BringError::Expired(_)
        | BringError::TooLong(_)
        | BringError::Used
        | BringError::UnderWay
        | BringError::List(_)
        | BringError::Unfit(_)
        | BringError::Act(_) => failure,
    }
}

/// No key for codes: nobody is shown one here.
struct NoCodes;

impl Signer for NoCodes {
    fn sign(&self, _: &Order, _: Option<&DevicePoint>, _: UnixSeconds, _: i64) -> Result<String, IssueError> {
        Err(KeyError::Backend.into())
    }

    fn sign_list(&self, _: &StatusList, _: u32, _: UnixSeconds, _: u32) -> Result<Vec<u8>, TokenError> {
        Err(KeyError::Backend.into())
    }

    fn sign_export(&self, _: Vec<u8>) -> Result<Vec<u8>, KeyError> {
        Err(KeyError::Backend)
    }
}
