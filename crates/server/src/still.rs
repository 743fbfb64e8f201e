//! What the program itself holds, the same for everybody: sent packed to whoever takes it packed, and not again to whoever has it.
//!
//! A cheap phone on a slow line loads the verifier once: a third of its bytes, and after that none until the program is another.

use std::io::Write as _;
use std::sync::OnceLock;

use axum::body::Bytes;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::public::{tag, tagged};

/// Something still: its kind, how long it may be kept without asking, and its bytes.
#[derive(Debug)]
pub(crate) struct Still {
    said: (&'static str, &'static str),
    plain: Bytes,
    sent: OnceLock<Sent>,
}

/// What is made of the bytes when they are first asked for.
#[derive(Debug)]
struct Sent {
    packed: Option<Bytes>,
    tag: String,
}

impl Still {
    /// Something of this kind that may be kept for so long.
    pub(crate) const fn new(kind: &'static str, kept: &'static str, plain: Bytes) -> Self {
        Self { said: (kind, kept), plain, sent: OnceLock::new() }
    }

    /// A module of script.
    pub(crate) const fn script(kept: &'static str, plain: &'static [u8]) -> Self {
        Self::new("text/javascript; charset=utf-8", kept, Bytes::from_static(plain))
    }

    /// A sheet of styles.
    pub(crate) const fn style(kept: &'static str, plain: &'static [u8]) -> Self {
        Self::new("text/css; charset=utf-8", kept, Bytes::from_static(plain))
    }

    /// The answer with what has this name, if anything has.
    pub(crate) fn named(all: &[(&str, Self)], name: &str, request: &HeaderMap) -> Option<Response> {
        all.iter().find(|(known, _)| *known == name).map(|(_, still)| still.answer(request))
    }

    /// The answer to a request with this head. What is packed is something else than what is not, and has a tag of its own.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response {
        let Sent { packed, tag } = self.sent.get_or_init(|| Sent::of(&self.plain));
        let mut answer = match packed {
            Some(packed) if takes_packed(request) => {
                let mut answer = tagged(request, &format!("{tag}-gzip"), self.said, || Bytes::clone(packed));
                answer.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                answer
            }
            Some(_) | None => tagged(request, tag, self.said, || Bytes::clone(&self.plain)),
        };
        answer.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
        answer
    }
}

impl Sent {
    fn of(plain: &[u8]) -> Self {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        let packed = packer.write_all(plain).and_then(|()| packer.finish()).ok();
        let packed = packed.filter(|packed| packed.len() < plain.len()).map(Bytes::from);
        Self { packed, tag: tag(plain) }
    }
}

/// Whether whoever asks takes gzip: it is named, and not with a weight of nothing.
fn takes_packed(request: &HeaderMap) -> bool {
    let lines = request.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|range| {
        let mut words = range.split(';').map(str::trim);
        let named = words.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = words.find_map(|word| word.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
        named && weight.is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use axum::body::to_bytes;
    use axum::http::StatusCode;
    use axum::http::header::{CONTENT_LENGTH, ETAG, IF_NONE_MATCH};
    use flate2::read::GzDecoder;

    use super::*;

    fn asking(heads: &[(axum::http::HeaderName, &str)]) -> HeaderMap {
        heads.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    async fn body(answer: Response) -> Vec<u8> {
        to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec()
    }

    #[tokio::test]
    async fn it_is_packed_for_whoever_takes_that_and_not_sent_to_whoever_has_it() {
        let text = "what is said again and again is short when it is packed. ".repeat(50);
        let still = Still::new("text/plain", "public", Bytes::from(text.clone()));
        let plain = still.answer(&HeaderMap::new());
        assert_eq!(
            (plain.headers().get(CONTENT_ENCODING), &plain.headers()[VARY]),
            (None, &HeaderValue::from_static("accept-encoding"))
        );
        let packed = still.answer(&asking(&[(ACCEPT_ENCODING, "br, gzip;q=0.5")]));
        assert_eq!(packed.headers()[CONTENT_ENCODING], "gzip");
        assert_ne!(packed.headers()[ETAG], plain.headers()[ETAG]);
        let tag = packed.headers()[ETAG].to_str().unwrap().to_owned();
        let sent = body(packed).await;
        assert!(sent.len() * 10 < text.len(), "{}", sent.len());
        let mut unpacked = String::new();
        GzDecoder::new(&sent[..]).read_to_string(&mut unpacked).unwrap();
        assert_eq!((unpacked.as_bytes(), unpacked.as_bytes()), (text.as_bytes(), &body(plain).await[..]));
        let again = still.answer(&asking(&[(ACCEPT_ENCODING, "gzip"), (IF_NONE_MATCH, &tag)]));
        assert_eq!((again.status(), again.headers().get(CONTENT_LENGTH)), (StatusCode::NOT_MODIFIED, None));
        for refuses in ["identity", "gzip;q=0", "gzip; q=0.0", "br", ""] {
            let answer = still.answer(&asking(&[(ACCEPT_ENCODING, refuses)]));
            assert_eq!(answer.headers().get(CONTENT_ENCODING), None, "{refuses}");
        }
    }

    #[tokio::test]
    async fn what_packing_makes_no_shorter_is_sent_as_it_is() {
        let still = Still::new("x/y", "public", Bytes::from_static(&[7]));
        let answer = still.answer(&asking(&[(ACCEPT_ENCODING, "gzip")]));
        assert_eq!(answer.headers().get(CONTENT_ENCODING), None);
        assert_eq!(body(answer).await, [7]);
    }
}
