//! How far an import has come, on a terminal and nowhere else.

use std::io::IsTerminal;
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that counts bytes: rows are not known before they are read.
pub(super) struct Progress {
    bar: ProgressBar,
    /// Bytes of the files before the present one.
    before: u64,
    shown: u64,
}

/// How many bytes lie between two movements of the bar.
const STEP_BYTES: u64 = 1 << 20;

impl Progress {
    /// A bar for these files.
    pub(super) fn new(files: &[PathBuf]) -> Self {
        let sizes =
            files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|metadata| metadata.len());
        let target = if std::io::stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(sizes.sum()), target);
        if let Ok(style) =
            ProgressStyle::with_template("{bar:40} {binary_bytes} of {binary_total_bytes}, {eta} left")
        {
            bar.set_style(style);
        }
        Self { bar, before: 0, shown: 0 }
    }

    /// This many bytes of the present file were taken.
    pub(super) fn at(&mut self, taken: u64) {
        let position = self.before + taken;
        if position - self.shown >= STEP_BYTES {
            self.bar.set_position(position);
            self.shown = position;
        }
    }

    /// The present file is read.
    pub(super) fn file_done(&mut self, taken: u64) {
        self.before += taken;
    }

    /// Takes the bar away.
    pub(super) fn done(self) {
        self.bar.finish_and_clear();
    }
}
