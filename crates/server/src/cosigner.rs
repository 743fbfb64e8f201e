//! A witness over HTTP: one address, to which logs post their checkpoints.
//!
//! # Source
//! C2SP `tlog-witness`, "add-checkpoint".

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use tokio::task::spawn_blocking;

/// What a cosigner answers: the status, what the body is, the body.
pub type Cosigned = (u16, &'static str, String);

/// Cosigns checkpoints; has what it remembers made durable before it answers.
pub trait Cosigner: Send + Sync {
    /// Answers a request.
    fn add_checkpoint(&self, body: &[u8]) -> Cosigned;
}

/// The routes of a witness, for requests of at most so many bytes.
pub fn cosigner(cosigner: Arc<dyn Cosigner>, at_most: usize) -> Router {
    let answer = async move |body: Bytes| -> Response {
        // It waits for the disk.
        let cosigner = Arc::clone(&cosigner);
        match spawn_blocking(move || cosigner.add_checkpoint(&body)).await {
            Ok((status, kind, body)) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                (status, [(CONTENT_TYPE, kind)], body).into_response()
            }
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    };
    Router::new().route("/add-checkpoint", post(answer)).layer(DefaultBodyLimit::max(at_most))
}
