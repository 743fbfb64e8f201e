//! Where an appeal stands.

use jiff::Timestamp;

use crate::row::{AppealAnswer, AppealOpened};

/// Where an appeal stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Appeal {
    /// It waits for an answer.
    Open(OpenAppeal),
    /// It was answered.
    Answered(AnsweredAppeal),
}

/// An appeal that waits for an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpenAppeal {
    /// What the person said.
    pub opened: AppealOpened,
}

/// An appeal that was answered, for good.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AnsweredAppeal {
    /// What the person said.
    pub opened: AppealOpened,
    /// What was answered.
    pub answer: AppealAnswer,
}

impl OpenAppeal {
    /// The appeal with its answer. Only an open one has this, so none is answered twice.
    #[must_use]
    pub const fn answer(self, upheld: bool, at: Timestamp) -> AnsweredAppeal {
        let answer = AppealAnswer { appeal: self.opened.id, upheld, at };
        AnsweredAppeal { opened: self.opened, answer }
    }
}
