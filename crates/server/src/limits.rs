//! The limits of a request that are ours to set; those of connections and headers are in [`crate::Limits`].

use axum::body::HttpBody as _;
use axum::extract::Request;
use axum::http::StatusCode;

use crate::body::too_large;
use crate::problem::Problem;

/// The largest body that is read, in bytes: a batch of 4,096 rows of 500 bytes.
pub(crate) const MAX_BODY: usize = 2 << 20;
/// The longest address, path and query together, in bytes. The longest of ours is a status list's or a page's key,
/// some 200; a code of 1 KB in a link still fits.
pub(crate) const MAX_ADDRESS: usize = 2_048;

/// Refuses a body that says of itself that it is too large, before any of it is read; one that does not say is cut off
/// where it becomes so.
pub(crate) fn no_huge_bodies(request: &Request) -> Result<(), Problem> {
    match request.body().size_hint().lower() {
        ..=MAX_BODY_BYTES => Ok(()),
        _ => Err(too_large()),
    }
}

const MAX_BODY_BYTES: u64 = MAX_BODY as u64;

/// Refuses what has too long an address.
pub(crate) fn short_addresses_only(request: &Request) -> Result<(), Problem> {
    let length = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if length <= MAX_ADDRESS {
        return Ok(());
    }
    let title = format!("the address is longer than {MAX_ADDRESS} bytes");
    Err(Problem::new(StatusCode::URI_TOO_LONG, "address-too-long", title))
}
