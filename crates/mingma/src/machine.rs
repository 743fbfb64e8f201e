//! What the machine gives the program: open files, room on the disk, who owns a file.

use std::fs;
use std::io;
use std::num::NonZeroUsize;
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

/// On how many cores the program may work.
pub(crate) fn cores() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// The bytes that an ordinary user may still write beside `path`, and the bytes of that disk.
pub(crate) fn room(path: &Path) -> io::Result<(u64, u64)> {
    let disk = rustix::fs::statvfs(path)?;
    Ok((disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize))
}

/// How many bytes of memory this process may still take: what the machine has free, within what its control groups leave.
/// None where the system does not tell.
pub(crate) fn free_memory() -> Option<u64> {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|told| amount(&told, "MemAvailable:"));
    let groups = fs::read_to_string("/proc/self/cgroup").ok();
    let group = groups.as_deref().and_then(|told| told.lines().find_map(|line| line.strip_prefix("0::")));
    let left = group.and_then(|group| left_in(Path::new("/sys/fs/cgroup"), group));
    machine.into_iter().chain(left).min()
}

/// What a control group and those around it leave, in bytes; none without a limit.
fn left_in(root: &Path, group: &str) -> Option<u64> {
    let folder = root.join(group.trim_start_matches('/'));
    let around = folder.ancestors().take_while(|folder| folder.starts_with(root));
    let left = around.filter_map(|folder| {
        let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
        let most: u64 = read("memory.max")?.trim().parse().ok()?;
        let used: u64 = read("memory.current")?.trim().parse().ok()?;
        // What was read from files is given back when it is wanted.
        let cached = read("memory.stat").and_then(|told| amount(&told, "inactive_file")).unwrap_or(0);
        Some(most.saturating_sub(used.saturating_sub(cached)))
    });
    left.min()
}

/// The bytes that stand behind a name.
fn amount(told: &str, name: &str) -> Option<u64> {
    let told = told.lines().find_map(|line| line.strip_prefix(name))?.trim();
    let (number, unit) = told.strip_suffix(" kB").map_or((told, 1), |number| (number, 1_024));
    number.parse::<u64>().ok()?.checked_mul(unit)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_group_around_the_process_counts_and_what_it_can_give_back_does_not() {
        let root = tempfile::tempdir().unwrap();
        let group = root.path().join("system.slice/mingma.service");
        fs::create_dir_all(&group).unwrap();
        let write = |folder: &Path, most: &str, used: &str, cached: u64| {
            fs::write(folder.join("memory.max"), format!("{most}\n")).unwrap();
            fs::write(folder.join("memory.current"), format!("{used}\n")).unwrap();
            fs::write(folder.join("memory.stat"), format!("anon 5\ninactive_file {cached}\n")).unwrap();
        };
        let left = || left_in(root.path(), "/system.slice/mingma.service");
        assert_eq!(left(), None, "no group has a limit");
        write(&group, "max", "70", 0);
        assert_eq!(left(), None);
        write(&group, "1000", "700", 200);
        assert_eq!(left(), Some(500));
        write(&root.path().join("system.slice"), "900", "600", 100);
        assert_eq!(left(), Some(400), "the one around it leaves less");
        write(&group, "1000", "1200", 0);
        assert_eq!(left(), Some(0));
        assert_eq!(amount("MemFree: 7 kB\nMemAvailable:   12 kB\n", "MemAvailable:"), Some(12_288));
    }
}
