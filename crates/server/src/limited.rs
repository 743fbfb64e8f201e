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
        count(app, limit, &self.bytes())
    }
}

/// Counts a try with a document.
///
/// # Errors
/// 429.
pub(crate) fn count_document(app: &App, limit: Limit, document: &Document) -> Result<(), Problem> {
    count(app, limit, document.to_wire().as_bytes())
}

/// Counts a try under some bytes, by their keyed hash.
///
/// # Errors
/// 429.
pub(crate) fn count(app: &App, limit: Limit, bytes: &[u8]) -> Result<(), Problem> {
    app.limiter().count(limit, app.sessions().tag("mingma/limit/1", bytes), app.registry().now())
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
