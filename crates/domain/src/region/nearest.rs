//! The refusal of a word that is no region, and what was likely meant by it.

use super::Region;
use crate::time::shorten;
use crate::words::{nearest, told};

/// The digits of a code of GB/T 2260.
const GB_DIGITS: usize = 6;

/// The longest word that a name or a code can be, in bytes: longer ones are not compared.
///
/// The longest names of the table have under 60 bytes; a megabyte of noise is refused without looking at it.
const LONGEST_WORD: usize = 64;

/// A word that names no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a region: {}", told(.word, *.nearest), help(*.nearest))]
pub struct UnknownRegion {
    /// What stood there, shortened.
    pub word: String,
    /// The code that was likely meant.
    pub nearest: Option<&'static str>,
}

impl UnknownRegion {
    pub(super) fn new(word: &str) -> Self {
        Self { word: shorten(word), nearest: likely(word.trim()) }
    }
}

fn help(near: Option<&'static str>) -> String {
    match near {
        Some(code) => format!("did you mean `{code}`?"),
        None => "write a six-digit code of GB/T 2260 (`410100`), a country (`DE`) or a part of one (`KR-11`)"
            .to_owned(),
    }
}

fn likely(word: &str) -> Option<&'static str> {
    if word.is_empty() || word.len() > LONGEST_WORD {
        return None;
    }
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return by_digits(word);
    }
    by_country(word).or_else(|| Region::called(word).map(Region::code)).or_else(|| nearest(word, abroad()))
}

/// For digits: `41` and `4101` are short for their region, `410100000000` is long for it, and a number
/// that does not exist lies in the smallest region whose number it begins with.
fn by_digits(word: &str) -> Option<&'static str> {
    let whole: String = word.chars().chain("000000".chars()).take(GB_DIGITS).collect();
    let in_prefecture: String = whole.chars().take(4).chain("00".chars()).collect();
    let in_province: String = whole.chars().take(2).chain("0000".chars()).collect();
    [whole, in_prefecture, in_province].iter().find_map(|code| Region::find(code)).map(Region::code)
}

/// Hong Kong, Macau and Taiwan have country codes, but their regions are those of GB/T 2260.
fn by_country(word: &str) -> Option<&'static str> {
    let country: super::Country = word.to_uppercase().parse().ok()?;
    Some(country.region().code())
}

/// The codes that are not plain numbers: between those the nearest is found by letters.
fn abroad() -> impl Iterator<Item = &'static str> {
    Region::all().map(Region::code).filter(|code| !code.starts_with(|first: char| first.is_ascii_digit()))
}
