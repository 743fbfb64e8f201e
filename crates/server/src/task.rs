//! An act runs to its end, so that a client that hangs up cannot cut it between two of its steps.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use crate::problem::Problem;

/// Runs an act to its end, whether or not anybody still waits for the answer.
///
/// An act can be cut only where it waits. So it is tried on the spot, and moves to a task of its own if it has to wait; one that
/// finds everything in memory costs no task.
///
/// # Errors
/// A [`Problem`] if the act broke off: what it had kept by then is kept whole, and the same request may be sent again.
pub(crate) async fn to_the_end<T: Send + 'static>(
    act: impl Future<Output = T> + Send + 'static,
) -> Result<T, Problem> {
    let mut act = Box::pin(act);
    // INVARIANT: this is polled once and is ready: between that poll and the task nobody can come in. The task polls the act
    // anew, so that what it waits for wakes the task.
    let first = poll_fn(|context| Poll::Ready(pin!(&mut act).poll(context))).await;
    match first {
        Poll::Ready(done) => Ok(done),
        Poll::Pending => tokio::spawn(act).await.map_err(|_| Problem::broken()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Waker};

    use super::*;

    #[tokio::test]
    async fn an_act_that_waits_goes_on_when_its_caller_is_gone() {
        let steps = Arc::new(AtomicUsize::new(0));
        let (go, gone) = tokio::sync::oneshot::channel::<()>();
        let act = {
            let steps = Arc::clone(&steps);
            async move {
                steps.fetch_add(1, Ordering::SeqCst);
                gone.await.unwrap();
                steps.fetch_add(1, Ordering::SeqCst);
            }
        };
        {
            let mut caller = pin!(to_the_end(act));
            assert!(caller.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            assert_eq!(steps.load(Ordering::SeqCst), 1, "tried on the spot");
        }
        go.send(()).unwrap();
        while steps.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn an_act_that_need_not_wait_is_done_at_once() {
        let mut caller = pin!(to_the_end(async { 7 }));
        let answered = caller.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(answered, Poll::Ready(Ok(7))));
    }
}
