//! A census as a file: written once, then memory-mapped.
//!
//! ```text
//! header, 4,096 bytes: magic, byte order, version, length of the file, when it ends, fingerprint of the tables, days and
//!                      zone, one line per section (place, length, CRC-32), CRC-32 of the header before it
//! sections, each at a multiple of 64 bytes
//! ```
//!
//! The file is native to the machine's byte order and to this build's tables of regions and words, and says so; any
//! other is refused, as is one that is short or damaged. It holds facts and names and no colour. The store is the truth;
//! a snapshot that is refused is made again.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use bytemuck::{Pod, Zeroable};
use jiff::Timestamp;
use memmap2::Mmap;
use mingma_domain::Region;
use mingma_domain::fact::{Kind, Value, Word};
use mingma_domain::region::Country;
use mingma_domain::time::{Day, Zone};

use super::build::DAYS_AHEAD;
use super::later::Later;
use super::pack::{Codec, DAYS};
use super::section::Section;
use super::{Census, Facts, Home};

const MAGIC: [u8; 8] = *b"MINGMA\x1aC";
/// Reads as this number only on a machine of the same byte order.
const ORDER: u32 = 0x0102_0304;
/// The version of the layout; it changes with every change of a packed form.
pub const VERSION: u32 = 4;
/// One page, so that the first section is as aligned as the mapping itself.
const HEADER_BYTES: usize = 4_096;
/// Sections begin at multiples of this: a cache line, more than any value's alignment.
const ALIGN: u64 = GAP.len() as u64;
/// What stands between sections.
const GAP: [u8; 64] = [0; 64];
const SECTIONS: usize = 12;
/// The longest name of a zone: `America/Argentina/ComodRivadavia` has 32 bytes.
const ZONE_BYTES: usize = 64;

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Header {
    magic: [u8; 8],
    order: u32,
    version: u32,
    length: u64,
    /// Seconds since 1970-01-01T00:00:00Z.
    ends: i64,
    tables: u32,
    persons: u32,
    base: i32,
    /// [`NO_DAY`] if nobody's home is a stay.
    home_first: i32,
    home_last: i32,
    longest_there: u32,
    zone: [u8; ZONE_BYTES],
    sections: [Line; SECTIONS],
    earliest: u32,
    crc: u32,
}

#[derive(Clone, Copy, Pod, Zeroable, Default)]
#[repr(C)]
struct Line {
    at: u64,
    bytes: u64,
    crc: u32,
    reserved: u32,
}

const NO_DAY: i32 = i32::MIN;
const _: () = assert!(size_of::<Header>() <= HEADER_BYTES, "the header fits its page");

/// Why a file is no snapshot that this program can use.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is something else.
    #[error("this is no census: make one with `mingma census build`")]
    Foreign,
    /// It was made on a machine of the other byte order.
    #[error("the census was made on a machine of the other byte order: build it anew here")]
    ByteOrder,
    /// It was cut short within its first page.
    #[error("the census is damaged: it was cut short after {found} bytes; build it anew")]
    Short {
        /// How many it has.
        found: u64,
    },
    /// It has another layout.
    #[error("the census has version {found}, this program reads version {known}: build it anew")]
    Version {
        /// Its version.
        found: u32,
        /// The one that is known.
        known: u32,
    },
    /// It was cut short, or something was appended.
    #[error("the census is damaged: it has {found} bytes, and its header says {said}; build it anew")]
    Length {
        /// How many it has.
        found: u64,
        /// How many it should have.
        said: u64,
    },
    /// It has ended.
    #[error(
        "the census ended on {ends}: what it holds of people may be destroyed elsewhere by now; remove it, and build it anew"
    )]
    Ended {
        /// When.
        ends: Timestamp,
    },
    /// Its numbers of regions, countries or words are not this program's.
    #[error(
        "the census was made with other tables of regions, countries or facts: build it anew with this program"
    )]
    Tables,
    /// A checksum does not match, or a section does not lie within the file.
    #[error("the census is damaged in its part `{part}`: build it anew")]
    Damaged {
        /// Which part.
        part: &'static str,
    },
}

const NAMES: [&str; SECTIONS] = [
    "homes",
    "notable blocks",
    "notable facts",
    "notable wide facts",
    "routine blocks",
    "routine facts",
    "routine wide facts",
    "who was there",
    "places",
    "order of entry",
    "starts of names",
    "names",
];

impl Census {
    /// The day that it was built for.
    #[must_use]
    pub fn day(&self) -> Day {
        self.codec.base.plus(DAYS - 1 - DAYS_AHEAD)
    }

    /// When the file ends that it was read from.
    #[must_use]
    pub const fn ends(&self) -> Option<Timestamp> {
        self.ends
    }

    /// Writes the census, what has arrived since it was built folded in, to be used until it `ends`. The writer should be a new file that takes the old one's name when this has succeeded.
    ///
    /// # Errors
    /// Whatever the writer refuses.
    pub fn write(&self, to: &mut impl Write, ends: Timestamp) -> io::Result<()> {
        if !self.later.is_empty() {
            // The same days as before: what needs another base is built anew.
            return self.folded(self.day()).map_err(io::Error::other)?.census.write(to, ends);
        }
        let sections = self.sections();
        let mut header = Header::zeroed();
        let mut at = HEADER_BYTES as u64;
        for (line, bytes) in header.sections.iter_mut().zip(sections) {
            *line = Line { at, bytes: bytes.len() as u64, crc: crc32fast::hash(bytes), reserved: 0 };
            at = (at + bytes.len() as u64).next_multiple_of(ALIGN);
        }
        header.magic = MAGIC;
        header.order = ORDER;
        header.version = VERSION;
        header.length = at;
        header.ends = ends.as_second();
        header.tables = tables();
        header.persons = self.persons();
        header.base = self.codec.base.number();
        let (first, last) = self.home_stay.map_or((NO_DAY, NO_DAY), |(a, b)| (a.number(), b.number()));
        (header.home_first, header.home_last) = (first, last);
        header.longest_there = u32::from(self.longest_there);
        header.earliest = u32::from(self.earliest);
        for (to, from) in header.zone.iter_mut().zip(self.zone.name().bytes()) {
            *to = from;
        }
        header.crc = header_crc(&header);
        let mut page = bytemuck::bytes_of(&header).to_vec();
        page.resize(HEADER_BYTES, 0);
        to.write_all(&page)?;
        for bytes in sections {
            to.write_all(bytes)?;
            let gap = (bytes.len() as u64).next_multiple_of(ALIGN) - bytes.len() as u64;
            to.write_all(GAP.get(..usize::try_from(gap).unwrap_or(0)).unwrap_or_default())?;
        }
        to.flush()
    }

    /// Maps a census that was written, if it has not ended by now. Every byte is read once, to check the sums.
    ///
    /// # Errors
    /// A [`SnapshotError`] for whatever is not whole, not of this machine and not of this program.
    pub fn open(file: &File, now: Timestamp) -> Result<Self, SnapshotError> {
        let found = file.metadata()?.len();
        if found < HEADER_BYTES as u64 {
            let is_ours = Self::begins(file)?;
            return Err(if is_ours { SnapshotError::Short { found } } else { SnapshotError::Foreign });
        }
        #[expect(
            unsafe_code,
            reason = "a mapped file must not change while it is read: snapshots are written under another name and \
                      renamed, never changed in place; without a mapping a nation's columns would have to be copied"
        )]
        // SAFETY: see the reason above; whoever truncates the file meanwhile stops the process, but gets no wrong answer.
        let map = Arc::new(unsafe { Mmap::map(file)? });
        let page = map.get(..size_of::<Header>()).ok_or(SnapshotError::Foreign)?;
        let header: Header = bytemuck::pod_read_unaligned(page);
        check(&header, found)?;
        let ends = Timestamp::from_second(header.ends);
        let ends = ends.map_err(|_| SnapshotError::Damaged { part: "header" })?;
        if ends <= now {
            return Err(SnapshotError::Ended { ends });
        }
        let filler =
            |range| map.get::<std::ops::Range<usize>>(range).is_some_and(|b| b.iter().all(|b| *b == 0));
        let mut end = size_of::<Header>();
        for (line, part) in header.sections.iter().zip(NAMES) {
            let damaged = SnapshotError::Damaged { part };
            let Some((range, bytes)) = range(line).and_then(|range| Some((range.clone(), map.get(range)?)))
            else {
                return Err(damaged);
            };
            if crc32fast::hash(bytes) != line.crc {
                return Err(damaged);
            }
            if !filler(end..range.start) {
                return Err(SnapshotError::Damaged { part: "filler" });
            }
            end = range.end;
        }
        if !filler(end..map.len()) {
            return Err(SnapshotError::Damaged { part: "filler" });
        }
        Self::of(&header, &map)
    }

    /// Whether a file begins as a census does, whole or not, of whichever version.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn begins(file: &File) -> io::Result<bool> {
        let mut magic = Vec::with_capacity(MAGIC.len());
        file.take(MAGIC.len() as u64).read_to_end(&mut magic)?;
        Ok(magic == MAGIC)
    }

    fn of(header: &Header, map: &Arc<Mmap>) -> Result<Self, SnapshotError> {
        let damaged = |part| SnapshotError::Damaged { part };
        let day = |number| Day::from_number(number).map_err(|_| damaged("header"));
        let name: Vec<u8> = header.zone.iter().copied().take_while(|byte| *byte != 0).collect();
        let zone = std::str::from_utf8(&name).ok().and_then(|name| Zone::named(name).ok());
        let zone = zone.ok_or(damaged("header"))?;
        let home_stay = if header.home_first == NO_DAY {
            None
        } else {
            Some((day(header.home_first)?, day(header.home_last)?))
        };
        let mut lines = header.sections.iter().zip(NAMES);
        let census = Self {
            codec: Codec::new(&zone, day(header.base)?),
            ends: Timestamp::from_second(header.ends).ok(),
            zone,
            homes: next::<Home>(&mut lines, map)?.to_vec(),
            notable: facts(&mut lines, map)?,
            routine: facts(&mut lines, map)?,
            there: next(&mut lines, map)?,
            places: next(&mut lines, map)?,
            home_stay,
            longest_there: u16::try_from(header.longest_there).map_err(|_| damaged("header"))?,
            earliest: u16::try_from(header.earliest).map_err(|_| damaged("header"))?,
            entered: next(&mut lines, map)?,
            name_starts: next(&mut lines, map)?,
            name_bytes: next(&mut lines, map)?,
            later: Later::default(),
        };
        let blocks = census.blocks() as usize + 1;
        let whole = |facts: &Facts| {
            facts.blocks.len() == blocks
                && facts.blocks.last().is_some_and(|b| b.first as usize == facts.packed.len())
        };
        let persons: u64 = census.homes.iter().map(|home| u64::from(home.persons)).sum();
        if persons == u64::from(header.persons) && whole(&census.notable) && whole(&census.routine) {
            Ok(census)
        } else {
            Err(damaged("homes"))
        }
    }

    fn sections(&self) -> [&[u8]; SECTIONS] {
        use bytemuck::cast_slice;
        [
            cast_slice(&self.homes),
            cast_slice(&self.notable.blocks),
            cast_slice(&self.notable.packed),
            cast_slice(&self.notable.wide),
            cast_slice(&self.routine.blocks),
            cast_slice(&self.routine.packed),
            cast_slice(&self.routine.wide),
            cast_slice(&self.there),
            cast_slice(&self.places),
            cast_slice(&self.entered),
            cast_slice(&self.name_starts),
            &self.name_bytes,
        ]
    }
}

/// What is wrong with a header, in the order in which a stranger's file, a neighbour's and a damaged one differ from ours.
fn check(header: &Header, found: u64) -> Result<(), SnapshotError> {
    if header.magic != MAGIC {
        return Err(SnapshotError::Foreign);
    }
    if header.order == ORDER.swap_bytes() {
        return Err(SnapshotError::ByteOrder);
    }
    if header.version != VERSION {
        return Err(SnapshotError::Version { found: header.version, known: VERSION });
    }
    if header.crc != header_crc(header) {
        return Err(SnapshotError::Damaged { part: "header" });
    }
    if header.length != found {
        return Err(SnapshotError::Length { found, said: header.length });
    }
    if header.tables != tables() {
        return Err(SnapshotError::Tables);
    }
    Ok(())
}

type Lines<'a> = std::iter::Zip<std::slice::Iter<'a, Line>, std::array::IntoIter<&'static str, SECTIONS>>;

fn next<T: Pod>(lines: &mut Lines<'_>, map: &Arc<Mmap>) -> Result<Section<T>, SnapshotError> {
    let (line, part) = lines.next().ok_or(SnapshotError::Damaged { part: "header" })?;
    range(line).and_then(|range| Section::mapped(map, range)).ok_or(SnapshotError::Damaged { part })
}

fn facts(lines: &mut Lines<'_>, map: &Arc<Mmap>) -> Result<Facts, SnapshotError> {
    Ok(Facts { blocks: next(lines, map)?, packed: next(lines, map)?, wide: next(lines, map)? })
}

fn range(line: &Line) -> Option<std::ops::Range<usize>> {
    let at = usize::try_from(line.at).ok()?;
    Some(at..at.checked_add(usize::try_from(line.bytes).ok()?)?)
}

fn header_crc(header: &Header) -> u32 {
    crc32fast::hash(bytemuck::bytes_of(&Header { crc: 0, ..*header }))
}

/// A fingerprint of what numbers in the columns stand for: every region, country, kind and word, in order.
fn tables() -> u32 {
    let mut sum = crc32fast::Hasher::new();
    for region in Region::all() {
        sum.update(format!("{region};").as_bytes());
    }
    for country in Country::all() {
        sum.update(format!("{country};").as_bytes());
    }
    for kind in Kind::WORDS {
        sum.update(kind.as_bytes());
    }
    for word in Word::all() {
        sum.update(Value::any_of(word, 1).map_or_else(String::new, |value| format!("{value};")).as_bytes());
    }
    sum.finalize()
}
