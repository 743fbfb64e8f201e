//! Every limit of this crate, with the arithmetic that gave it.
//!
//! They stand together because a reviewer asks one question of them all: how much work can a stranger's
//! picture make us do? No limit lives anywhere else in the crate.

/// The longest text that is looked at, in bytes.
///
/// The largest QR symbol (version 40, ECC L) holds 4,296 alphanumeric characters; what is longer never
/// came out of a picture.
pub const MAX_TEXT_BYTES: usize = 4_296;

/// The most bytes a code's zlib stream may give.
///
/// 4,296 characters of Base45 are at most 2,861 bytes. Real certificates inflate up to about twofold;
/// 32 KiB leaves elevenfold, and a bomb costs no more than these 32 KiB.
pub const MAX_INFLATED_BYTES: usize = 32 * 1_024;

/// The deepest nesting of CBOR that is followed, counting arrays, maps and tags.
///
/// A health certificate needs six (tag, envelope, claims, certificate, list, entry); 16 leaves room for
/// vaccines to come and keeps the stack small.
pub const MAX_CBOR_NESTING: usize = 16;

/// The oldest proof of possession that still counts, in seconds.
///
/// A phone renews every [`PROOF_RENEWAL_SECONDS`]; three renewals may be missed (a slow camera, a screen
/// that froze) before a picture counts as a screenshot: 3 × 30.
pub const MAX_PROOF_AGE_SECONDS: i64 = 90;

/// How often a phone renews its proof, in seconds: two renewals fit in a queue's last minute.
pub const PROOF_RENEWAL_SECONDS: i64 = 30;

/// How far a signer's or a phone's clock may run ahead of the checkpoint's, in seconds.
///
/// Network time keeps a device within a second, a drifting quartz (20 ppm) loses 12 s a week without a
/// network; 30 covers two such weeks and stays below [`MAX_PROOF_AGE_SECONDS`].
pub const MAX_CLOCK_SKEW_SECONDS: i64 = 30;

/// The life of a code on a phone before the jitter is taken off, in seconds: 24 × 3,600.
pub const CODE_LIFE_SECONDS: i64 = 86_400;

/// The most that the jitter takes off a code's life, in seconds.
///
/// Ten million codes re-issued at one moment would all end at one moment; over two hours their next
/// issue is 10,000,000 ÷ 7,200 ≈ 1,400 a second, which one machine signs on a tenth of a core.
pub const MAX_JITTER_SECONDS: i64 = 7_200;

/// The longest life of a paper code, in seconds: 30 × 86,400.
///
/// A paper cannot be renewed by itself; a month is the rhythm of the community's visits, and its
/// revocation reaches the checkpoint by the status list in the meantime.
pub const MAX_PAPER_LIFE_SECONDS: i64 = 30 * 86_400;

/// The most bytes of the initials: two Han characters in UTF-8.
///
/// A device code with a proof must fit version 12 at ECC M: 419 characters − 4 for `HC1:` = 415 → 276 bytes of
/// zlib − 11 of framing = 265 of COSE. With an issuer of two digits and every number at its longest, the rest
/// takes 257 and the initials 2 + 6.
pub const MAX_INITIALS_BYTES: usize = 6;

/// The most bytes of a region code: `CN-410100` would be 9, ISO 3166-2 needs 6, national codes up to 10.
pub const MAX_REGION_BYTES: usize = 10;

/// The most bytes of a certificate that is looked at.
///
/// A signer certificate with an RSA-4096 key and a chain of names is about 2 KiB; 8 KiB is four of them.
pub const MAX_CERTIFICATE_BYTES: usize = 8 * 1_024;

/// The most bytes of a private key file: an EC key in PEM is 241, with room for comments.
pub const MAX_PRIVATE_KEY_BYTES: usize = 4 * 1_024;

/// The most bytes of a trust list file.
///
/// 1,500 certificates (every signer of 60 countries at 25 each) of 1.3 KiB are 2 MiB.
pub const MAX_TRUST_LIST_BYTES: usize = 2 * 1_024 * 1_024;

/// The most bytes of an act that the authority signed.
///
/// The longest is a ruleset with its examples: the largest shipped one has 42 KiB; 1 MiB leaves 24-fold, and is half of what
/// a server reads of a body.
pub const MAX_ACT_BYTES: usize = 1_024 * 1_024;

/// The most entries of a trust list: 60 countries × 25 signers, rounded up to a power of two.
pub const MAX_TRUST_ENTRIES: usize = 2_048;

/// The most regions one trust entry names: the 34 at the top of GB/T 2260, rounded up.
pub const MAX_REGIONS_PER_ENTRY: usize = 64;

/// The most keys that are tried for one code.
///
/// Key identifiers are 8 bytes of a hash; two equal ones among 2,048 happen once in 8.8 × 10¹² lists.
/// Eight bounds what a list with many equal ones can cost: 8 × 75 µs.
pub const MAX_KEYS_TRIED: usize = 8;

/// The most bytes of a signed status list: its zlib stream can be no longer than the list, plus claims.
pub const MAX_STATUS_TOKEN_BYTES: usize = MAX_STATUS_LIST_BYTES + 4_096;

/// The most bytes a status list may inflate to.
///
/// 2 bits for each of 16,777,216 codes are 4 MiB; a province of 100 million codes is six such shards a day.
pub const MAX_STATUS_LIST_BYTES: usize = 4 * 1_024 * 1_024;

/// The most status lists a checkpoint holds at once.
///
/// 30 days of paper × 34 regions = 1,020 of one shard a day; four times that for busier regions.
pub const MAX_STATUS_LISTS: usize = 4_096;

/// The highest QR version shown on a screen at ECC M.
///
/// Version 12 is 65 modules and with the quiet zone 73; on a phone 60 mm wide that is 0.8 mm a module, which
/// a cheap camera at 20 cm resolves with three pixels.
pub const MAX_SCREEN_QR_VERSION: u8 = 12;

/// The highest QR version printed on paper at ECC Q: 117 modules and the quiet zone at 0.4 mm are 50 mm.
pub const MAX_PAPER_QR_VERSION: u8 = 25;

/// The most pixels of one module's side in a PNG: 125 modules × 32 = 4,000 pixels, a poster.
pub const MAX_PNG_SCALE: u32 = 32;
