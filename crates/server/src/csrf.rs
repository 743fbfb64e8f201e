//! Requests that another site makes a browser send are refused: only our own pages may change anything.
//!
//! A browser says where an unsafe request comes from, in `Sec-Fetch-Site` or at least in `Origin`; programs say
//! neither and carry their session in a header that no other site can set.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method};

use crate::problem::Problem;

/// Refuses an unsafe request from another site.
pub(crate) fn own_pages_only(request: &Request) -> Result<(), Problem> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_own(request.headers()) {
        return Ok(());
    }
    Err(Problem::forbidden("cross-site", "the request comes from another site"))
}

fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(ORIGIN.as_str()) else { return true };
    let host = text(HOST.as_str()).unwrap_or_default();
    origin.split_once("://").is_some_and(|(_, from)| from == host)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_request_is_our_own_by_what_the_browser_says_of_it() {
        for (headers, own) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://code.cn"), ("host", "code.cn")], false),
            (&[("origin", "https://code.cn"), ("host", "code.cn")], true),
            (&[("origin", "https://code.cn.evil.cn"), ("host", "code.cn")], false),
            (&[("origin", "null"), ("host", "code.cn")], false),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.insert(*name, HeaderValue::from_static(value));
            }
            assert_eq!(is_own(&map), own, "{headers:?}");
        }
    }
}
