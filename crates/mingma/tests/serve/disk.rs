//! A disk that is full, and one that fails: nothing that was acknowledged is lost, nothing is acknowledged on a guess.

use std::fs;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::support::{City, has, now, until};

/// A folder on a disk of its own, of this size. It is unmounted when this is dropped.
struct Small(Option<TempDir>);

impl Small {
    fn new(size: &str) -> Option<Self> {
        let dir = TempDir::new().unwrap();
        let small = Self(Some(dir));
        small.mount(&format!("size={size}")).then_some(small)
    }

    fn mount(&self, options: &str) -> bool {
        let path = self.0.as_ref().unwrap().path();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(path).output();
        mount.is_ok_and(|output| output.status.success())
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let dir = self.0.take().unwrap();
        let _not_mounted = Command::new("umount").arg("-l").arg(dir.path()).stderr(Stdio::null()).status();
    }
}

#[test]
fn a_full_disk_refuses_what_records_and_loses_nothing_that_was_acknowledged() {
    let Some(small) = Small::new("1500k") else {
        println!("skipped: a disk of its own for the test: `mount` is not allowed here");
        return;
    };
    // The program's log lies on the same disk: it too cannot be written.
    let inside = TempDir::new_in(small.0.as_ref().unwrap().path()).unwrap();
    let city = City::in_dir(inside, 1, now());
    let mut served = city.serve(&[]);
    let mut kept = 0;
    let refused = loop {
        let answer = served.send(&city.declaration(0, &format!("k-{kept}"), "well"));
        if answer.status != 200 {
            break answer;
        }
        kept += 1;
        assert!(kept < 10_000, "the disk never fills up");
    };
    assert_eq!((refused.status, refused.problem()), (507, "full".to_owned()), "after {kept}");
    assert!(refused.body.contains("make room"), "{}", refused.body);
    assert!(kept > 3, "{kept}");
    assert_eq!(served.get("/rules").status, 200, "what is read goes on");
    assert!(small.mount("remount,size=64m"), "room is made");
    let again = served.send(&city.declaration(0, &format!("k-{kept}"), "well"));
    assert_eq!(again.status, 200, "and the program goes on by itself: {again:?}");
    served.child.kill().unwrap();
    served.wait();
    assert_eq!(city.facts(0), kept + 1);
    println!("full after {kept} declarations");
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged_until_the_store_is_opened_anew() {
    if !has("strace", "a sync that fails under a running program") {
        return;
    }
    let city = City::new(1);
    let mut served = city.serve(&["--metrics", "127.0.0.1:0"]);
    let declare = |key: &str| served.send(&city.declaration(0, key, "well"));
    assert_eq!(declare("k-1").status, 200);
    // The night of a new folder is over: what it writes would be the first to fail.
    until("the first night", || served.log().contains("what is over was destroyed"));
    let id = served.id();
    let mut strace = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"])
        .args(["-e", "inject=fsync,fdatasync:error=EIO", "-p", &id])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let traced = || {
        let status = |task: &fs::DirEntry| fs::read_to_string(task.path().join("status")).unwrap_or_default();
        let tasks = fs::read_dir(format!("/proc/{id}/task")).unwrap();
        tasks.filter_map(Result::ok).all(|task| !status(&task).contains("TracerPid:\t0"))
    };
    let mut attached = false;
    for _ in 0..250 {
        attached = traced();
        if attached || strace.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    if !attached {
        println!("skipped: a sync that fails: this machine lets nobody trace a process");
        return;
    }
    let doubted = declare("k-2");
    // Or the program wrote something of its own in between, whose sync was the first to fail.
    let said = doubted.problem();
    assert!(doubted.status == 503 && ["in-doubt", "stopped"].contains(&said.as_str()), "{doubted:?}");
    for key in ["k-2", "k-3"] {
        let refused = declare(key);
        assert_eq!((refused.status, refused.problem()), (503, "stopped".to_owned()), "{refused:?}");
    }
    assert_eq!(served.get("/rules").status, 200, "what is read goes on");
    strace.kill().unwrap();
    strace.wait().unwrap();
    assert_eq!(
        declare("k-3").problem(),
        "stopped",
        "a disk that works again proves nothing about what it lost"
    );
    served.child.kill().unwrap();
    served.wait();

    let mut served = city.serve(&[]);
    for key in ["k-1", "k-2", "k-3"] {
        assert_eq!(served.send(&city.declaration(0, key, "well")).status, 200, "{key}");
    }
    served.terminate();
    until("the end", || served.child.try_wait().unwrap().is_some());
    assert_eq!(city.facts(0), 3, "what was acknowledged is there, and what was in doubt is there once");
}
