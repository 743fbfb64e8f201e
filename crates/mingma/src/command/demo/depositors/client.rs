//! The town while it is served, and how one asks it: over HTTP, and by looking at what was kept.

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_registry::{Clock as _, PersonId, Store};
use mingma_server::{Session, SessionId, Who};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use ureq::Agent;

use super::database::POLICY;
use super::town::{City, red};
use crate::channel::agent;
use crate::failure::Failure;
use crate::{clock, journal};

/// How long anything may take that is due within a minute.
const PATIENCE: Duration = Duration::from_mins(1);
/// How many clients ask the program at once.
const AT_ONCE: usize = 16;

/// The town while it is served.
pub(super) struct Town<'r> {
    runtime: &'r Runtime,
    agent: Agent,
    at: SocketAddr,
    pub(super) city: City,
    /// The sessions of the officials, in their order.
    sessions: Vec<String>,
    /// The sessions of the depositors' telephones.
    phones: Vec<String>,
}

/// What the program answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Answer {
    /// The words in which it says no.
    pub(super) fn said(&self) -> &str {
        self.body.get("title").and_then(Value::as_str).unwrap_or_default()
    }

    /// A number of the answer.
    pub(super) fn number(&self, name: &str) -> u64 {
        self.body.get(name).and_then(Value::as_u64).unwrap_or_default()
    }

    /// A list of the answer.
    pub(super) fn list(&self, name: &str) -> &[Value] {
        self.body.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

impl<'r> Town<'r> {
    /// Signs the officials in, with password and second factor, and waits until the census stands.
    pub(super) fn enter(runtime: &'r Runtime, city: City, at: SocketAddr) -> Result<Self, Failure> {
        let until = city.time.now().checked_add(SignedDuration::from_hours(24 * 7)).map_err(Failure::new)?;
        let phone = |(n, person): (usize, &PersonId)| {
            let key = SigningKey::generate(&mut SystemEntropy).map_err(Failure::new)?;
            let id = SessionId::from_bytes(u128::try_from(n).unwrap_or(0).to_be_bytes());
            let session = Session { id, who: Who::Person(*person), until, device: Some(key.device_point()) };
            Ok(city.app.sessions().seal(&session))
        };
        let phones = city.persons.iter().enumerate().map(phone).collect::<Result<Vec<_>, Failure>>()?;
        let agent = agent("", PATIENCE)?;
        let mut town = Self { runtime, agent, at, city, sessions: Vec::new(), phones };
        town.wait_for_the_census()?;
        for official in 0..town.city.officials.len() {
            town.sessions.push(town.sign_in(official)?);
        }
        Ok(town)
    }

    /// Lets hours pass, while the program runs: before anything else is done it has seen each midnight among them.
    pub(super) fn pass(&self, hours: i64) -> Result<(), Failure> {
        self.city.time.pass(hours);
        self.wait_for_the_census()
    }

    /// Waits until the census is of the present, or of a moment before.
    fn wait_for_the_census(&self) -> Result<(), Failure> {
        self.wait("the census", |town| {
            let ready = town.get("/health/ready", None)?.body;
            Ok(ready.pointer("/census/seconds").and_then(Value::as_i64).is_some_and(|old| old < 60))
        })
    }

    /// Signs an official in, with password and second factor: for a shift.
    pub(super) fn sign_in(&self, official: usize) -> Result<String, Failure> {
        let known = self.city.officials.get(official).ok_or_else(|| Failure::new("no such official"))?;
        let code = known.second_factor.code_at(self.now());
        let asked = json!({ "name": known.name, "password": known.password, "code": code });
        let answer = self.post("/api/v1/staff/sessions", None, &asked)?;
        let token = answer.body.get("token").and_then(Value::as_str);
        Ok(token.ok_or_else(|| Failure::new(answer.said()))?.to_owned())
    }

    /// The sessions of the official who has every role of the city.
    pub(super) fn official(&self) -> &[String] {
        self.sessions.get(..3).unwrap_or_default()
    }

    /// The session of somebody in the city's health commission: the same official.
    pub(super) fn commissioner(&self) -> Option<&str> {
        self.sessions.first().map(String::as_str)
    }

    /// The session of somebody in the city's appeals office: the same official.
    pub(super) fn appeals(&self) -> Option<&str> {
        self.sessions.get(1).map(String::as_str)
    }

    /// The session of the province's appeals office.
    pub(super) fn province(&self) -> Option<&str> {
        self.sessions.get(3).map(String::as_str)
    }

    /// The session of the nth depositor's telephone.
    pub(super) fn phone(&self, n: usize) -> Option<&str> {
        self.phones.get(n).map(String::as_str)
    }

    /// The nth depositor.
    pub(super) fn person(&self, n: usize) -> Result<PersonId, Failure> {
        self.city.persons.get(n).copied().ok_or_else(|| Failure::new("no such depositor"))
    }

    /// The time of the story.
    pub(super) fn now(&self) -> Timestamp {
        self.city.time.now()
    }

    /// Keeps whose log it is, and goes.
    pub(super) fn leave(self) -> Result<City, Failure> {
        let policy = self.get("/log/policy", None)?.body;
        let path = self.city.data.join(POLICY);
        fs::write(&path, policy.as_str().unwrap_or_default())
            .map_err(|error| Failure::about(&path, error))?;
        // The program that serves the town is the last to hold its folder.
        Ok(self.city)
    }

    pub(super) fn store(&self) -> &dyn Store {
        self.city.app.registry().store()
    }

    /// Waits for something of the store or of an act.
    pub(super) fn block_on<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }

    pub(super) fn get(&self, path: &str, token: Option<&str>) -> Result<Answer, Failure> {
        let mut request = self.agent.get(format!("http://{}{path}", self.at));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        Self::answer(request.call())
    }

    pub(super) fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Result<Answer, Failure> {
        let mut request = self.agent.post(format!("http://{}{path}", self.at));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        Self::answer(request.content_type("application/json").send(body.to_string()))
    }

    fn answer(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer, Failure> {
        let mut answer = answer.map_err(Failure::new)?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().map_err(Failure::new)?;
        Ok(Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) })
    }

    /// How many are red by the rules: in the city, and elsewhere.
    pub(super) fn red(&self) -> [usize; 2] {
        red(self.runtime, &self.city.app, &self.city.persons)
    }

    /// How many messages each has.
    pub(super) fn messages(&self) -> Result<Vec<usize>, Failure> {
        let of =
            |person: &PersonId| Ok(self.block_on(self.store().notices(*person)).map_err(Failure::new)?.len());
        self.city.persons.iter().map(of).collect()
    }

    /// How many have another message than before, as soon as so many new ones are there as are due; within a minute.
    pub(super) fn are_told(&self, before: &[usize], due: usize) -> Result<usize, Failure> {
        let mut told = 0;
        self.wait("messages", |town| {
            let now = town.messages()?;
            let new = now.iter().zip(before).map(|(now, before)| now.saturating_sub(*before));
            told = new.clone().filter(|new| *new > 0).count();
            Ok(new.sum::<usize>() >= due)
        })?;
        Ok(told)
    }

    /// How many entries the published log has; every act that was done is among them.
    pub(super) fn in_log(&self) -> Result<u64, Failure> {
        let now = self.city.time.now();
        let quarter = journal::quarter_of(now).map_err(Failure::new)?;
        let mut size = 0;
        self.wait("the public log", |town| {
            let checkpoint = town.get(&format!("/log/{quarter}/checkpoint"), None)?.body;
            let text = checkpoint.as_str().unwrap_or_default();
            size = text.lines().nth(1).and_then(|size| size.parse().ok()).unwrap_or(0);
            let rest = town.block_on(town.store().journal(size, 1)).map_err(Failure::new)?;
            Ok(size > 0 && rest.is_empty())
        })?;
        Ok(size)
    }

    /// Asks until it is so; within a minute.
    fn wait(&self, what: &str, mut is: impl FnMut(&Self) -> Result<bool, Failure>) -> Result<(), Failure> {
        let watch = clock::stopwatch();
        while !is(self)? {
            if watch() > PATIENCE {
                return Err(Failure::new(format_args!("{what}: not within a minute")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

/// Does something for each of these depositors, several at once; gives what came of it in their order.
pub(super) fn each<T: Send>(
    depositors: usize,
    act: impl Fn(usize) -> Result<T, Failure> + Sync,
) -> Result<Vec<T>, Failure> {
    let (act, share) = (&act, depositors.div_ceil(AT_ONCE).max(1));
    std::thread::scope(|threads| {
        let part = |from: usize| {
            let these = from..(from + share).min(depositors);
            threads.spawn(move || these.map(act).collect::<Result<Vec<T>, Failure>>())
        };
        let parts: Vec<_> = (0..depositors).step_by(share).map(part).collect();
        let mut done = Vec::with_capacity(depositors);
        for part in parts {
            done.extend(part.join().map_err(|_| Failure::new("an attempt broke off"))??);
        }
        Ok(done)
    })
}
