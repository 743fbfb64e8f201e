//! Requests over connections that stay open, from this process; what comes back is read whole and must be 200.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// How fast requests are sent.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// Each connection sends its next request when it has the answer to the last.
    AsFastAsItGoes,
    /// So many a second in all, each at its time whether or not the last is answered; one that is late counts from when it
    /// was due.
    Each(f64),
}

/// Requests to one address, in turn.
pub(crate) struct Load<'r> {
    address: &'r SocketAddr,
    requests: &'r [Vec<u8>],
}

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) answers: u64,
    pub(crate) seconds: f64,
    pub(crate) body: Vec<u8>,
    micros: Vec<u32>,
}

impl Outcome {
    pub(crate) fn per_second(&self) -> f64 {
        self.answers as f64 / self.seconds
    }

    pub(crate) fn p99_ms(&self) -> f64 {
        let place = self.micros.len() * 99 / 100;
        self.micros.get(place).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
    }
}

impl<'r> Load<'r> {
    pub(crate) fn of(address: &'r SocketAddr, requests: &'r [Vec<u8>]) -> Self {
        Self { address, requests }
    }

    /// Sends each request once.
    pub(crate) fn once(&self, connections: usize) -> Outcome {
        self.with(connections, Pace::AsFastAsItGoes, Duration::MAX, self.requests.len())
    }

    /// Sends for so many seconds.
    pub(crate) fn run(&self, connections: usize, pace: Pace, seconds: u64) -> Outcome {
        self.with(connections, pace, Duration::from_secs(seconds), usize::MAX)
    }

    fn with(&self, connections: usize, pace: Pace, time: Duration, count: usize) -> Outcome {
        let (next, micros, body) = (Cell::new(0), RefCell::new(Vec::new()), RefCell::new(Vec::new()));
        let started = Instant::now();
        let one = async || {
            let mut connection = Connection::open(*self.address).await;
            while next.get() < count && started.elapsed() < time {
                let n = next.replace(next.get() + 1);
                let due = match pace {
                    Pace::AsFastAsItGoes => Instant::now(),
                    Pace::Each(rate) => started + Duration::from_secs_f64(n as f64 / rate),
                };
                tokio::time::sleep_until(due.into()).await;
                let answer = connection.ask(&self.requests[n % self.requests.len()]).await;
                micros.borrow_mut().push(u32::try_from(due.elapsed().as_micros()).unwrap());
                if body.borrow().is_empty() {
                    body.borrow_mut().extend_from_slice(answer);
                }
            }
        };
        block_on(async {
            let all: Vec<_> = (0..connections).map(|_| Box::pin(one())).collect();
            join(all).await;
        });
        let seconds = started.elapsed().as_secs_f64();
        let mut micros = micros.into_inner();
        micros.sort_unstable();
        Outcome { answers: micros.len() as u64, seconds, body: body.into_inner(), micros }
    }
}

/// One request on a connection of its own; the answer as JSON.
pub(crate) fn one(address: &SocketAddr, request: &[u8]) -> Value {
    serde_json::from_slice(&raw(address, request)).unwrap()
}

/// The same; the answer as it is.
pub(crate) fn raw(address: &SocketAddr, request: &[u8]) -> Vec<u8> {
    block_on(async {
        let mut connection = Connection::open(*address).await;
        connection.ask(request).await.to_vec()
    })
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(8_192) }
    }

    /// Sends a request and gives the answer's body.
    async fn ask(&mut self, request: &[u8]) -> &[u8] {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        let (head, length) = loop {
            assert_ne!(self.stream.read_buf(&mut self.buffer).await.unwrap(), 0, "the server closed");
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break (end + 4, length(&self.buffer[..end]));
            }
        };
        while self.buffer.len() < head + length {
            assert_ne!(self.stream.read_buf(&mut self.buffer).await.unwrap(), 0, "the server closed");
        }
        let status = self.buffer.get(9..12);
        assert_eq!(status, Some(&b"200"[..]), "{}", String::from_utf8_lossy(&self.buffer));
        &self.buffer[head..]
    }
}

fn length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let line = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    line.unwrap().trim().parse().unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, future)
}

/// Waits for all; each is polled only when it is woken itself.
async fn join(futures: Vec<std::pin::Pin<Box<impl Future<Output = ()>>>>) {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::{Context, Poll, Wake, Waker};

    struct Flag(AtomicBool, Waker);
    impl Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Release);
            self.1.wake_by_ref();
        }
    }
    let outer = std::future::poll_fn(|context| Poll::Ready(context.waker().clone())).await;
    let mut open: Vec<_> = futures
        .into_iter()
        .map(|future| {
            let flag = Arc::new(Flag(AtomicBool::new(true), outer.clone()));
            (Some(future), Waker::from(Arc::clone(&flag)), flag)
        })
        .collect();
    let left = Rc::new(Cell::new(open.len()));
    std::future::poll_fn(|_| {
        for (future, waker, flag) in &mut open {
            if !flag.0.swap(false, Ordering::AcqRel) {
                continue;
            }
            let Some(waiting) = future else { continue };
            if waiting.as_mut().poll(&mut Context::from_waker(waker)).is_ready() {
                *future = None;
                left.set(left.get() - 1);
            }
        }
        if left.get() == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
