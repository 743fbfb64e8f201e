//! The workload's Parquet files as a census, and its risk levels as acts.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use mingma_census::{Builder, Census};
use mingma_domain::assess::Event;
use mingma_domain::fact::Fact;
use mingma_domain::region::{Level as Size, Standing};
use mingma_domain::risk::{Level, RegionRisk};
use mingma_domain::time::Zone;
use mingma_domain::{Day, Region, RiskMap};
use mingma_testkit::build::fact;
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::Int32Type;
use parquet::file::reader::{FileReader, SerializedFileReader};

/// The workload's day 80.
const FIRST: &str = "2022-01-01";
pub(super) const FIRST_DAY: u16 = 80;
pub(super) const LAST_DAY: u16 = 100;
pub(super) const COUNTIES: usize = 300;

pub(super) struct Workload {
    pub(super) census: Census,
    pub(super) counties: Vec<Region>,
    /// County, 1 medium or 2 high, from which day on.
    pub(super) levels: Vec<(usize, i32, u16)>,
}

impl Workload {
    pub(super) fn read(data: &Path, zone: &Zone) -> Self {
        let counties = counties();
        let mut builder = Builder::new(zone, day(LAST_DAY)).with_home_stay(day(FIRST_DAY), day(LAST_DAY));
        let mut entries = Vec::new();
        each(data, "persons", |row: [Option<i32>; 2]| {
            let home = counties[number(row[1])];
            entries.push(builder.person(Some(home)).unwrap());
        });
        let mut facts = Facts { zone, known: BTreeMap::new() };
        let mut add = |row: &[Option<i32>], what: [i32; 4], line: &dyn Fn() -> String| {
            let event = facts.of(what, line);
            builder.event(entries[number(row[0])], &event, None).unwrap();
        };
        each(data, "stays", |row: [Option<i32>; 4]| {
            let [_, county, first, last] = row.map(|n| n.unwrap());
            let place = counties[number(row[1])];
            add(&row, [0, county, first, last], &|| {
                format!("stay declared {}..{} {place}", on(first), on(last))
            });
        });
        each(data, "contacts", |row: [Option<i32>; 3]| {
            let [_, day, kind] = row.map(|n| n.unwrap());
            let word = if kind == 1 { "close" } else { "secondary" };
            add(&row, [1, day, kind, 0], &|| format!("contact {word} {}", on(day)));
        });
        each(data, "cases", |row: [Option<i32>; 4]| {
            let (kind, onset) = (row[1].unwrap(), row[2].unwrap());
            let word = if kind == 1 { "confirmed" } else { "suspected" };
            add(&row, [2, onset, kind, 0], &|| format!("diagnosis {word} {}", on(onset)));
            if let Some(released) = row[3] {
                add(&row, [3, released, 0, 0], &|| format!("discharge recovered {}", on(released)));
            }
        });
        each(data, "symptoms", |row: [Option<i32>; 2]| {
            let day = row[1].unwrap();
            add(&row, [4, day, 0, 0], &|| format!("symptom fever {}", on(day)));
        });
        each(data, "tests", |row: [Option<i32>; 3]| {
            let (day, positive) = (row[1].unwrap(), row[2].unwrap());
            let word = if positive == 1 { "positive" } else { "negative" };
            add(&row, [5, day, positive, 0], &|| format!("test {word} {}", on(day)));
        });
        each(data, "arrivals", |row: [Option<i32>; 2]| {
            let (day, port) = (row[1].unwrap(), counties[0]);
            add(&row, [6, day, 0, 0], &|| format!("entry JP {} {port}", on(day)));
        });
        let mut levels = Vec::new();
        each(data, "region_risk", |row: [Option<i32>; 3]| {
            levels.push((number(row[0]), row[1].unwrap(), u16::try_from(row[2].unwrap()).unwrap()));
        });
        Self { census: builder.finish().unwrap(), counties, levels }
    }

    pub(super) fn day(&self, number: u16) -> Day {
        let _ = self;
        day(number)
    }

    /// The lowest-numbered county without a level.
    pub(super) fn lowest_low(&self) -> usize {
        (0..COUNTIES).find(|county| self.levels.iter().all(|(c, ..)| c != county)).unwrap()
    }

    /// The acts that are known on a day; with `high`, that county is high from day 97.
    pub(super) fn acts(&self, today: u16, high: Option<usize>) -> Vec<RegionRisk> {
        let known = self.levels.iter().filter(|(_, _, from)| *from <= today);
        let acts = known.map(|(county, level, from)| match level {
            // A county that is medium now counts for a stay on any of its days.
            1 => self.act(*county, Level::Medium, FIRST_DAY - 20),
            _ => self.act(*county, Level::High, *from),
        });
        acts.chain(high.map(|county| self.act(county, Level::High, 97))).collect()
    }

    pub(super) fn risk(&self, today: u16, high: Option<usize>) -> RiskMap {
        RiskMap::new(&self.acts(today, high))
    }

    fn act(&self, county: usize, level: Level, from: u16) -> RegionRisk {
        RegionRisk { region: self.counties[county], level, from: day(from), until: None }
    }
}

/// The events of the workload's facts: each different one goes through the parser of facts once.
struct Facts<'a> {
    zone: &'a Zone,
    known: BTreeMap<[i32; 4], Event>,
}

impl Facts<'_> {
    fn of(&mut self, what: [i32; 4], line: &dyn Fn() -> String) -> Event {
        let zone = self.zone;
        *self.known.entry(what).or_insert_with(|| {
            let fact: Fact = fact(&line());
            Event::of(0, &fact, zone)
        })
    }
}

/// The counties of the workload.
pub(super) fn counties() -> Vec<Region> {
    let is_county = |r: &Region| r.level() == Size::County && r.standing() == Standing::Current;
    Region::all().filter(is_county).take(COUNTIES).collect()
}

pub(super) fn day(number: u16) -> Day {
    let first: Day = FIRST.parse().unwrap();
    if number >= FIRST_DAY { first.plus(number - FIRST_DAY) } else { first.minus(FIRST_DAY - number) }
}

pub(super) fn on(number: i32) -> Day {
    day(u16::try_from(number).unwrap())
}

fn number(value: Option<i32>) -> usize {
    usize::try_from(value.unwrap()).unwrap()
}

/// Calls `see` for every row of a file of small numbers.
fn each<const COLUMNS: usize>(data: &Path, table: &str, mut see: impl FnMut([Option<i32>; COLUMNS])) {
    let file = SerializedFileReader::new(File::open(data.join(format!("{table}.parquet"))).unwrap()).unwrap();
    for group in 0..file.num_row_groups() {
        let group = file.get_row_group(group).unwrap();
        let rows = usize::try_from(group.metadata().num_rows()).unwrap();
        let columns: [Vec<Option<i32>>; COLUMNS] = std::array::from_fn(|column| {
            let mut reader = get_typed_column_reader::<Int32Type>(group.get_column_reader(column).unwrap());
            let (mut values, mut levels) = (Vec::new(), Vec::new());
            while levels.len() < rows {
                let (read, ..) = reader.read_records(rows, Some(&mut levels), None, &mut values).unwrap();
                assert!(read > 0, "{table} is short");
            }
            let mut values = values.into_iter();
            levels.iter().map(|level| if *level == 1 { values.next() } else { None }).collect()
        });
        let mut columns = columns.map(Vec::into_iter);
        for _ in 0..rows {
            see(std::array::from_fn(|column| columns[column].next().flatten()));
        }
    }
}
