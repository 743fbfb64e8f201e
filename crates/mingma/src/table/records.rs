//! A stream of bytes cut into records, each bounded, with the line on which it begins.
//!
//! A record of JSON Lines is a line; a record of CSV is a line too, or several while a quote is open. This is the
//! one place that holds a file's bytes, so it is the place that keeps them few: a line of a gigabyte is passed over
//! in a buffer of a fixed size, and a quote that is never closed does not swallow the rest of the file.

use std::io::Read;

use memchr::{memchr, memchr_iter};

use super::fault::FileFault;

/// The longest record, in bytes. The longest legal row of facts has eight cells of at most 130 bytes, about 1 KiB;
/// 64 KiB leaves room for the columns of other people's tables that a map ignores.
pub(crate) const MAX_ROW_BYTES: usize = 64 * 1024;

/// What is held of a file at a time: four of the longest records, so that most reads find whole records.
const BUFFER_BYTES: usize = 4 * MAX_ROW_BYTES;

/// What the next record is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Framed {
    /// A whole record: [`Records::bytes`].
    Record,
    /// A record longer than [`MAX_ROW_BYTES`], which was passed over.
    TooLong,
    /// There are no more.
    End,
}

/// The records of a stream.
pub(crate) struct Records {
    input: Box<dyn Read>,
    buffer: Box<[u8]>,
    /// The bytes of the present record.
    record: (usize, usize),
    /// Where the next record begins.
    next: usize,
    /// How much of the buffer holds bytes of the file.
    filled: usize,
    /// The line on which the present record begins, from 1.
    line: u64,
    next_line: u64,
    /// Bytes taken from the input.
    taken: u64,
    ended: bool,
    /// Whether a quote keeps a record open over the end of a line.
    quotes: bool,
}

impl Records {
    /// The records of `input`; with `quotes`, a line goes on while a double quote is open in it.
    ///
    /// # Errors
    /// [`FileFault`] if the input cannot be read, is empty, or is UTF-16.
    pub(crate) fn new(input: Box<dyn Read>, quotes: bool) -> Result<Self, FileFault> {
        let mut records = Self {
            input,
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            record: (0, 0),
            next: 0,
            filled: 0,
            line: 0,
            next_line: 1,
            taken: 0,
            ended: false,
            quotes,
        };
        // A byte-order mark has three bytes; a pipe may deliver them one at a time.
        while records.filled < 3 && !records.ended {
            records.fill()?;
        }
        match records.buffer.get(..records.filled).unwrap_or_default() {
            [] => Err(FileFault::Empty),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(FileFault::Utf16),
            [0xef, 0xbb, 0xbf, ..] => {
                records.next = 3;
                Ok(records)
            }
            _ => Ok(records),
        }
    }

    /// Goes on to the next record. Empty lines are none.
    ///
    /// # Errors
    /// [`FileFault`] if the input cannot be read, or if a quote stays open: nobody can say then where rows begin.
    pub(crate) fn advance(&mut self) -> Result<Framed, FileFault> {
        loop {
            let framed = self.frame()?;
            if framed != Framed::Record || self.record.0 < self.record.1 {
                return Ok(framed);
            }
        }
    }

    fn frame(&mut self) -> Result<Framed, FileFault> {
        self.line = self.next_line;
        let mut scanned = 0;
        let mut open = false;
        loop {
            let unread = self.buffer.get(self.next + scanned..self.filled).unwrap_or_default();
            let newline = memchr(b'\n', unread);
            let piece = newline.map_or(unread, |at| unread.get(..at).unwrap_or_default());
            if self.quotes && memchr_iter(b'"', piece).count() % 2 == 1 {
                open = !open;
            }
            scanned += piece.len();
            if scanned > MAX_ROW_BYTES {
                return if open {
                    Err(FileFault::OpenQuote { line: self.line })
                } else {
                    self.pass_over(scanned)
                };
            }
            if newline.is_some() {
                self.next_line += 1;
                if !open {
                    self.found(scanned, scanned + 1);
                    return Ok(Framed::Record);
                }
                scanned += 1;
            } else if !self.ended {
                self.fill()?;
            } else if scanned == 0 {
                return Ok(Framed::End);
            } else if open {
                return Err(FileFault::OpenQuote { line: self.line });
            } else {
                self.found(scanned, scanned);
                return Ok(Framed::Record);
            }
        }
    }

    /// The present record has `length` bytes, of which a carriage return at the end is none; with its end, `whole`.
    fn found(&mut self, length: usize, whole: usize) {
        let end = self.next + length;
        let carriage = self.buffer.get(self.next..end).is_some_and(|bytes| bytes.ends_with(b"\r"));
        self.record = (self.next, end - usize::from(carriage));
        self.next += whole;
    }

    /// Passes over the rest of a line of which `scanned` bytes are known to hold no end.
    fn pass_over(&mut self, scanned: usize) -> Result<Framed, FileFault> {
        self.next += scanned;
        self.record = (self.next, self.next);
        loop {
            let unread = self.buffer.get(self.next..self.filled).unwrap_or_default();
            if let Some(at) = memchr(b'\n', unread) {
                self.next += at + 1;
                self.next_line += 1;
                return Ok(Framed::TooLong);
            }
            self.next = self.filled;
            if self.ended {
                return Ok(Framed::TooLong);
            }
            self.fill()?;
        }
    }

    /// Reads more behind what is unread, which is first moved to the front.
    fn fill(&mut self) -> Result<(), FileFault> {
        self.buffer.copy_within(self.next..self.filled, 0);
        self.filled -= self.next;
        self.next = 0;
        // INVARIANT: what is unread is at most one record of MAX_ROW_BYTES and a line, so there is room.
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let read = loop {
            match self.input.read(room) {
                Ok(read) => break read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(FileFault::Read(error)),
            }
        };
        self.ended = read == 0;
        self.filled += read;
        self.taken = self.taken.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(())
    }

    /// The bytes of the present record, without the end of its line.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.record.0..self.record.1).unwrap_or_default()
    }

    /// The line on which the present record begins, from 1.
    pub(crate) const fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes were taken from the input, for a progress bar.
    pub(crate) const fn taken(&self) -> u64 {
        self.taken
    }

    /// The line and column, both from 1 and the column in characters, of a byte of the present record.
    pub(crate) fn place(&self, offset: usize) -> (u64, u64) {
        let (mut line, mut column) = (self.line, 1);
        for byte in self.bytes().iter().take(offset) {
            if *byte == b'\n' {
                line += 1;
                column = 1;
            } else if byte & 0b1100_0000 != 0b1000_0000 {
                // Every character has one byte that continues no other.
                column += 1;
            }
        }
        (line, column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, as a slow pipe does.
    struct Drip(std::io::Cursor<Vec<u8>>);

    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    fn all(bytes: &[u8], quotes: bool) -> Vec<(u64, Framed, Vec<u8>)> {
        let read = |input: Box<dyn Read>| {
            let mut records = Records::new(input, quotes).unwrap();
            let mut found = Vec::new();
            loop {
                let framed = records.advance().unwrap();
                if framed == Framed::End {
                    return found;
                }
                found.push((records.line(), framed, records.bytes().to_vec()));
            }
        };
        let at_once = read(Box::new(std::io::Cursor::new(bytes.to_vec())));
        assert_eq!(at_once, read(Box::new(Drip(std::io::Cursor::new(bytes.to_vec())))));
        at_once
    }

    fn record(line: u64, text: &str) -> (u64, Framed, Vec<u8>) {
        (line, Framed::Record, text.as_bytes().to_vec())
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let expected = [record(1, "a"), record(3, "b"), record(4, "c")];
        assert_eq!(all(b"a\n\nb\nc", false), expected);
        assert_eq!(all(b"\xef\xbb\xbfa\r\n\r\nb\r\nc\r\n", false), expected);
    }

    #[test]
    fn an_open_quote_carries_a_record_over_the_end_of_its_line() {
        assert_eq!(
            all(b"a\n\"b\nc\"\"\n\",d\ne", true),
            [record(1, "a"), record(2, "\"b\nc\"\"\n\",d"), record(5, "e")]
        );
        assert_eq!(all(b"\"b\nc", false), [record(1, "\"b"), record(2, "c")]);
    }

    #[test]
    fn a_record_is_as_long_as_the_limit_and_no_longer() {
        let long = |bytes: usize| ["a\n".to_owned(), "x".repeat(bytes), "\nb\n".to_owned()].concat();
        let legal = long(MAX_ROW_BYTES);
        assert_eq!(all(legal.as_bytes(), true)[1], record(2, &"x".repeat(MAX_ROW_BYTES)));
        for bytes in [MAX_ROW_BYTES + 1, BUFFER_BYTES - 1, BUFFER_BYTES, BUFFER_BYTES + 1, 3 * BUFFER_BYTES] {
            let found = all(long(bytes).as_bytes(), true);
            assert_eq!(found, [record(1, "a"), (2, Framed::TooLong, Vec::new()), record(3, "b")], "{bytes}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_an_error_and_not_the_rest_of_the_file() {
        for rest in [10, 10 * MAX_ROW_BYTES] {
            let text = format!("a\nb,\"c\n{}", "x\n".repeat(rest));
            let mut records = Records::new(Box::new(std::io::Cursor::new(text.into_bytes())), true).unwrap();
            assert_eq!(records.advance().unwrap(), Framed::Record);
            assert!(matches!(records.advance(), Err(FileFault::OpenQuote { line: 2 })), "{rest}");
        }
    }

    #[test]
    fn nothing_and_utf_16_are_no_tables() {
        let new =
            |bytes: &[u8]| Records::new(Box::new(std::io::Cursor::new(bytes.to_vec())), true).map(|_| ());
        assert!(matches!(new(b""), Err(FileFault::Empty)));
        assert!(matches!(new(b"\xff\xfep\0"), Err(FileFault::Utf16)));
    }
}
