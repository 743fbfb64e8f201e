//! Lists, a page at a time: each page names the key after which the next one goes on.
//!
//! A key is that of the last row, not a count of rows, so that nothing is shown twice or left out while rows are added.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::address::{misshapen, place};
use crate::problem::Problem;

/// The most rows of a page: 100 facts in JSON are about 30 KB.
pub(crate) const MAX_LIMIT: u16 = 100;
/// The rows of a page whose caller does not say how many.
const DEFAULT_LIMIT: u16 = 50;

/// Which part of a list is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageAsked {
    /// The `next` of the page before; none for the first.
    after: Option<String>,
    /// How many rows at most; 50 if it is not said.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listed<T> {
    /// The rows.
    pub(crate) items: Vec<T>,
    /// After which key the list goes on; null on the last page.
    #[schema(required)]
    pub(crate) next: Option<String>,
}

impl PageAsked {
    /// How many rows are asked for.
    ///
    /// # Errors
    /// A [`Problem`], 400.
    pub(crate) fn limit(&self) -> Result<usize, Problem> {
        match self.limit.as_deref().map_or(Ok(DEFAULT_LIMIT), str::parse) {
            Ok(limit @ 1..=MAX_LIMIT) => Ok(usize::from(limit)),
            Ok(_) | Err(_) => Err(misshapen(format!("`limit`: a page has 1 to {MAX_LIMIT} rows"))),
        }
    }

    /// After which key the page begins.
    ///
    /// # Errors
    /// A [`Problem`], 400.
    pub(crate) fn after<K: FromStr<Err: Display>>(&self) -> Result<Option<K>, Problem> {
        self.after.as_deref().map(|text| place("after", text)).transpose()
    }
}

/// The page that is asked for, of rows in the order of their keys.
///
/// # Errors
/// A [`Problem`], 400.
pub(crate) fn page<R, K, T>(
    asked: &PageAsked,
    rows: impl IntoIterator<Item = R>,
    key: impl Fn(&R) -> K,
    told: impl Fn(R) -> T,
) -> Result<Listed<T>, Problem>
where
    K: Ord + Display + FromStr<Err: Display>,
{
    let (limit, after) = (asked.limit()?, asked.after::<K>()?);
    let mut rest = rows.into_iter().filter(|row| after.as_ref().is_none_or(|after| key(row) > *after));
    let mut items = Vec::new();
    let mut last = None;
    for row in rest.by_ref().take(limit) {
        last = Some(key(&row).to_string());
        items.push(told(row));
    }
    let next = if rest.next().is_some() { last } else { None };
    Ok(Listed { items, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(after: &str, limit: Option<u16>) -> PageAsked {
        let after = (!after.is_empty()).then(|| after.to_owned());
        PageAsked { after, limit: limit.map(|limit| limit.to_string()) }
    }

    #[test]
    fn pages_follow_each_other_without_a_gap_and_end() {
        for (after, limit, items, next) in [
            ("", Some(2), &[1_u8, 2][..], Some("2")),
            ("2", Some(2), &[3, 4], Some("4")),
            ("4", Some(2), &[5], None),
            ("3", Some(2), &[4, 5], None),
            ("5", Some(2), &[], None),
            ("", None, &[1, 2, 3, 4, 5], None),
        ] {
            let listed = page(&asked(after, limit), 1_u8..=5, |row| *row, |row| row).unwrap();
            assert_eq!((&listed.items[..], listed.next.as_deref()), (items, next), "{after} {limit:?}");
        }
    }

    #[test]
    fn a_page_has_1_to_100_rows() {
        for (limit, rows) in [(0, None), (1, Some(1)), (100, Some(100)), (101, None), (u16::MAX, None)] {
            let listed = page(&asked("", Some(limit)), 0_u8..200, |row| *row, |row| row).ok();
            assert_eq!(listed.map(|listed| listed.items.len()), rows, "{limit}");
        }
        assert!(page(&asked("110105194912310", None), 0_u8..2, |row| *row, |row| row).is_err());
    }
}
