//! The files of what opens entries, as an auditor was given them: read whole, or, of a sample, without what it leaves aside.
//!
//! A sample is of a few persons and a file may be about everybody: half a kilobyte for each of their facts. So the file is gone through twice, an
//! opening at a time: once for who was drawn, once for what is about them; the rest is neither kept nor understood.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use mingma_journal::checkpoint::Checkpoint;
use mingma_registry::PersonId;
use mingma_registry::replay::bundle::{Torn, about, beginning};
use mingma_registry::replay::{Logged, Sieve};

use crate::failure::Failure;

/// The longest that a file may be before its openings: a checkpoint's statement has some 200 bytes.
const MAX_BEGINNING: u64 = 1 << 16;
/// How much of a file is read at once.
const AT_ONCE: usize = 1 << 20;

/// The files, and what they say of themselves.
pub(super) struct Files {
    begun: Vec<Begun>,
    /// The checkpoint as of which all of them were made.
    pub(super) made: Checkpoint,
    /// How many entries were drawn, as they say or as was asked for.
    pub(super) sample: Option<NonZeroUsize>,
}

/// A file with its first bytes, before its openings.
struct Begun {
    path: PathBuf,
    begins: Vec<u8>,
}

/// Files with what is looked at of them.
pub(super) struct Given {
    /// Each as a file of openings.
    pub(super) files: Vec<(PathBuf, Vec<u8>)>,
    /// How many openings were passed over.
    pub(super) aside: usize,
}

impl Files {
    /// A file, or those of a folder; `asked` is how many drawn entries they are to be about.
    ///
    /// # Errors
    /// [`Failure`] if there is none, or they do not say the same.
    pub(super) fn of(facts: &Path, asked: Option<NonZeroUsize>) -> Result<Self, Failure> {
        let mut paths = vec![facts.to_owned()];
        if facts.is_dir() {
            let entries = std::fs::read_dir(facts).map_err(|error| Failure::about(facts, error))?;
            paths =
                entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file()).collect();
            paths.sort();
        }
        let (mut begun, mut made, mut sample) = (Vec::new(), None::<Checkpoint>, asked);
        for path in paths {
            let file = Begun::read(path)?;
            let said = beginning(&file.begins).map_err(|error| Failure::about(&file.path, error))?;
            let checkpoint: Checkpoint = said
                .checkpoint
                .parse()
                .map_err(|error| Failure::about(&file.path, format_args!("{error}")))?;
            if made.as_ref().is_some_and(|made| *made != checkpoint) {
                return Err(Failure::about(
                    &file.path,
                    "it was made as of another checkpoint than the file before",
                ));
            }
            made = Some(checkpoint);
            sample = said_and_given(&file.path, said.drawn, sample)?;
            begun.push(file);
        }
        let made = made.ok_or_else(|| Failure::about(facts, "there is no file of openings in it"))?;
        Ok(Self { begun, made, sample })
    }

    /// All of them, whole.
    ///
    /// # Errors
    /// [`Failure`].
    pub(super) fn whole(self) -> Result<Given, Failure> {
        let read = |Begun { path, .. }| match std::fs::read(&path) {
            Ok(bytes) => Ok((path, bytes)),
            Err(error) => Err(Failure::about(&path, error)),
        };
        Ok(Given { files: self.begun.into_iter().map(read).collect::<Result<_, _>>()?, aside: 0 })
    }

    /// What of them a sample may look at.
    ///
    /// # Errors
    /// [`Failure`], also of a file that is cut off behind everything that is looked at.
    pub(super) fn drawn(self, log: &[Logged], drawn: &[u64]) -> Result<Given, Failure> {
        let (mut sieve, mut opening) = (Sieve::new(log, drawn), Vec::new());
        for begun in &self.begun {
            let mut openings = begun.openings()?;
            while let Some((number, whose)) = openings.next(&mut opening)? {
                sieve.see(number, whose);
            }
        }
        let mut given = Given { files: Vec::new(), aside: 0 };
        for begun in self.begun {
            let (mut openings, mut kept) = (begun.openings()?, begun.begins.clone());
            while let Some((number, whose)) = openings.next(&mut opening)? {
                if sieve.may_want(number, whose) {
                    kept.extend(openings.length);
                    kept.extend_from_slice(&opening);
                } else {
                    given.aside += 1;
                }
            }
            given.files.push((begun.path, kept));
        }
        Ok(given)
    }
}

impl Begun {
    fn read(path: PathBuf) -> Result<Self, Failure> {
        let mut begins = Vec::new();
        let read = File::open(&path).and_then(|file| file.take(MAX_BEGINNING).read_to_end(&mut begins));
        read.map_err(|error| Failure::about(&path, error))?;
        let bytes = beginning(&begins).map_err(|error| Failure::about(&path, error))?.bytes;
        begins.truncate(bytes);
        Ok(Self { path, begins })
    }

    /// Its openings, from the first on.
    fn openings(&self) -> Result<Openings<'_>, Failure> {
        let begins = u64::try_from(self.begins.len()).unwrap_or(u64::MAX);
        let open = || {
            let mut file = File::open(&self.path)?;
            let left = file.metadata()?.len().saturating_sub(begins);
            file.seek(SeekFrom::Start(begins))?;
            Ok((BufReader::with_capacity(AT_ONCE, file), left))
        };
        let (file, left) = open().map_err(|error: std::io::Error| Failure::about(&self.path, error))?;
        Ok(Openings { path: &self.path, file, left, length: [0; 4], after: 0 })
    }
}

/// The openings of a file, one after the other.
struct Openings<'b> {
    path: &'b Path,
    file: BufReader<File>,
    /// How many bytes of it are left.
    left: u64,
    /// The length of the last one, as it stands before it.
    length: [u8; 4],
    /// The number of the last one.
    after: u64,
}

impl Openings<'_> {
    /// Reads the next one into a buffer: its number, and whom it is about. None at the end.
    fn next(&mut self, opening: &mut Vec<u8>) -> Result<Option<(u64, Option<PersonId>)>, Failure> {
        if self.left == 0 {
            return Ok(None);
        }
        let (path, after) = (self.path, self.after);
        let torn = || Failure::about(path, Torn { after });
        let failed = |error| Failure::about(path, error);
        let left = self.left.checked_sub(4).ok_or_else(torn)?;
        self.file.read_exact(&mut self.length).map_err(failed)?;
        let length = u32::from_be_bytes(self.length);
        let left = left.checked_sub(length.into()).ok_or_else(torn)?;
        opening.resize(usize::try_from(length).unwrap_or(usize::MAX), 0);
        self.file.read_exact(opening).map_err(failed)?;
        let (number, whose) = about(opening).ok_or_else(torn)?;
        (self.left, self.after) = (left, number);
        Ok(Some((number, whose)))
    }
}

/// How many entries are drawn: as many as a file says, and what was asked for or another file says is no other number.
fn said_and_given(
    path: &Path,
    said: Option<NonZeroUsize>,
    given: Option<NonZeroUsize>,
) -> Result<Option<NonZeroUsize>, Failure> {
    match (said, given) {
        (Some(said), Some(given)) if said != given => Err(Failure::about(
            path,
            format_args!("it opens those whom {said} drawn entries are about, not {given}"),
        )
        .help(format_args!("leave `--sample` out, or say `--sample {said}`"))),
        (said, given) => Ok(said.or(given)),
    }
}
