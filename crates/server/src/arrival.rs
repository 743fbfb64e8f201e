//! How the body of a request comes: a small one before its request takes a place among those that run, a larger one in one of few.
//!
//! Whoever sends heads and never the bodies that they promise would otherwise fill the house with a thousand requests that do
//! nothing, and every page would be refused until they are given up.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::EXPECT;
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};
use tokio::time::timeout;

use crate::limited::Client;

/// Up to how many bytes a body is small: a form of a resident's has 2 KiB. As much again as a connection holds anyway.
const SMALL: usize = 16_384;
/// How long nothing may come of a body: a telephone changes from one mast to the next in less.
const IDLE: Duration = Duration::from_secs(10);

/// A request whose body has come, or has begun to.
pub(crate) struct Arrived {
    pub(crate) request: Request,
    /// Whether all of the body is there.
    pub(crate) whole: bool,
}

/// Nothing came of a body for longer than [`IDLE`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silent;

/// Waits for a small body. A larger one is told apart by its length, or by what has come of it; and whoever expects to be
/// asked for the body has not sent it.
///
/// # Errors
/// [`Silent`].
pub(crate) async fn arrived(request: Request) -> Result<Arrived, Silent> {
    if request.body().is_end_stream() {
        return Ok(Arrived { request, whole: true });
    }
    let is_small = request.body().size_hint().lower() <= SMALL as u64;
    if !is_small || request.headers().contains_key(EXPECT) {
        return Ok(Arrived { request, whole: false });
    }
    let (head, mut rest) = request.into_parts();
    let mut first = Vec::new();
    let failed = loop {
        match timeout(IDLE, rest.frame()).await.map_err(|_| Silent)? {
            None => {
                let request = Request::from_parts(head, Body::from(first));
                return Ok(Arrived { request, whole: true });
            }
            Some(Err(error)) => break Some(error),
            Some(Ok(frame)) => first.extend_from_slice(frame.data_ref().map_or(&[], Bytes::as_ref)),
        }
        if first.len() > SMALL {
            break None;
        }
    };
    let whole = failed.is_some();
    let body = Begun { first: Some(Bytes::from(first)), failed, rest };
    Ok(Arrived { request: Request::from_parts(head, Body::new(body)), whole })
}

/// A body of which the first part has been read: that part, then what goes on or why nothing does.
struct Begun {
    first: Option<Bytes>,
    failed: Option<axum::Error>,
    rest: Body,
}

impl HttpBody for Begun {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        match self.failed.take() {
            Some(error) => Poll::Ready(Some(Err(error))),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.failed.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let first = self.first.as_ref().map_or(0, |first| first.len() as u64);
        let mut hint = self.rest.size_hint();
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + first);
        }
        hint.set_lower(hint.lower() + first);
        hint
    }
}

/// The larger bodies that are under way, by who sends them: together they take a quarter of the places, those from one
/// address half of that.
#[derive(Debug)]
pub(crate) struct Uploads {
    most: usize,
    of_one: usize,
    under_way: Mutex<BTreeMap<Client, usize>>,
}

impl Uploads {
    /// Of so many places.
    pub(crate) fn of(places: usize) -> Self {
        let most = (places / 4).max(1);
        Self { most, of_one: (most / 2).max(1), under_way: Mutex::default() }
    }

    /// Lets a body come; none if too many do.
    pub(crate) fn begin(self: &Arc<Self>, client: Client) -> Option<Upload> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if under_way.values().sum::<usize>() >= self.most {
            return None;
        }
        let of_one = under_way.entry(client).or_default();
        if *of_one >= self.of_one {
            return None;
        }
        *of_one += 1;
        Some(Upload { of: Arc::clone(self), client })
    }
}

/// A larger body under way.
#[derive(Debug)]
pub(crate) struct Upload {
    of: Arc<Uploads>,
    client: Client,
}

impl Drop for Upload {
    fn drop(&mut self) {
        let mut under_way = self.of.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_one) = under_way.get_mut(&self.client) {
            *of_one -= 1;
            if *of_one == 0 {
                under_way.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    /// What comes of a body: parts, an error, at last the end; with `None` nothing any more.
    struct Sent(VecDeque<Option<Result<Vec<u8>, &'static str>>>);

    impl HttpBody for Sent {
        type Data = Bytes;
        type Error = axum::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            match self.0.pop_front() {
                None => Poll::Ready(None),
                Some(None) => {
                    self.0.push_front(None);
                    Poll::Pending
                }
                Some(Some(part)) => Poll::Ready(Some(match part {
                    Ok(bytes) => Ok(Frame::data(Bytes::from(bytes))),
                    Err(error) => Err(axum::Error::new(error)),
                })),
            }
        }
    }

    fn sent(parts: impl IntoIterator<Item = Option<Result<Vec<u8>, &'static str>>>) -> Request {
        Request::new(Body::new(Sent(parts.into_iter().collect())))
    }

    fn client(n: u8) -> Client {
        Client::at(IpAddr::from(Ipv4Addr::new(203, 0, 113, n)))
    }

    #[test]
    fn larger_bodies_take_a_quarter_of_the_places_and_those_of_one_address_half_of_that() {
        let uploads = Arc::new(Uploads::of(16));
        let one: Vec<_> = (0..3).map(|_| uploads.begin(client(1))).collect();
        assert_eq!(one.iter().flatten().count(), 2);
        let others: Vec<_> = (2..5).map(|n| uploads.begin(client(n))).collect();
        assert_eq!(others.iter().flatten().count(), 2);
        drop(one);
        assert!(uploads.begin(client(9)).is_some());
        drop(others);
        assert!(uploads.under_way.lock().unwrap().is_empty());
        assert!(
            Arc::new(Uploads::of(0)).begin(client(1)).is_some(),
            "what is small is refused by the places alone"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_read_of_a_body_is_neither_lost_nor_doubled() {
        for (parts, whole) in
            [(vec![10], true), (vec![SMALL], true), (vec![SMALL, 1], false), (vec![9_000; 5], false)]
        {
            let bytes: Vec<Vec<u8>> =
                (b'a'..).zip(&parts).map(|(byte, length)| vec![byte; *length]).collect();
            let all = bytes.concat();
            let arrived = arrived(sent(bytes.into_iter().map(|part| Some(Ok(part))))).await.unwrap();
            assert_eq!(arrived.whole, whole, "{parts:?}");
            let read = arrived.request.into_body().collect().await.unwrap().to_bytes();
            assert!(read == all, "{parts:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_breaks_off_is_not_taken_for_whole() {
        let arrived = arrived(sent([Some(Ok(b"{}".to_vec())), Some(Err("gone"))])).await.unwrap();
        assert!(arrived.request.into_body().collect().await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn who_sends_nothing_for_ten_seconds_is_given_up() {
        assert!(arrived(sent([Some(Ok(b"{".to_vec())), None])).await.is_err());
    }
}
