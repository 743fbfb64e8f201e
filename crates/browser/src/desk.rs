//! The desk at which a page is served: buffers and checkpoints by number, and each call in terms of them.
//!
//! A buffer is known by its number alone; its length is the desk's own. What a page may get wrong is a
//! number, and a wrong number is refused.

use std::collections::BTreeMap;

use mingma_credential::UnixSeconds;
use serde::Serialize;

use crate::camera::{Frame, read_qr};
use crate::checkpoint::Checkpoint;
use crate::limits::{MAX_BUFFER_BYTES, MAX_BUFFERS, MAX_CHECKPOINTS};
use crate::phone::{self, Redundancy};
use crate::refusal::{Code, Refusal, instant};

/// The number of a buffer; 0 is none.
pub type BufferId = u32;

/// The number of a checkpoint; 0 is none.
pub type CheckpointId = u32;

/// The number of a buffer with the answer, or minus the number of one with a [`Refusal`]; 0 for no room.
pub type Answer = i32;

/// What a page holds here.
#[derive(Debug, Default)]
pub struct Desk {
    buffers: BTreeMap<BufferId, Vec<u8>>,
    checkpoints: BTreeMap<CheckpointId, Checkpoint>,
    last: u32,
}

type Answered = Result<Vec<u8>, Refusal>;

impl Desk {
    /// A desk with nothing on it.
    #[must_use]
    pub const fn new() -> Self {
        Self { buffers: BTreeMap::new(), checkpoints: BTreeMap::new(), last: 0 }
    }

    /// A new buffer of zeros; 0 if it would be longer than [`MAX_BUFFER_BYTES`] or there are [`MAX_BUFFERS`].
    pub fn buffer(&mut self, length: u32) -> BufferId {
        match usize::try_from(length) {
            Ok(length) if length <= MAX_BUFFER_BYTES => self.keep(vec![0; length]),
            Ok(_) | Err(_) => 0,
        }
    }

    /// The bytes of a buffer, to write into or to read; empty for a number that is none.
    pub fn bytes(&mut self, buffer: BufferId) -> &mut [u8] {
        self.buffers.get_mut(&buffer).map(Vec::as_mut_slice).unwrap_or_default()
    }

    /// Lets go of a buffer.
    pub fn free(&mut self, buffer: BufferId) {
        self.buffers.remove(&buffer);
    }

    /// A new checkpoint; 0 if there are [`MAX_CHECKPOINTS`].
    pub fn checkpoint(&mut self) -> CheckpointId {
        if self.checkpoints.len() >= MAX_CHECKPOINTS {
            return 0;
        }
        let Some(number) = self.next() else { return 0 };
        self.checkpoints.insert(number, Checkpoint::default());
        number
    }

    /// Lets go of a checkpoint.
    pub fn close(&mut self, checkpoint: CheckpointId) {
        self.checkpoints.remove(&checkpoint);
    }

    /// [`Checkpoint::set_trust`]; `anchor` may be 0. Answered with what is then held, as JSON.
    pub fn set_trust(
        &mut self,
        checkpoint: CheckpointId,
        file: BufferId,
        anchor: BufferId,
        now: f64,
    ) -> Answer {
        let (file, anchor) = (self.take(file), self.buffers.remove(&anchor).unwrap_or_default());
        self.at(checkpoint, now, |checkpoint, now| {
            checkpoint.set_trust(&file?, &anchor, now)?;
            json(&checkpoint.holdings(now)?)
        })
    }

    /// [`Checkpoint::add_status_list`]. Answered with what is then held, as JSON.
    pub fn add_status_list(&mut self, checkpoint: CheckpointId, token: BufferId, now: f64) -> Answer {
        let token = self.take(token);
        self.at(checkpoint, now, |checkpoint, now| {
            checkpoint.add_status_list(&token?, now)?;
            json(&checkpoint.holdings(now)?)
        })
    }

    /// [`Checkpoint::holdings`], as JSON.
    pub fn holdings(&mut self, checkpoint: CheckpointId, now: f64) -> Answer {
        self.at(checkpoint, now, |checkpoint, now| json(&checkpoint.holdings(now)?))
    }

    /// [`Checkpoint::verify`]: the verdict as JSON, as `mingma verify --json` prints it.
    pub fn verify(&mut self, checkpoint: CheckpointId, code: BufferId, now: f64) -> Answer {
        let code = self.take(code);
        // A code is ASCII: whatever is not text becomes a sign that no code has.
        self.at(checkpoint, now, |checkpoint, now| {
            json(&checkpoint.verify(&String::from_utf8_lossy(&code?), now)?)
        })
    }

    /// [`phone::proof_to_sign`].
    pub fn proof_to_sign(&mut self, code: BufferId, now: f64) -> Answer {
        let code = self.take_text(code);
        self.answer(code.and_then(|code| phone::proof_to_sign(&code, instant(now)?)))
    }

    /// [`phone::with_proof`].
    pub fn with_proof(&mut self, code: BufferId, now: f64, signature: BufferId) -> Answer {
        let (code, signature) = (self.take_text(code), self.take(signature));
        let shown = code.and_then(|code| phone::with_proof(&code, instant(now)?, &signature?));
        self.answer(shown.map(String::into_bytes))
    }

    /// [`phone::qr`]; `redundancy` is 0 for a screen and 1 for paper.
    pub fn qr(&mut self, text: BufferId, redundancy: u32) -> Answer {
        let text = self.take_text(text);
        self.answer(text.and_then(|text| phone::qr(&text, Redundancy::from_number(redundancy)?)))
    }

    /// [`phone::qr_svg`]; `redundancy` is 0 for a screen and 1 for paper.
    pub fn qr_svg(&mut self, text: BufferId, redundancy: u32, label: BufferId) -> Answer {
        let (text, label) = (self.take_text(text), self.take_text(label));
        let drawn = text.and_then(|text| phone::qr_svg(&text, Redundancy::from_number(redundancy)?, &label?));
        self.answer(drawn.map(String::into_bytes))
    }

    /// [`read_qr`] in a frame of one or four bytes a pixel. An empty answer is that nothing was found.
    pub fn read_qr(&mut self, pixels: BufferId, width: u32, height: u32) -> Answer {
        let frame = self.take(pixels).and_then(|pixels| Frame::new(pixels, width, height));
        self.answer(frame.map(|frame| read_qr(&frame).unwrap_or_default().into_bytes()))
    }

    fn at(
        &mut self,
        checkpoint: CheckpointId,
        now: f64,
        act: impl FnOnce(&mut Checkpoint, UnixSeconds) -> Answered,
    ) -> Answer {
        let answered = match (self.checkpoints.get_mut(&checkpoint), instant(now)) {
            (Some(checkpoint), Ok(now)) => act(checkpoint, now),
            (None, _) => Err(Refusal::new(Code::Misused, "there is no checkpoint of this number")),
            (Some(_), Err(refusal)) => Err(refusal),
        };
        self.answer(answered)
    }

    fn answer(&mut self, answered: Answered) -> Answer {
        let (sign, bytes) = match answered {
            Ok(bytes) => (1, bytes),
            Err(refusal) => (-1, json(&refusal).unwrap_or_default()),
        };
        // INVARIANT: `next` gives no number past `Answer::MAX`.
        i32::try_from(self.keep(bytes)).map_or(0, |number| sign * number)
    }

    fn keep(&mut self, bytes: Vec<u8>) -> BufferId {
        if self.buffers.len() >= MAX_BUFFERS {
            return 0;
        }
        let Some(number) = self.next() else { return 0 };
        self.buffers.insert(number, bytes);
        number
    }

    fn take(&mut self, buffer: BufferId) -> Answered {
        let none = || Refusal::new(Code::Misused, "there is no buffer of this number");
        self.buffers.remove(&buffer).ok_or_else(none)
    }

    fn take_text(&mut self, buffer: BufferId) -> Result<String, Refusal> {
        let no_text = |_| Refusal::new(Code::Misused, "the buffer does not hold text in UTF-8");
        String::from_utf8(self.take(buffer)?).map_err(no_text)
    }

    /// A number that was never given before, so that an old one cannot mean something new; after 2³¹ − 1 of
    /// them, at 100 a second eight months, a page has to be loaded anew.
    fn next(&mut self) -> Option<u32> {
        let number = self.last.checked_add(1).filter(|number| i32::try_from(*number).is_ok())?;
        self.last = number;
        Some(number)
    }
}

fn json(value: &impl Serialize) -> Answered {
    serde_json::to_vec(value).map_err(|error| Refusal::new(Code::Misused, error.to_string()))
}
