//! Days and instants as people write them, in the time of the region whose rules count.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use mingma_domain::text::Lang;
use mingma_domain::time::{Day, Moment, Zone};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How one reader is told when.
#[derive(Clone, Debug)]
pub(crate) struct When {
    lang: Lang,
    zone: TimeZone,
}

impl When {
    /// In this language, by the clocks of this zone.
    pub(crate) fn new(lang: Lang, zone: &Zone) -> Self {
        // INVARIANT: a `Zone` was read from the same database, so that it is there.
        let zone = TimeZoneDatabase::bundled().get(zone.name()).unwrap_or(TimeZone::UTC);
        Self { lang, zone }
    }

    /// `13 June 2022`, `2022年6月13日`.
    pub(crate) fn day(&self, day: Day) -> String {
        day.date().map_or_else(|| day.to_string(), |date| self.date(date))
    }

    /// The day, and the time if it is known.
    pub(crate) fn moment(&self, moment: Moment) -> String {
        match moment {
            Moment::Day(day) => self.day(day),
            Moment::Instant(at, _) => self.instant(at),
        }
    }

    /// `13 June 2022, 12:00`, `2022年6月13日 12:00`.
    pub(crate) fn instant(&self, at: Timestamp) -> String {
        let day = self.date(at.to_zoned(self.zone.clone()).date());
        let time = self.time(at);
        match self.lang {
            Lang::En => format!("{day}, {time}"),
            Lang::ZhHans | Lang::ZhHant => format!("{day} {time}"),
        }
    }

    /// `12:00`.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.zone.clone());
        format!("{:02}:{:02}", zoned.hour(), zoned.minute())
    }

    fn date(&self, date: Date) -> String {
        let (year, month, day) = (date.year(), date.month(), date.day());
        match self.lang {
            Lang::En => {
                let name = usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at));
                format!("{day} {} {year}", name.unwrap_or(&"?"))
            }
            Lang::ZhHans | Lang::ZhHant => format!("{year}年{month}月{day}日"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_told_as_its_readers_write_it_and_an_instant_by_the_regions_clocks() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        for (lang, day, instant) in [
            (Lang::ZhHans, "2024年2月29日", "2024年3月1日 00:05"),
            (Lang::ZhHant, "2024年2月29日", "2024年3月1日 00:05"),
            (Lang::En, "29 February 2024", "1 March 2024, 00:05"),
        ] {
            let when = When::new(lang, &zone);
            assert_eq!(when.day("2024-02-29".parse().unwrap()), day);
            assert_eq!(when.moment("2024-02-29T16:05:00Z".parse().unwrap()), instant);
        }
    }
}
