//! A data folder with people in it, the real program that serves it, and a client that writes HTTP by hand.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::{Entropy, SigningKey, SystemEntropy};
use mingma_credential::status::RegionCode;
use mingma_credential::{Certificate, UnixSeconds};
use mingma_domain::document::Document;
use mingma_registry::acts::{Register, register};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::ports::KeySigner;
use mingma_registry::{Clock, NoEntropy, PersonId, Registry, Rng};
use mingma_server::{Session, SessionId, SessionKey, Who};
use mingma_store::{OpenError, Settings, SqliteStore};
use pollster::block_on;
use tempfile::TempDir;

use super::living::day_of;

pub(crate) const HEALTH: &str = "/api/v1/persons/me/health-declarations";
/// How long a test waits for what should come at once.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Real;

impl Rng for Real {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        SystemEntropy.fill(bytes).map_err(|_| NoEntropy)
    }
}

/// A clock that stands.
struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }
}

#[expect(clippy::disallowed_methods, reason = "the program reads the clock, so its test must")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

#[expect(clippy::disallowed_methods, reason = "a test waits no longer than it must")]
fn begun() -> Instant {
    Instant::now()
}

/// A path as a command is given it.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Asks until it is so.
pub(crate) fn until(what: &str, mut is: impl FnMut() -> bool) {
    let begun = begun();
    while !is() {
        assert!(begun.elapsed() < PATIENCE, "{what} did not come about");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How long something took.
pub(crate) fn timed<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let begun = begun();
    let done = what();
    (done, begun.elapsed())
}

pub(crate) fn document(n: u32) -> Document {
    format!("passport:JP:TR{n:07}").parse().unwrap()
}

pub(crate) fn mingma(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_mingma")).args(arguments).output().unwrap()
}

/// A data folder with signing keys and registered people, which nobody has open.
pub(crate) struct City {
    pub(crate) dir: TempDir,
    pub(crate) people: Vec<PersonId>,
    tokens: Vec<String>,
}

impl City {
    pub(crate) fn new(people: u32) -> Self {
        Self::in_dir(TempDir::new().unwrap(), people, now())
    }

    /// A city whose people were registered at an instant.
    pub(crate) fn in_dir(dir: TempDir, people: u32, at: Timestamp) -> Self {
        let keys = dir.path().join("data/keys");
        let authority = dir.path().join("authority");
        let [out, authority] = [&keys, &authority].map(|path| path.to_str().unwrap());
        let made = mingma(&["keygen", "--out", out, "--region", "410000", "--authority", authority]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut city = Self { dir, people: Vec::new(), tokens: Vec::new() };
        let store = city.store();
        let sessions = SessionKey::new(&store.secret("sessions"));
        let key = SigningKey::generate(&mut SystemEntropy).unwrap();
        let second = UnixSeconds::new(at.as_second());
        let certificate = Certificate::self_signed(&key, "Henan", second, second.plus(86_400)).unwrap();
        let signer = KeySigner::new(key, certificate, RegionCode::parse("41").unwrap()).unwrap();
        let registry =
            Registry::new(Box::new(store), Box::new(Standing(at)), Box::new(signer), Box::new(Real));
        for n in 0..people {
            let wish = Register::new(document(n), "410105".parse().unwrap());
            let allowed = authorize(Actor::Visitor, Purpose::SelfService, wish).unwrap();
            block_on(register(&registry, allowed)).unwrap();
            let person = block_on(registry.store().find(&document(n))).unwrap().unwrap();
            let mut id = [0; 16];
            SystemEntropy.fill(&mut id).unwrap();
            let until = now() + SignedDuration::from_hours(24 * 365);
            let until = Timestamp::from_second(until.as_second()).unwrap();
            let session =
                Session { id: SessionId::from_bytes(id), who: Who::Person(person), until, device: None };
            city.people.push(person);
            city.tokens.push(sessions.seal(&session));
        }
        city
    }

    /// A session of somebody else's, for a day.
    pub(crate) fn seal(store: &SqliteStore, who: Who) -> String {
        let mut id = [0; 16];
        SystemEntropy.fill(&mut id).unwrap();
        let until = Timestamp::from_second(now().as_second() + 86_400).unwrap();
        let session = Session { id: SessionId::from_bytes(id), who, until, device: None };
        SessionKey::new(&store.secret("sessions")).seal(&session)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The store; while the program does not have it open.
    pub(crate) fn store(&self) -> SqliteStore {
        let mut store = None;
        // A process that another test is just starting holds our folder's lock, too, until it is the program it is to be.
        until("a folder that nobody has open", || {
            match SqliteStore::open(&self.data(), Settings::default(), Arc::new(Real)) {
                Ok(opened) => store = Some(opened),
                Err(OpenError::InUse { .. }) => {}
                Err(error) => panic!("{error}"),
            }
            store.is_some()
        });
        store.unwrap()
    }

    /// The facts of the nth person; while the program does not have the folder open.
    pub(crate) fn facts(&self, n: usize) -> usize {
        let store = self.store();
        block_on(mingma_registry::Store::record(&store, self.people[n])).unwrap().facts.len()
    }

    pub(crate) fn token(&self, n: usize) -> &str {
        &self.tokens[n]
    }

    /// What the nth person sends to declare the health of today, or in the morning of yesterday: a day that has come and is
    /// still taken, whenever the test runs and however many hours it takes.
    pub(crate) fn declaration(&self, n: usize, key: &str, feeling: &str) -> String {
        let on = day_of(now() - SignedDuration::from_hours(12));
        let body = format!("{{\"on\":\"{on}\",\"feeling\":\"{feeling}\"}}");
        format!("{}{body}", self.head(n, key, body.len()))
    }

    /// The head of such a request, with a body of this length to follow.
    pub(crate) fn head(&self, n: usize, key: &str, length: usize) -> String {
        let token = self.token(n);
        format!(
            "POST {HEALTH} HTTP/1.1\r\nhost: code\r\nauthorization: Bearer {token}\r\nidempotency-key: {key}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        )
    }

    pub(crate) fn serve(&self, options: &[&str]) -> Served {
        self.serve_by(Command::new(env!("CARGO_BIN_EXE_mingma")), options)
    }

    /// Serves by a command that runs the program with the arguments it is given.
    pub(crate) fn serve_by(&self, mut command: Command, options: &[&str]) -> Served {
        let log = self.dir.path().join("log");
        // A process that another test is just starting holds our folder's lock, too, until it is the program it is to be.
        until("a folder that nobody has open", || !mingma_store::in_use(&self.data()).unwrap_or(true));
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(self.data())
            .args(options)
            .stdout(Stdio::piped())
            .stderr(fs::File::options().create(true).append(true).open(&log).unwrap())
            .spawn()
            .unwrap();
        let mut told = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut told).unwrap();
        let Some((_, address)) = told.trim().rsplit_once("http://") else {
            panic!("{told}{}", fs::read_to_string(&log).unwrap())
        };
        Served { child, at: address.parse().unwrap(), log }
    }
}

/// The program, serving. It is killed when this is dropped.
pub(crate) struct Served {
    pub(crate) child: Child,
    pub(crate) at: SocketAddr,
    log: PathBuf,
}

impl Served {
    pub(crate) fn connect(&self) -> TcpStream {
        connect(self.at)
    }

    /// Sends a whole request on a connection of its own.
    pub(crate) fn send(&self, request: &str) -> Answer {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        Answer::read(&mut BufReader::new(stream)).expect("an answer")
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: code\r\n\r\n"))
    }

    /// What a path holds, also if it is no text: status, body, head.
    pub(crate) fn raw(&self, path: &str) -> (u16, Vec<u8>, String) {
        let mut stream = self.connect();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: code\r\n\r\n").as_bytes()).unwrap();
        read_answer(&mut BufReader::new(stream)).expect("an answer")
    }

    /// The same for somebody who has signed in.
    pub(crate) fn raw_as(&self, path: &str, token: &str) -> (u16, Vec<u8>, String) {
        let mut stream = self.connect();
        let head = format!("GET {path} HTTP/1.1\r\nhost: code\r\nauthorization: Bearer {token}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        read_answer(&mut BufReader::new(stream)).expect("an answer")
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    pub(crate) fn id(&self) -> String {
        self.child.id().to_string()
    }

    /// Tells it to end, as `systemctl stop` does.
    pub(crate) fn terminate(&self) {
        signal("TERM", &self.id());
    }

    /// Stops it where it stands, once it has written what it had to; it is gone on with when the answer is let go.
    pub(crate) fn standing_still(&self, data: &Path) -> StandingStill {
        let mut before = Vec::new();
        until("a second in which nothing is written", || {
            let now = bytes_of(data);
            let same = now == before;
            before = now;
            std::thread::sleep(Duration::from_secs(1));
            same
        });
        signal("STOP", &self.id());
        StandingStill(self.id())
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        until("the end of the program", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// A program that was stopped where it stood.
pub(crate) struct StandingStill(String);

impl Drop for StandingStill {
    fn drop(&mut self) {
        signal("CONT", &self.0);
    }
}

fn signal(name: &str, id: &str) {
    assert!(Command::new("kill").args(["-s", name, id]).status().unwrap().success());
}

pub(crate) fn connect(at: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The next answer on a connection; none if it was closed.
    pub(crate) fn read(stream: &mut impl BufRead) -> Option<Self> {
        let (status, body, head) = read_answer(stream)?;
        Some(Self { status, head, body: String::from_utf8(body).unwrap() })
    }

    /// The name of the problem.
    pub(crate) fn problem(&self) -> String {
        let json: serde_json::Value =
            serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        json["type"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    }
}

/// Sends a whole request to a program that may be killed meanwhile; none if it was.
pub(crate) fn try_send(at: SocketAddr, request: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(at).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    Answer::read(&mut BufReader::new(stream))
}

/// The next answer on a connection: status, body, head; none if it was closed.
fn read_answer(stream: &mut impl BufRead) -> Option<(u16, Vec<u8>, String)> {
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line.to_ascii_lowercase());
    }
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).ok()?;
    Some((status, body, head))
}

/// Whether a program is there to be run; says what is skipped if not.
pub(crate) fn has(program: &str, what: &str) -> bool {
    let there = Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !there {
        println!("skipped: {what}: `{program}` is not here");
    }
    there
}

/// Every file of a folder with its bytes.
pub(crate) fn bytes_of(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}
