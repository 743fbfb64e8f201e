//! What the machine gives the program: open files, room on the disk, who owns a file.

use std::fs;
use std::io;
use std::path::Path;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many files the program needs to have open: a connection each for `mingma_server::Limits`' 12,288, and 64 for the
/// store, the log and the listeners.
pub(crate) const FILES_NEEDED: u64 = 12_288 + 64;

/// How many files the program may have open: now, and at most if it asks.
pub(crate) fn open_files() -> (u64, u64) {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    (current.unwrap_or(u64::MAX), maximum.unwrap_or(u64::MAX))
}

/// Asks for as many open files as are needed, or as there are to be had. Gives how many there are then.
pub(crate) fn ask_for_open_files() -> u64 {
    let (current, most) = open_files();
    let wanted = FILES_NEEDED.min(most);
    if current < wanted {
        let limit = Rlimit { current: Some(wanted), maximum: Some(most) };
        // If it is refused the old number holds; who reads the answer sees it.
        let _asked = setrlimit(Resource::Nofile, limit);
    }
    open_files().0
}

/// The bytes that an ordinary user may still write beside `path`, and the bytes of that disk.
pub(crate) fn room(path: &Path) -> io::Result<(u64, u64)> {
    let disk = rustix::fs::statvfs(path)?;
    Ok((disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize))
}

/// Who runs this program, by number.
pub(crate) fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// The memory of this process, in bytes, and its open files; as Linux tells them.
pub(crate) fn used() -> Option<(u64, u64)> {
    let pages = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = pages.split(' ').nth(1)?.parse().ok()?;
    let page = u64::try_from(rustix::param::page_size()).ok()?;
    let files = fs::read_dir("/proc/self/fd").ok()?.count();
    Some((pages * page, u64::try_from(files).ok()?))
}
