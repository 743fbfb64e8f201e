//! How a job is done: on how many cores, telling whom how far it is, and until when it may be stopped.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Refusal;

/// How to do a job.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    threads: NonZeroUsize,
    progress: Option<&'a (dyn Fn(usize, usize) + Sync)>,
    cancel: Option<&'a AtomicBool>,
}

impl Default for Work<'_> {
    /// On one core, silently, to the end.
    fn default() -> Self {
        Self { threads: NonZeroUsize::MIN, progress: None, cancel: None }
    }
}

impl<'a> Work<'a> {
    /// On so many cores.
    #[must_use]
    pub fn on(self, threads: NonZeroUsize) -> Self {
        Self { threads, ..self }
    }

    /// Telling `progress` how many parts of how many are done, from whichever core did one.
    #[must_use]
    pub fn telling(self, progress: &'a (dyn Fn(usize, usize) + Sync)) -> Self {
        Self { progress: Some(progress), ..self }
    }

    /// Until `cancel` is true; looked at before every part, so a job stops within a few milliseconds.
    #[must_use]
    pub fn until(self, cancel: &'a AtomicBool) -> Self {
        Self { cancel: Some(cancel), ..self }
    }

    /// Does every part, with one `State` per core, and gives the answers in the order of the parts.
    pub(crate) fn each<Part: Send, State, Answer: Send>(
        &self,
        parts: Vec<Part>,
        state: impl Fn() -> State + Sync,
        each: impl Fn(&mut State, Part) -> Answer + Sync,
    ) -> Result<Vec<Answer>, Refusal> {
        let total = parts.len();
        let threads = self.threads.get().min(total).max(1);
        let left = Mutex::new(parts.into_iter().enumerate());
        let answers = Mutex::new(Vec::with_capacity(total));
        let stopped = || self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed));
        let work = || {
            let mut state = state();
            while !stopped() {
                // A poisoned lock means that another core has panicked; its panic is passed on when the scope ends.
                let Some((place, part)) = left.lock().ok().and_then(|mut left| left.next()) else { return };
                let answer = each(&mut state, part);
                let Ok(mut answers) = answers.lock() else { return };
                answers.push((place, answer));
                if let Some(progress) = self.progress {
                    progress(answers.len(), total);
                }
            }
        };
        if threads == 1 {
            work();
        } else {
            std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(work);
                }
            });
        }
        let mut answers = answers.into_inner().unwrap_or_default();
        if answers.len() < total {
            return Err(Refusal::Cancelled);
        }
        answers.sort_unstable_by_key(|(place, _)| *place);
        Ok(answers.into_iter().map(|(_, answer)| answer).collect())
    }
}
