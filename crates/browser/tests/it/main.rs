//! The tests of the safe layer, natively; those of `crates/wasm` run the module itself.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pictures of at most some thousand pixels, light from 0 to 255"
)]
#[path = "../../../credential/tests/it/camera.rs"]
mod camera;
mod checkpoint;
mod desk;
mod frames;
mod phone;
#[expect(dead_code, reason = "what the tests of `mingma-credential` share; not all is needed here")]
#[path = "../../../credential/tests/it/support.rs"]
mod support;

use mingma_credential::status_list::{StatusList, Width, token};
use mingma_credential::trust::file::{Edition, sign};
use mingma_credential::trust::{Scope, TrustEntry};
use mingma_credential::{TrustList, UnixSeconds};
use support::House;

/// The instant as a page says it.
#[expect(clippy::cast_precision_loss, reason = "an instant of this century")]
fn page_time(now: UnixSeconds) -> f64 {
    now.get() as f64
}

/// A trust list of `number` that believes this house for everything, signed by `signer`, good for an hour.
fn trust_file(house: &House, signer: &House, number: u64, now: UnixSeconds) -> Vec<u8> {
    let scope = Scope::Limited {
        regions: vec![support::region("41")],
        uses: vec![
            mingma_credential::trust::Use::Status,
            mingma_credential::trust::Use::Certificate,
            mingma_credential::trust::Use::StatusList,
        ],
        from: now.plus(-support::YEAR_SECONDS),
        until: now.plus(support::YEAR_SECONDS),
    };
    let list = TrustList::of_entries(vec![TrustEntry::of_certificate(house.certificate.clone(), scope)]);
    let edition = Edition { number, issued_at: now, next_update: now.plus(3_600) };
    sign(&list, edition, &signer.key, &signer.certificate).unwrap()
}

/// A status list of the shard that [`support::full_order`] names, with this state at its place.
fn status_list(house: &House, state: u8, now: UnixSeconds) -> Vec<u8> {
    let mut list = StatusList::new(Width::Two, 100).unwrap();
    list.set(77, state).unwrap();
    token::sign(&list, 1_226_112, &house.issuer(), now, 600).unwrap()
}
