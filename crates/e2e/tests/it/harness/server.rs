//! `mingma serve` and `mingma demo` as processes of their own, on a port that the system chooses.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tempfile::TempDir;

use super::{Authority, target};

/// The region whose authority serves.
pub(crate) const REGION: &str = "450000";

/// A server with its data folder.
pub(crate) struct Server {
    child: Option<Child>,
    folder: TempDir,
    /// `127.0.0.1:PORT`, which a browser takes for a secure context.
    address: String,
    /// What it said when it was up.
    said: Vec<String>,
}

impl Server {
    /// An authority with a key and nothing else: up at once.
    pub(crate) fn bare() -> Self {
        let folder = TempDir::new().unwrap();
        let keys = folder.path().join("data/keys");
        let mut keygen = Command::new(mingma());
        keygen.args(["keygen", "--region", REGION, "--out"]).arg(keys);
        let made = keygen.arg("--authority").arg(folder.path().join("authority")).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Self::run("serve", folder)
    }

    /// The demonstration's city: 10,000 residents, institutions and officials, so it takes some seconds.
    pub(crate) fn demo() -> Self {
        Self::run("demo", TempDir::new().unwrap())
    }

    /// The demonstration's city, shared by whoever wants it at the same time: each journey has people of its own in it.
    pub(super) fn shared_demo() -> Arc<Self> {
        static CITY: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        // Poisoned by a city that did not come up: the next one may.
        let mut city = CITY.lock().unwrap_or_else(PoisonError::into_inner);
        city.upgrade().unwrap_or_else(|| {
            let new = Arc::new(Self::demo());
            *city = Arc::downgrade(&new);
            new
        })
    }

    fn run(command: &str, folder: TempDir) -> Self {
        let mut server = Self { child: None, folder, address: "127.0.0.1:0".to_owned(), said: vec![] };
        server.listen(command);
        server
    }

    /// The address of a path.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The address of a path as another machine calls it: a name below `localhost` leads here too, is a secure context, and
    /// has its own cookies, keys and workers. So one browser is everybody's.
    pub(crate) fn on(&self, machine: &str, path: &str) -> String {
        self.at(path).replacen("127.0.0.1", &format!("{machine}.localhost"), 1)
    }

    /// What it said when it was up, line by line.
    pub(super) fn said(&self) -> &[String] {
        &self.said
    }

    /// The authority whose keys the server signs with.
    pub(crate) fn authority(&self) -> Authority {
        Authority::read(&self.data().join("keys"))
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Ends the process: to a browser the network is cut.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Stops the process where it stands: to a browser the centre takes every connection and answers nobody, as one that is
    /// overloaded does.
    pub(crate) fn hang(&self) {
        self.signal("-STOP");
    }

    /// Lets the process go on.
    pub(crate) fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let process = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &process]).status().unwrap().success());
    }

    /// Serves the same folder at the same address again.
    pub(crate) fn start(&mut self) {
        self.stop();
        self.listen("serve");
    }

    /// Starts the process and waits until it says where it listens.
    fn listen(&mut self, command: &str) {
        let mut process = Command::new(mingma());
        process.arg(command).arg("--data").arg(self.data()).args(["--listen", &self.address]);
        // What it logs is kept beside the data, and goes with it.
        let log = File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let mut child = process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        self.child = Some(child);
        self.said.clear();
        // A demo says more than where it listens; this is its last line.
        let is_last = |line: &str| command == "serve" || line.starts_with("Ctrl-C");
        for line in lines.by_ref().map_while(Result::ok) {
            let last = is_last(&line);
            self.said.push(line);
            if last {
                break;
            }
        }
        let address =
            self.said.iter().find_map(|line| line.split("http://").nth(1)?.split([' ', '/']).next());
        self.address = address.expect("the server ended without saying where it listens").to_owned();
        // Whoever writes into a pipe that nobody reads stands still one day.
        std::thread::spawn(move || lines.for_each(drop));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ended_already = child.kill();
            let _ended_already = child.wait();
        }
    }
}

/// The program: `MINGMA_BIN`, else the one that was built beside the tests, which is built now if it is not there.
///
/// `cargo test --workspace` builds it anew. Where only these tests are run, `cargo build -p mingma` does.
fn mingma() -> PathBuf {
    if let Some(chosen) = std::env::var_os("MINGMA_BIN") {
        return chosen.into();
    }
    let tests = std::env::current_exe().unwrap();
    let built = tests.ancestors().nth(2).unwrap().join("mingma");
    if !built.is_file() {
        let release = built.starts_with(target().join("release"));
        let profile = if release { "release" } else { "dev" };
        let cargo =
            Command::new(env!("CARGO")).args(["build", "-p", "mingma", "--profile", profile]).status();
        assert!(cargo.unwrap().success(), "the program cannot be built");
    }
    fs::canonicalize::<&Path>(&built).unwrap()
}
