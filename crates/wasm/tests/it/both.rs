//! The module and the native desk side by side: each call goes to both, and their answers must be the same.

use mingma_browser::Desk;
use mingma_credential::status_list::{StatusList, Width, token};
use mingma_credential::trust::file::{Edition, sign};
use mingma_credential::trust::{Scope, TrustEntry, Use};
use mingma_credential::{TrustList, UnixSeconds};
use wasmi::Val;

use crate::module::{Answer, Module, instant, number};
use crate::support::{House, YEAR_SECONDS, region};

pub(crate) struct Both {
    module: Module,
    desk: Desk,
    checkpoints: (Val, u32),
}

impl Both {
    pub(crate) fn new() -> Self {
        let (mut module, mut desk) = (Module::start(), Desk::new());
        let checkpoints = (Val::I32(module.raw("mingma_checkpoint", &[])), desk.checkpoint());
        Self { module, desk, checkpoints }
    }

    pub(crate) fn set_trust(&mut self, file: &[u8], now: UnixSeconds) -> Answer {
        let buffer = self.hand_in(file);
        let native = self.desk.set_trust(self.checkpoints.1, buffer, 0, seconds(now));
        let file = self.module.hand_in(file);
        let arguments = [self.checkpoints.0.clone(), file, Val::I32(0), instant(now)];
        self.same("mingma_set_trust", &arguments, native)
    }

    pub(crate) fn add_status_list(&mut self, list: &[u8], now: UnixSeconds) -> Answer {
        let buffer = self.hand_in(list);
        let native = self.desk.add_status_list(self.checkpoints.1, buffer, seconds(now));
        let list = self.module.hand_in(list);
        let arguments = [self.checkpoints.0.clone(), list, instant(now)];
        self.same("mingma_add_status_list", &arguments, native)
    }

    pub(crate) fn verify(&mut self, code: &[u8], now: UnixSeconds) -> Answer {
        let buffer = self.hand_in(code);
        let native = self.desk.verify(self.checkpoints.1, buffer, seconds(now));
        let code = self.module.hand_in(code);
        self.same("mingma_verify", &[self.checkpoints.0.clone(), code, instant(now)], native)
    }

    /// The verdict's word.
    pub(crate) fn result(&mut self, code: &[u8], now: UnixSeconds) -> String {
        let verdict: serde_json::Value = serde_json::from_slice(&self.verify(code, now).unwrap()).unwrap();
        verdict["result"].as_str().unwrap().to_owned()
    }

    pub(crate) fn proof_to_sign(&mut self, code: &str, now: UnixSeconds) -> Answer {
        let buffer = self.hand_in(code.as_bytes());
        let native = self.desk.proof_to_sign(buffer, seconds(now));
        let code = self.module.hand_in(code.as_bytes());
        self.same("mingma_proof_to_sign", &[code, instant(now)], native)
    }

    pub(crate) fn with_proof(&mut self, code: &str, now: UnixSeconds, signature: &[u8]) -> Answer {
        let buffers = (self.hand_in(code.as_bytes()), self.hand_in(signature));
        let native = self.desk.with_proof(buffers.0, seconds(now), buffers.1);
        let (code, signature) = (self.module.hand_in(code.as_bytes()), self.module.hand_in(signature));
        self.same("mingma_with_proof", &[code, instant(now), signature], native)
    }

    pub(crate) fn qr(&mut self, text: &str, redundancy: u32) -> Answer {
        let buffer = self.hand_in(text.as_bytes());
        let native = self.desk.qr(buffer, redundancy);
        let text = self.module.hand_in(text.as_bytes());
        self.same("mingma_qr", &[text, Val::I32(redundancy.cast_signed())], native)
    }

    pub(crate) fn qr_svg(&mut self, text: &str, redundancy: u32, label: &str) -> Answer {
        let buffers = (self.hand_in(text.as_bytes()), self.hand_in(label.as_bytes()));
        let native = self.desk.qr_svg(buffers.0, redundancy, buffers.1);
        let (text, label) = (self.module.hand_in(text.as_bytes()), self.module.hand_in(label.as_bytes()));
        self.same("mingma_qr_svg", &[text, Val::I32(redundancy.cast_signed()), label], native)
    }

    pub(crate) fn read_qr(&mut self, pixels: &[u8], width: usize, height: usize) -> Answer {
        let buffer = self.hand_in(pixels);
        let side = |length: usize| u32::try_from(length).unwrap();
        let native = self.desk.read_qr(buffer, side(width), side(height));
        let pixels = self.module.hand_in(pixels);
        self.same("mingma_read_qr", &[pixels, number(width), number(height)], native)
    }

    fn hand_in(&mut self, bytes: &[u8]) -> u32 {
        let buffer = self.desk.buffer(u32::try_from(bytes.len()).unwrap());
        self.desk.bytes(buffer).copy_from_slice(bytes);
        buffer
    }

    fn same(&mut self, name: &str, arguments: &[Val], native: mingma_browser::Answer) -> Answer {
        let bytes = self.desk.bytes(native.unsigned_abs()).to_vec();
        self.desk.free(native.unsigned_abs());
        let native = if native > 0 { Ok(bytes) } else { Err(String::from_utf8(bytes).unwrap()) };
        let module = self.module.call(name, arguments);
        assert!(
            module == native,
            "{name}: the module says {}\nand native {}",
            shown(&module),
            shown(&native)
        );
        native
    }
}

fn shown(answer: &Answer) -> String {
    answer.as_ref().map_or_else(Clone::clone, |bytes| String::from_utf8_lossy(bytes).into_owned())
}

#[expect(clippy::cast_precision_loss, reason = "an instant of this century")]
fn seconds(now: UnixSeconds) -> f64 {
    now.get() as f64
}

/// A trust list of these houses for everything in Henan, good for ten years.
pub(crate) fn trust_file(houses: &[&House], signer: &House, now: UnixSeconds) -> Vec<u8> {
    let entry = |house: &&House| TrustEntry::of_certificate(house.certificate.clone(), everything(now));
    signed(houses.iter().map(entry).collect(), signer, now)
}

pub(crate) fn everything(now: UnixSeconds) -> Scope {
    Scope::Limited {
        regions: vec![region("41")],
        uses: vec![Use::Status, Use::Certificate, Use::StatusList],
        from: now.plus(-20 * YEAR_SECONDS),
        until: now.plus(20 * YEAR_SECONDS),
    }
}

pub(crate) fn signed(entries: Vec<TrustEntry>, signer: &House, now: UnixSeconds) -> Vec<u8> {
    let edition = Edition { number: 1, issued_at: now, next_update: now.plus(10 * YEAR_SECONDS) };
    sign(&TrustList::of_entries(entries), edition, &signer.key, &signer.certificate).unwrap()
}

/// A status list of the shard that `full_order` names, with this state at its place.
pub(crate) fn status_list(house: &House, state: u8, now: UnixSeconds) -> Vec<u8> {
    let mut list = StatusList::new(Width::Two, 100).unwrap();
    list.set(77, state).unwrap();
    token::sign(&list, 1_226_112, &house.issuer(), now, 600).unwrap()
}
