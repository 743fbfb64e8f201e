//! What is counted while serving, for whoever watches the program: nothing about anybody.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::problem::Problem;

/// The ends of the classes of durations, in seconds: a code is shown within 1 ms, answered late after 20 ms, given up
/// after 30 s.
const SECONDS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0, 30.0];

/// What is counted. A copy counts into the same.
#[derive(Clone, Debug)]
pub struct Meters {
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    shed: Counter,
    connections: Gauge,
}

/// A request by what became of it. Routes are the table of contents', methods and statuses of closed lists: some
/// hundreds of combinations, whatever clients send.
#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Route {
    route: String,
}

/// The status of a request whose client left before it was answered, as nginx writes it.
const LEFT: u16 = 499;

impl Meters {
    /// Meters that `registry` tells.
    #[must_use]
    pub fn new(registry: &mut Registry) -> Self {
        let classes: fn() -> Histogram = || Histogram::new(SECONDS);
        let meters = Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(classes),
            shed: Counter::default(),
            connections: Gauge::default(),
        };
        let Self { requests, durations, shed, connections } = meters.clone();
        registry.register("mingma_requests", "Requests that are over; 499 if the client left", requests);
        registry.register("mingma_request_seconds", "How long requests took", durations);
        registry.register("mingma_requests_shed", "Requests refused because too many were under way", shed);
        registry.register("mingma_connections", "Connections that are open", connections);
        meters
    }

    /// A request is over.
    pub(crate) fn request(
        &self,
        method: &'static str,
        route: &str,
        status: Option<StatusCode>,
        took: Duration,
    ) {
        let status = status.map_or(LEFT, |status| status.as_u16());
        self.requests.get_or_create(&Answered { method, route: route.to_owned(), status }).inc();
        self.durations.get_or_create(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    /// A request was refused because too many are under way.
    pub(crate) fn shed(&self) {
        self.shed.inc();
    }

    /// A connection is open for as long as the answer is held.
    pub(crate) fn connection(&self) -> Connection {
        self.connections.inc();
        Connection(self.connections.clone())
    }
}

impl Default for Meters {
    /// Meters that nobody is told of.
    fn default() -> Self {
        Self::new(&mut Registry::default())
    }
}

/// An open connection.
pub(crate) struct Connection(Gauge);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// The one page that tells what is counted, `/metrics`, in the text form of Prometheus. For an address that only those
/// who operate the program reach.
pub fn metrics(registry: Arc<Registry>) -> Router {
    let page = async move || {
        let mut text = String::new();
        match encode(&mut text, &registry) {
            Ok(()) => {
                let kind = "text/plain; version=0.0.4; charset=utf-8";
                ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store")], text).into_response()
            }
            Err(_) => Problem::broken().into_response(),
        }
    };
    Router::new().route("/metrics", get(page)).fallback(async || Problem::not_found())
}
