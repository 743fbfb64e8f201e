//! `mingma audit export`: the one file that a person takes along, checked without the program that made it.
//!
//! The authority's signature says that it gave the file out; the log's says that the acts are in the public log; the commitments say
//! that what is told was done, and the chain that nothing between was left out. What is wrong is told of each entry; what the file cannot prove is
//! told, too.

mod check;
mod file;
mod held;
mod words;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mingma_credential::key::KeyId;
use mingma_credential::trust::Use;
use mingma_credential::trust::file::TrustFile;
use mingma_credential::{TrustList, UnixSeconds, export};
use mingma_domain::document::{Document as Identity, DocumentError};
use mingma_domain::text::Lang;
use mingma_registry::canonical::Hash;

use self::check::{Fault, Wrong, check};
use self::file::Document;
use self::held::held;
use self::words::Words;
use super::place::Named;
use super::verify::{Keys, say};
use crate::clock;
use crate::command::verify::Signers;
use crate::failure::Failure;

/// Check the file that a person took along: what was done about them, and that nothing was left out.
#[derive(clap::Args, Debug)]
pub(crate) struct Export {
    /// The file, `everything-about-me.cose`.
    file: PathBuf,
    #[command(flatten)]
    signers: Signers,
    #[command(flatten)]
    keys: Keys,
    /// The log itself, or the folder or address of all quarters' logs: it must still be the one that the file was made from, and says what is left out.
    #[arg(long, value_name = "DIR-OR-URL")]
    log: Option<Named>,
    /// An earlier file of the same person: none of its entries may be missing.
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    /// A file with the identity document by which the person is known, as `resident-id:NUMBER`, or `-` for standard input: whether each
    /// institution's signature is about its holder. It is written nowhere.
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// The language of the words: `zh-Hans`, `zh-Hant` or `en`.
    #[arg(long, default_value = "en")]
    lang: Lang,
}

impl Export {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let now = UnixSeconds::new(clock::now().as_second());
        // Who checks a file of years ago has a list of that time.
        let list = self.signers.list(|bytes, anchor| TrustFile::open_even_if_stale(bytes, anchor, now))?;
        let believed = self.keys.believed()?;
        let (document, signer) = read(&self.file, &list)?;
        let whom = self.document.as_deref().map(identity).transpose()?;
        let mut found = check(&document, &believed, whom.as_ref());
        let missing = self.since.as_deref().map(|path| missing(path, &list, &document)).transpose()?;
        let gaps = found.wrong.iter().filter_map(|wrong| match wrong {
            Wrong::Entry(_, Fault::Gap(former)) => Some(*former),
            Wrong::Entry(..) | Wrong::Turn(_) | Wrong::Fact { .. } | Wrong::Unrecorded { .. } => None,
        });
        let wanted: Vec<Hash> = gaps.chain(found.waiting.iter().map(|entry| entry.leaf)).collect();
        let logged = self.log.as_ref().map(|log| held(log, &believed, &found.heads, &wanted)).transpose()?;
        if let Some(logged) = &logged {
            found.look_in(logged, clock::now());
        }
        let words = Words { lang: self.lang, logged: logged.as_ref(), identified: whom.is_some() };
        let missing = missing.unwrap_or_default();
        if found.wrong.is_empty() && missing == 0 {
            say(&words.proved((&document, signer), &found, self.since.is_some()))?;
            return Ok(ExitCode::SUCCESS);
        }
        say(&words.wrong(&found.wrong, missing))?;
        Ok(ExitCode::FAILURE)
    }
}

/// Reads a file that a key of the list has signed, within its time.
fn read(path: &Path, list: &TrustList) -> Result<(Document, KeyId), Failure> {
    let about = |error: &dyn std::fmt::Display| Failure::about(path, error);
    let bytes = fs::read(path).map_err(|error| about(&error))?;
    let signer = export::signer(&bytes).map_err(|error| about(&error))?;
    let entry = list.entries().iter().find(|entry| Some(entry.key_id()) == signer);
    let entry = entry.ok_or_else(|| {
        about(&"it is signed by no key of the trust list")
            .help("take the trust list of whoever the file says made it, from another place than the file")
    })?;
    let document = export::open(&bytes, entry.key()).map_err(|error| about(&error))?;
    let document = Document::read(&document).map_err(|error| about(&error))?;
    let made = UnixSeconds::new(document.made.as_second());
    if !(entry.scope().allows(Use::Status) && entry.scope().covers(made)) {
        return Err(about(&"the key that signed it was not believed at the time when it says it was made"));
    }
    Ok((document, entry.key_id()))
}

/// Reads an identity document. No error repeats the path: whoever wrote the number in its place would read it there.
fn identity(path: &Path) -> Result<Identity, Failure> {
    let about = |error: &dyn std::fmt::Display| {
        Failure::new(format_args!("the file of `--document`: {error}")).help(
            "write the document alone into a file, as `resident-id:NUMBER` or `passport:COUNTRY:NUMBER`",
        )
    };
    let text =
        if path == Path::new("-") { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    text.map_err(|error| about(&error))?.trim().parse().map_err(|error: DocumentError| about(&error))
}

/// How many entries of an earlier file are not in this one.
fn missing(path: &Path, list: &TrustList, document: &Document) -> Result<usize, Failure> {
    let (earlier, _) = read(path, list)?;
    if earlier.person != document.person {
        return Err(Failure::about(path, "it is about another person"));
    }
    if earlier.made > document.made {
        return Err(Failure::about(path, "it was made after the file that is to be checked")
            .help("check the later file, and give the earlier one by `--since`"));
    }
    let leaves: BTreeSet<Hash> = document.journal.iter().map(|entry| entry.leaf).collect();
    Ok(earlier.journal.iter().filter(|entry| !leaves.contains(&entry.leaf)).count())
}
