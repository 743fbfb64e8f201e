//! From where a request comes, and counting it against the limits.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use mingma_domain::document::Document;

use crate::app::App;
use crate::limiter::Limit;
use crate::problem::Problem;

/// What a proxy in front says about whom it speaks for; believed only of proxies that the settings name.
const FORWARDED: &str = "x-forwarded-for";

/// The address of the client; none where the program is called without a connection, as in tests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Client(Option<IpAddr>);

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(from)| from.ip());
        let said = parts.headers.get_all(FORWARDED).iter().filter_map(|value| value.to_str().ok());
        Ok(Self(client(peer, &said.collect::<Vec<_>>(), &app.settings().trusted_proxies)))
    }
}

/// The client's address: of the chain that proxies wrote, the last that no trusted proxy has. A client may write what it
/// likes before it; only what trusted proxies added counts.
fn client(peer: Option<IpAddr>, said: &[&str], trusted: &[IpAddr]) -> Option<IpAddr> {
    let mut client = peer?;
    let chain: Vec<&str> = said.iter().flat_map(|line| line.split(',')).map(str::trim).collect();
    for hop in chain.iter().rev() {
        if !trusted.contains(&client) {
            break;
        }
        let Ok(before) = hop.parse() else { break };
        client = before;
    }
    Some(client)
}

impl Client {
    /// The bytes by which the address is counted. Of IPv6 the first 64 bits: a household has as many addresses as it likes.
    fn bytes(self) -> Vec<u8> {
        match self.0 {
            None => Vec::new(),
            Some(IpAddr::V4(four)) => four.octets().to_vec(),
            Some(IpAddr::V6(six)) => match six.to_ipv4_mapped() {
                Some(four) => four.octets().to_vec(),
                None => six.octets().iter().take(8).copied().collect(),
            },
        }
    }

    /// Counts a try from here.
    ///
    /// # Errors
    /// 429.
    pub(crate) fn count(self, app: &App, limit: Limit) -> Result<(), Problem> {
        app.limiter().count(limit, tag(app, &self.bytes()), app.registry().now())
    }
}

/// A try from one address with one thing: a document, or an official's name. It is counted by both, and by the thing alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tried {
    of: Guess,
    here: [u8; 32],
    anywhere: [u8; 32],
}

/// What is tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Guess {
    /// To be sent a code.
    Code,
    /// That a code is somebody's.
    Entry,
    /// That a password is an official's.
    Password,
}

impl Guess {
    /// The limit from one address, and from anywhere.
    const fn limits(self) -> (Limit, Limit) {
        match self {
            Self::Code => (Limit::CodesFor, Limit::CodesForFromAnywhere),
            Self::Entry => (Limit::TriesFor, Limit::TriesForFromAnywhere),
            Self::Password => (Limit::OfficialsAs, Limit::OfficialsAsFromAnywhere),
        }
    }
}

impl Tried {
    /// Counts a try with a document.
    ///
    /// # Errors
    /// 429.
    pub(crate) fn document(
        app: &App,
        client: Client,
        of: Guess,
        document: &Document,
    ) -> Result<Self, Problem> {
        Self::count(app, client, of, &document.to_wire())
    }

    /// Counts a try with an official's name. From where somebody has come in by it, strangers' tries elsewhere keep nobody out.
    ///
    /// # Errors
    /// 429.
    pub(crate) fn name(app: &App, client: Client, name: &str) -> Result<Self, Problem> {
        Self::count(app, client, Guess::Password, name)
    }

    fn count(app: &App, client: Client, of: Guess, with: &str) -> Result<Self, Problem> {
        let here = tag(app, &[with.as_bytes(), b" ", &client.bytes()].concat());
        let tried = Self { of, here, anywhere: tag(app, with.as_bytes()) };
        let (limiter, now) = (app.limiter(), app.registry().now());
        let (from_here, from_anywhere) = of.limits();
        limiter.count(from_here, here, now)?;
        if limiter.remembers(here) {
            return Ok(tried);
        }
        limiter.count(from_anywhere, tried.anywhere, now)?;
        Ok(tried)
    }

    /// It was right: neither it nor the request for its code is counted, and where an official came from is known.
    pub(crate) fn was_right(self, app: &App) {
        let given_back: &[Guess] = match self.of {
            Guess::Password => &[Guess::Password],
            Guess::Code | Guess::Entry => &[Guess::Code, Guess::Entry],
        };
        let limiter = app.limiter();
        for (from_here, from_anywhere) in given_back.iter().map(|guess| guess.limits()) {
            limiter.give_back(from_here, self.here);
            if !limiter.remembers(self.here) {
                limiter.give_back(from_anywhere, self.anywhere);
            }
        }
        if self.of == Guess::Password {
            limiter.remember(self.here);
        }
    }
}

/// The keyed hash by which something is counted.
fn tag(app: &App, bytes: &[u8]) -> [u8; 32] {
    app.sessions().tag("mingma/limit/1", bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_as_far_as_it_goes() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
        for (peer, said, from) in [
            ("203.0.113.9", vec![], "203.0.113.9"),
            ("203.0.113.9", vec!["198.51.100.7"], "203.0.113.9"),
            ("10.0.0.1", vec!["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", vec!["1.1.1.1, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", vec!["1.1.1.1", "198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            ("10.0.0.1", vec!["nonsense"], "10.0.0.1"),
            ("10.0.0.1", vec![], "10.0.0.1"),
        ] {
            assert_eq!(client(Some(ip(peer)), &said, &trusted), Some(ip(from)), "{peer} {said:?}");
        }
        assert_eq!(client(None, &["198.51.100.7"], &trusted), None);
        let (one, two) = (Client(Some(ip("2001:db8::1"))), Client(Some(ip("2001:db8::2"))));
        assert_eq!(one.bytes(), two.bytes(), "one household");
        assert_eq!(Client(Some(ip("::ffff:203.0.113.9"))).bytes(), Client(Some(ip("203.0.113.9"))).bytes());
    }
}
