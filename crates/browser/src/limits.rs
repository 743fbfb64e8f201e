//! Every limit of this crate, with the arithmetic that gave it.

/// The most bytes of one buffer.
///
/// A camera's frame of 2,048 × 2,048 pixels in four channels; a signed status list is at most 4 MiB and a
/// trust list 2.
pub const MAX_BUFFER_BYTES: usize = 16 * 1_024 * 1_024;

/// The most buffers at once.
///
/// A call takes three and gives one; 32 leave room for a page that lets go of its answers late.
pub const MAX_BUFFERS: usize = 32;

/// The most checkpoints at once: a page has one, and a second while it changes its keys.
pub const MAX_CHECKPOINTS: usize = 8;

/// The shortest side of a picture that is searched: version 1 with its quiet zone is 29 modules.
pub const MIN_PICTURE_SIDE: u32 = 29;

/// The largest instant either side of the epoch, in seconds: the integers that a page's numbers hold, 2⁵³.
pub const MAX_SECONDS: f64 = 9_007_199_254_740_992.0;
