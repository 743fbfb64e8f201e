//! What the book knows of the last ends of data.

use std::sync::Arc;

use super::Book;
use crate::retention::Purged;

/// How many ends of data are known: one a night, for four weeks.
const ENDS: usize = 28;

impl Book {
    /// Data has ended; what one night tells page by page is one end.
    pub(super) fn end(&mut self, row: Purged) {
        match self.ended.back_mut() {
            Some(last) if last.at == row.at => Arc::make_mut(last).with(&row),
            _ => self.ended.push_back(Arc::new(row)),
        }
        if self.ended.len() > ENDS {
            self.ended.pop_front();
        }
    }

    /// The last ends of data, the newest first.
    pub fn ends(&self) -> impl Iterator<Item = &Purged> {
        self.ended.iter().rev().map(|end| &**end)
    }
}
