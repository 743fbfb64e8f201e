//! Listening: one task for each connection, limits on all of them, and an end in which nothing is cut.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use crate::meters::Meters;

/// What a client may use of the server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many connections are open at most; a further one waits in the kernel's queue. 12,288 of them hold about
    /// 16 KiB each: 200 MB.
    pub connections: usize,
    /// How long a client may take to send the head of a request, and how long an idle connection is kept.
    pub head: Duration,
    /// How many headers a request may have; a browser sends about 25.
    pub headers: usize,
    /// How many requests are under way at most; a further one is refused at once. 1,024 is as many as the store lets wait. A
    /// body of up to 16 KiB comes before its request takes a place; larger ones take a quarter of the places at most, which at
    /// 2 MiB hold 512 MiB.
    pub requests: usize,
    /// How long a request may take, its body's arrival included: the largest body over a line of 1 Mbit/s takes 17 s.
    pub time: Duration,
    /// How long what is under way may take after the signal to end.
    pub end: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 12_288,
            head: Duration::from_secs(20),
            headers: 64,
            requests: 1_024,
            time: Duration::from_secs(30),
            end: Duration::from_secs(20),
        }
    }
}

/// Why serving ended badly.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Connections that were still busy after [`Limits::end`] were closed.
    #[error(
        "some requests took longer than the time for ending, and were cut off; what they had written is kept"
    )]
    CutOff,
}

/// Serves until `ends` is ready, then takes no more connections and lets what is under way finish.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    meters: &Meters,
    ends: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut ends = std::pin::pin!(ends);
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_headers(limits.headers);
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            () = &mut ends => break,
        };
        let (stream, from) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                // Too many open files, or a client that left at once: the next one may fare better, after a breath.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = &mut ends => break,
        };
        let open = meters.connection();
        let connection = graceful.watch(http.serve_connection(io(stream), service(&router, from)));
        tokio::spawn(async move {
            // A client that breaks off is no event.
            let _left = connection.await;
            drop((place, open));
        });
    }
    drop(listener);
    tokio::time::timeout(limits.end, graceful.shutdown()).await.map_err(|_| ServeError::CutOff)
}

fn io(stream: TcpStream) -> TokioIo<TcpStream> {
    // Answers are small and written whole: waiting to fill a packet only delays them.
    let _as_it_is = stream.set_nodelay(true);
    TokioIo::new(stream)
}

fn service(
    router: &Router,
    from: SocketAddr,
) -> impl hyper::service::Service<
    Request<Incoming>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send,
> + use<> {
    let router = router.clone();
    hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        router.clone().oneshot(request.map(axum::body::Body::new))
    })
}
