//! What a client has yet to send of a body when the answer stands: it is read and thrown away.
//!
//! A refusal is often ready before the body has arrived. A connection on which a part of a body is left must be closed, and whoever keeps
//! connections (a proxy, an institution's program) would meet its end with the next request, of which nobody can say whether it was done.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::EXPECT;
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How much is read that nobody wants, in bytes: more than any form has. Behind a larger rest the connection ends.
const MOST: usize = 65_536;
/// How long the answer waits for it.
const LONGEST: Duration = Duration::from_secs(1);

/// Where a body comes back to that was not read to its end.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    back: Option<oneshot::Receiver<Body>>,
    left: Option<Body>,
}

/// The request, and where the rest of its body comes back to.
pub(crate) fn lent(request: Request) -> (Request, Rest) {
    // Whoever expects to be asked for the body has not sent it, and learns from the answer that nobody wants it.
    if request.body().is_end_stream() || request.headers().contains_key(EXPECT) {
        return (request, Rest::default());
    }
    let (back, rest) = oneshot::channel();
    let lent = request.map(|body| Body::new(Lent { body, back: Some(back), is_read: false }));
    (lent, Rest { back: Some(rest), left: None })
}

impl Rest {
    /// Whether a part of the body was left by whoever has let it go.
    pub(crate) fn is_left(&mut self) -> bool {
        if let Some(mut back) = self.back.take() {
            self.left = back.try_recv().ok();
        }
        self.left.is_some()
    }

    /// Reads what nobody read, as far as it is worth while.
    pub(crate) async fn read(mut self) {
        let _known = self.is_left();
        let Some(mut body) = self.left else { return };
        let all = async {
            let mut read = 0;
            while read <= MOST
                && let Some(Ok(frame)) = body.frame().await
            {
                read += frame.data_ref().map_or(0, Bytes::len);
            }
        };
        // The connection ends with what is left after that.
        let _in_time = timeout(LONGEST, all).await;
    }
}

/// A body that comes back when its reader lets it go.
struct Lent {
    body: Body,
    back: Option<oneshot::Sender<Body>>,
    is_read: bool,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(back) = self.back.take()
            && !self.is_read
        {
            // Nobody waits for it when the client is gone.
            let _kept = back.send(mem::take(&mut self.body));
        }
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        self.is_read = matches!(frame, Poll::Ready(None)) || self.body.is_end_stream();
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
