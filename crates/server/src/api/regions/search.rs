//! Which region somebody means who types a name as they know it.

use axum::Json;
use mingma_domain::Region;
use mingma_domain::region::Level;
use mingma_domain::text::Lang;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::address::{InQuery, misshapen, place};
use crate::body::Answer;

/// The most regions that are answered: more than a caller reads, and a longer name leads to fewer.
const MAX_FOUND: usize = 40;

/// What was typed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// A name or its beginning, in either Chinese script, in pinyin with or without tones and spaces, in English or in the
    /// region's own script, or a code or its beginning. Several words may name a region and what it lies in.
    #[param(example = "zhongyuan, zhengzhou")]
    text: String,
    /// The code of a region: only that one and what lies in it.
    #[param(example = "410000")]
    within: Option<String>,
}

/// The regions that are likely meant.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionsFound {
    /// At most 40, the nearest first. Codes that have been given up are not among them.
    items: Vec<NamedRegion>,
}

/// A region with its names.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedRegion {
    /// The code that stands for it everywhere.
    #[schema(value_type = String)]
    code: Region,
    /// `country`, `province`, `prefecture` or `county`.
    #[schema(value_type = String)]
    level: Level,
    /// The code of what it is directly a part of; null for a country.
    #[schema(value_type = Option<String>, required)]
    parent: Option<Region>,
    /// Its name in simplified Chinese.
    chinese: &'static str,
    /// Its name in traditional Chinese.
    traditional: &'static str,
    /// Its usual name in Latin letters.
    #[schema(required)]
    latin: Option<&'static str>,
    /// Its whole name in pinyin; null outside China.
    #[schema(required)]
    pinyin: Option<&'static str>,
    /// Its name in its own script, where that is not Chinese.
    #[schema(required)]
    local: Option<&'static str>,
    /// Its name within all that it lies in, in simplified Chinese.
    full_chinese: String,
    /// Its name within all that it lies in, in traditional Chinese.
    full_traditional: String,
    /// Its name within all that it lies in, in English.
    full_english: String,
}

/// The regions that a name may mean.
#[utoipa::path(
    get, path = "/api/v1/regions", operation_id = "searchRegions", tag = "regions",
    params(Asked),
    responses((status = 200, body = RegionsFound)),
)]
pub(crate) async fn search_regions(InQuery(asked): InQuery<Asked>) -> Answer<RegionsFound> {
    if asked.text.trim().is_empty() {
        return Err(misshapen("`text`: nothing to look for"));
    }
    let within = asked.within.as_deref().map(|code| place("within", code)).transpose()?;
    let items = Region::search(&asked.text, within).into_iter().take(MAX_FOUND).map(told).collect();
    Ok(Json(RegionsFound { items }))
}

fn told(region: Region) -> NamedRegion {
    NamedRegion {
        code: region,
        level: region.level(),
        parent: region.parent(),
        chinese: region.name_zh(),
        traditional: region.name(Lang::ZhHant),
        latin: region.name_en(),
        pinyin: region.name_pinyin(),
        local: region.name_local(),
        full_chinese: region.full_name(Lang::ZhHans),
        full_traditional: region.full_name(Lang::ZhHant),
        full_english: region.full_name(Lang::En),
    }
}
