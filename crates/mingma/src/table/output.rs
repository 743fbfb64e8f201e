//! Results that are there whole or not at all.
//!
//! A file is written under another name beside its place, brought to the disk, and only then renamed. Whatever
//! happens before that (a full disk, a fault in the last row, the machine going down) leaves what was there before.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// How much is gathered before it is written: some thousand rows.
const BUFFER_BYTES: usize = 64 * 1024;

/// A file that is being written, or standard output.
pub(crate) struct Output {
    /// What messages call it.
    name: String,
    writer: BufWriter<Sink>,
    /// The name under which it is written, and the one that it gets.
    rename: Option<(PathBuf, PathBuf)>,
}

enum Sink {
    Stdout(std::io::Stdout),
    File(File),
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::File(file) => file.flush(),
        }
    }
}

impl Output {
    /// Standard output.
    pub(crate) fn stdout() -> Self {
        let writer = BufWriter::with_capacity(BUFFER_BYTES, Sink::Stdout(std::io::stdout()));
        Self { name: "standard output".to_owned(), writer, rename: None }
    }

    /// The file `path`; it appears with [`Output::finish`].
    ///
    /// A link is followed, and what is no regular file (a device, a pipe) is written directly: it cannot be replaced.
    ///
    /// # Errors
    /// A [`Failure`] if nothing can be written there.
    pub(crate) fn file(path: &Path) -> Result<Self, Failure> {
        let fail = |error| Failure::about(path, error);
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let replaced = fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
        let name = path.display().to_string();
        if replaced {
            let file = File::options().write(true).open(&target).map_err(fail)?;
            return Ok(Self {
                name,
                writer: BufWriter::with_capacity(BUFFER_BYTES, Sink::File(file)),
                rename: None,
            });
        }
        if target.is_dir() {
            return Err(Failure::about(path, "is a folder: name a file in it"));
        }
        let file_name = target.file_name().ok_or_else(|| Failure::about(path, "is no name of a file"))?;
        // With the process's number two runs do not write into one another.
        let partial = format!(".{}.{}.partial", file_name.to_string_lossy(), std::process::id());
        let partial = target.with_file_name(partial);
        let file = File::create(&partial).map_err(fail)?;
        let writer = BufWriter::with_capacity(BUFFER_BYTES, Sink::File(file));
        Ok(Self { name, writer, rename: Some((partial, target)) })
    }

    /// Writes a text.
    ///
    /// # Errors
    /// A [`Failure`] that says what did not get written.
    pub(crate) fn text(&mut self, text: impl Display) -> Result<(), Failure> {
        write!(self.writer, "{text}").map_err(|error| self.fault(&error))
    }

    /// Writes with another library's writer.
    ///
    /// # Errors
    /// A [`Failure`] that says what did not get written.
    pub(crate) fn with(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        write(&mut self.writer).map_err(|error| self.fault(&error))
    }

    /// Brings all to its place.
    ///
    /// # Errors
    /// A [`Failure`] if it cannot be brought there; then a file is as it was before.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.writer.flush().map_err(|error| self.fault(&error))?;
        let Some((partial, target)) = &self.rename else { return Ok(()) };
        if let Sink::File(file) = self.writer.get_ref() {
            // At this point only the partial file is on disk; it must be whole before it gets the name.
            file.sync_all().map_err(|error| self.fault(&error))?;
        }
        fs::rename(partial, target).map_err(|error| self.fault(&error))?;
        // The name itself is in the folder; not every file system can sync one, and the content is safe by now.
        let folder =
            target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let _best_effort = File::open(folder).and_then(|folder| folder.sync_all());
        self.rename = None;
        Ok(())
    }

    fn fault(&self, error: &std::io::Error) -> Failure {
        if matches!(self.writer.get_ref(), Sink::Stdout(_)) && error.kind() == ErrorKind::BrokenPipe {
            return Failure::output(error.kind().into());
        }
        let failure = Failure::new(format_args!("{}: {error}", self.name));
        match self.rename {
            Some(_) => failure.help("nothing was written there: the file is as it was before"),
            None => failure.help("what was written there so far is not whole: do not use it"),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Some((partial, _)) = &self.rename {
            // Not finished: what was written is worth nothing. If it cannot be removed, its name says what it is.
            let _left_behind = fs::remove_file(partial);
        }
    }
}

/// Refuses outputs that would replace something that is read, or one another. Each file comes with what messages call it.
///
/// # Errors
/// A [`Failure`] that names the output and what it would replace.
pub(crate) fn apart(outputs: &[(&str, &Path)], inputs: &[(&str, &Path)]) -> Result<(), Failure> {
    let inputs = inputs.iter().map(|(name, path)| (*name, place(path)));
    let mut taken: Vec<(&str, PathBuf)> = inputs.collect();
    for (name, path) in outputs {
        // What is no regular file is written to, and replaces nothing.
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            continue;
        }
        let own = place(path);
        if let Some((other, _)) = taken.iter().find(|(_, place)| *place == own) {
            let failure = Failure::about(path, format_args!("{name} would replace {other}"));
            return Err(failure.help("name another file; nothing was written"));
        }
        taken.push((name, own));
    }
    Ok(())
}

/// Where a path leads, links followed; for a file that is yet to be made, its folder is looked up.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let made = || Some(fs::canonicalize(folder).ok()?.join(path.file_name()?));
    fs::canonicalize(path).ok().or_else(made).unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_appears_whole_or_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "before").unwrap();
        let mut output = Output::file(&path).unwrap();
        output.text("half").unwrap();
        drop(output);
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), names(folder.path()).len()), ("before", 1));
        let mut output = Output::file(&path).unwrap();
        output.text("whole").unwrap();
        output.finish().unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), names(folder.path()).len()), ("whole", 1));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.csv"), folder.path().join("link.csv"));
        fs::write(&real, "before").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let mut output = Output::file(&link).unwrap();
        output.text("after").unwrap();
        output.finish().unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "after");
        let full = Path::new("/dev/full");
        if full.exists() {
            let mut output = Output::file(full).unwrap();
            output.text("x").unwrap();
            assert!(output.finish().is_err());
            assert!(!fs::metadata(full).unwrap().is_file());
        }
    }
}
