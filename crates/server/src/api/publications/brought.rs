//! What the public reads of an act that the authority signed apart.

use base64ct::{Base64, Encoding as _};
use jiff::Timestamp;
use mingma_registry::row::Brought;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::hex;

/// What the authority signed on a machine apart was brought in.
#[derive(Debug, Serialize, ToSchema)]
pub struct BroughtTold {
    /// Which act: `publish`, `set-risk`, `appoint`, `withdraw` or `trust-list`; null if it cannot be read.
    #[schema(required)]
    act: Option<String>,
    /// Whose authority signed it.
    #[schema(required)]
    region: Option<String>,
    /// The name of the key that signed it.
    #[schema(required)]
    key: Option<String>,
    /// By which it counts once, in hexadecimal.
    id: String,
    /// The file that was signed, in Base64: whoever has the authority's certificate checks it.
    file: String,
    /// When it was brought in.
    #[schema(value_type = String, format = "date-time")]
    at: Timestamp,
}

impl From<&Brought> for BroughtTold {
    fn from(row: &Brought) -> Self {
        let (act, key) = row.act().unzip();
        let (act, region) = act.map(|act| (act.name, act.region.to_string())).unzip();
        let file = Base64::encode_string(&row.file);
        Self { act, region, key: key.map(|key| key.to_string()), id: hex(&row.id), file, at: row.at }
    }
}
