//! The servers that are measured: the real binary, and nginx beside it.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mingma_credential::Certificate;
use tempfile::TempDir;

use crate::folder::Folder;

const MINGMA: &str = env!("CARGO_BIN_EXE_mingma");
/// The kernel counts CPU time in these parts of a second.
const TICKS: f64 = 100.0;

/// `mingma serve`, until it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From its start until it answers, in seconds.
    pub(crate) opened: f64,
    /// Of the keys that it trusts: that of codes and lists, and the authority's.
    pub(crate) certificates: Vec<Certificate>,
}

impl Server {
    pub(crate) fn start(folder: &Folder) -> Self {
        let keys = folder.dir.path().join("keys");
        // The authority's key lies nowhere in a folder that is served.
        let authority = TempDir::new().unwrap();
        let made = Command::new(MINGMA)
            .args(["keygen", "--region", "450000", "--out"])
            .arg(&keys)
            .arg("--authority")
            .arg(authority.path().join("authority"))
            .stdout(Stdio::null())
            .status();
        assert!(made.unwrap().success());
        let made = std::fs::read_dir(&keys).unwrap().map(|file| file.unwrap().path());
        let certificates = made
            .filter(|path| path.to_string_lossy().ends_with(".cert.der"))
            .map(|path| Certificate::from_der(&std::fs::read(path).unwrap()).unwrap())
            .collect();
        let started = Instant::now();
        let mut child = Command::new(MINGMA)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().parse().unwrap();
        let opened = started.elapsed().as_secs_f64();
        Self { child, address, opened, certificates }
    }

    /// The CPU time that it has used, in seconds.
    pub(crate) fn cpu(&self) -> f64 {
        cpu(self.child.id())
    }

    /// The memory that it has, in MiB.
    pub(crate) fn resident_mib(&self) -> u64 {
        self.memory_mib("VmRSS:")
    }

    /// The most memory that it ever had, in MiB.
    pub(crate) fn most_mib(&self) -> u64 {
        self.memory_mib("VmHWM:")
    }

    fn memory_mib(&self, what: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap();
        line.trim().split(' ').next().unwrap().parse::<u64>().unwrap() / 1_024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// nginx with one worker that serves a static body, until it is dropped.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) address: SocketAddr,
    _dir: TempDir,
}

impl Nginx {
    /// None where there is no nginx.
    pub(crate) fn start(body_bytes: usize) -> Option<Self> {
        let dir = TempDir::new().unwrap();
        let here = dir.path().display().to_string();
        std::fs::create_dir(dir.path().join("www")).unwrap();
        std::fs::write(dir.path().join("www/body"), vec![b'x'; body_bytes]).unwrap();
        // A port that was free a moment ago.
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {here}/{kind}; "))
            .concat();
        let configuration = format!(
            "daemon off; worker_processes 1; pid {here}/pid; error_log {here}/error.log; events {{ worker_connections 1024; }}
            http {{ access_log off; {paths} keepalive_requests 100000000; open_file_cache max=10; sendfile on; tcp_nodelay on;
            server {{ listen {address}; root {here}/www; }} }}"
        );
        std::fs::write(dir.path().join("nginx.conf"), configuration).unwrap();
        // Its workers run as another user when it is started by root, and must be able to enter.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let child = Command::new("nginx").arg("-c").arg(dir.path().join("nginx.conf")).spawn().ok()?;
        std::thread::sleep(Duration::from_millis(500));
        Some(Self { child, address, _dir: dir })
    }

    /// The CPU time of its worker.
    pub(crate) fn cpu(&self) -> f64 {
        let id = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        children.split_whitespace().map(|child| cpu(child.parse().unwrap())).sum()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Asked to end, it ends its worker, too.
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(asked.unwrap().success());
        self.child.wait().unwrap();
    }
}

/// The CPU time of a process, in seconds: the 14th and 15th fields, counted behind the name in brackets.
fn cpu(id: u32) -> f64 {
    let line = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let fields: Vec<&str> = line.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / TICKS
}
