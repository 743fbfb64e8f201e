//! A long job in the terminal: on all cores, how far it is, and Ctrl-C, after which nothing half-made is left.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use mingma_census::{Census, Refusal, Work};
use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;
use crate::machine;

/// What a command's jobs have in common.
pub(super) struct Working {
    cancel: Arc<AtomicBool>,
}

impl Working {
    /// From here on Ctrl-C (and SIGTERM) ends the job, not the process in the middle of it.
    pub(super) fn start() -> Result<Self, Failure> {
        let cancel = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&cancel);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(Failure::new)?;
        let ends = {
            let _inside = runtime.enter();
            [signal(SignalKind::interrupt()), signal(SignalKind::terminate())]
        };
        std::thread::spawn(move || {
            runtime.block_on(async {
                let [Ok(mut interrupt), Ok(mut terminate)] = ends else { return };
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                asked.store(true, Ordering::Relaxed);
                // Until the process ends: a second signal is taken, and changes nothing.
                std::future::pending::<()>().await;
            });
        });
        Ok(Self { cancel })
    }

    #[cfg(test)]
    pub(super) fn stopped(is: bool) -> Self {
        Self { cancel: Arc::new(AtomicBool::new(is)) }
    }

    /// Until when, for a job that looks itself.
    pub(super) fn cancel(&self) -> &AtomicBool {
        &self.cancel
    }

    /// Fails if the job is to end.
    pub(super) fn go_on(&self) -> Result<(), Failure> {
        if self.cancel.load(Ordering::Relaxed) { Err(Failure::new(Refusal::Cancelled)) } else { Ok(()) }
    }

    /// Does a job on all cores, telling on a terminal how far it is.
    pub(super) fn run<T>(
        &self,
        what: &'static str,
        job: impl FnOnce(&Work<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Failure> {
        let bar = bar(what);
        let tell = |done: usize, total: usize| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        };
        let work = Work::default().on(machine::cores()).telling(&tell).until(&self.cancel);
        let done = job(&work);
        bar.finish_and_clear();
        done.map_err(Failure::new)
    }

    /// Writes a census under its name when it is whole, and else nothing. It is everybody's facts: only its owner may read it.
    pub(super) fn write(&self, census: &Census, out: &Path, ends: Timestamp) -> Result<(), Failure> {
        replaceable(out)?;
        let failed = |error| Failure::about(out, error);
        let dir = out.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Made under a name that nothing has, with mode 0600, and removed again when it is dropped.
        let part = tempfile::Builder::new().prefix(".census-").tempfile_in(dir).map_err(failed)?;
        let mut writer = Stoppable { to: BufWriter::new(part.as_file()), cancel: &self.cancel };
        let written = census.write(&mut writer, ends).and_then(|()| part.as_file().sync_all());
        drop(writer);
        self.go_on()?;
        written.map_err(failed)?;
        part.persist(out).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// Refuses to write over what is no census: a facts file, or whatever else bears the name.
pub(super) fn replaceable(out: &Path) -> Result<(), Failure> {
    let found = match File::open(out) {
        Ok(file) => Census::begins(&file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => Err(error),
    };
    if found.map_err(|error| Failure::about(out, error))? {
        return Ok(());
    }
    Err(Failure::about(out, "it is there already and no census, so it is not replaced")
        .help("name another file with `--out`, or remove this one first"))
}

/// A bar that is shown on a terminal and nowhere else.
pub(super) fn bar(what: &'static str) -> ProgressBar {
    let target =
        if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {percent}% {eta}") {
        bar.set_style(style);
    }
    bar
}

/// How much is written between two looks at whether to stop: a few milliseconds of a disk.
const CHUNK: usize = 4 << 20;

/// Stops writing when the job is to end.
struct Stoppable<'c, W> {
    to: W,
    cancel: &'c AtomicBool,
}

impl<W: Write> Write for Stoppable<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(io::Error::other(Refusal::Cancelled));
        }
        self.to.write(bytes.get(..CHUNK).unwrap_or(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use mingma_census::Builder;
    use mingma_domain::time::Zone;

    use super::*;

    #[test]
    fn a_cancelled_write_leaves_the_old_file_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("city.census");
        let (old, other) = (b"MINGMA\x1aC and so on", dir.path().join("city.part"));
        fs::write(&out, old).unwrap();
        fs::write(&other, "another's").unwrap();
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let census = Builder::new(&zone, "2022-01-10".parse().unwrap()).finish().unwrap();
        let working = Working::stopped(true);
        assert!(working.write(&census, &out, Timestamp::MAX).is_err());
        assert!(working.go_on().is_err());
        assert_eq!(fs::read(&out).unwrap(), old);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "no part is left");
        working.cancel.store(false, Ordering::Relaxed);
        working.write(&census, &out, Timestamp::MAX).unwrap();
        assert!(Census::open(&File::open(&out).unwrap(), Timestamp::UNIX_EPOCH).is_ok());
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&out).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "it is everybody's facts");
        assert!(working.write(&census, &other, Timestamp::MAX).is_err());
        assert_eq!(fs::read(&other).unwrap(), b"another's", "what is no census is not replaced");
    }
}
