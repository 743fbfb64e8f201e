//! Identity documents: which numbers are read, which are refused and why, and that none is ever shown.

use jiff::civil::date;
use mingma_domain::document::{ChildWithoutDocument, Document, DocumentError, DocumentKind, Sex};
use mingma_domain::region::Country;

/// Year, month and day, where the number has them.
type Birth = Option<(i16, i8, i8)>;

/// Numbers of the right form, made up: wire form, covered form, birth date, sex.
const GOOD: &[(&str, &str, Birth, Option<Sex>)] = &[
    ("resident-id:11010519491231002X", "110***********002X", Some((1949, 12, 31)), Some(Sex::Female)),
    ("resident-id:410105200002290014", "410***********0014", Some((2000, 2, 29)), Some(Sex::Male)),
    ("resident-id:410105202002290013", "410***********0013", Some((2020, 2, 29)), Some(Sex::Male)),
    // The youngest and the oldest that can be.
    ("resident-id:110101187801010015", "110***********0015", Some((1878, 1, 1)), Some(Sex::Male)),
    ("resident-id:411102210012310016", "411***********0016", Some((2100, 12, 31)), Some(Sex::Male)),
    // The last province.
    ("resident-id:650101197801012007", "650***********2007", Some((1978, 1, 1)), Some(Sex::Female)),
    ("passport:DE:C01X00T47", "DE:C******47", None, None),
    ("passport:CN:E12345678", "CN:E******78", None, None),
    ("passport:HK:K01234567", "HK:K******67", None, None),
    ("passport:KR:M12345678", "KR:M******78", None, None),
    ("passport:US:5", "US:*", None, None),
    ("passport:US:123456", "US:*****6", None, None),
    ("passport:US:123456789", "US:1******89", None, None),
    ("hong-kong-macau-permit:H01234567", "H******67", None, None),
    ("hong-kong-macau-permit:M0123456700", "M********00", None, None),
    ("hong-kong-macau-permit:H0123456712", "H********12", None, None),
    ("taiwan-permit:01234567", "0*****67", None, None),
    ("foreign-permanent-residence:KAZ110090123105", "K************05", None, None),
    // 29 February of a year without its century: 2000 had one, though 1900 had none.
    ("foreign-permanent-residence:FRA310000022901", "F************01", None, None),
    (
        "foreign-permanent-residence:911124198108030024",
        "911***********0024",
        Some((1981, 8, 3)),
        Some(Sex::Female),
    ),
    (
        "foreign-permanent-residence:931012199012010018",
        "931***********0018",
        Some((1990, 12, 1)),
        Some(Sex::Male),
    ),
    (
        "hong-kong-macau-taiwan-residence:810000199408230021",
        "810***********0021",
        Some((1994, 8, 23)),
        Some(Sex::Female),
    ),
    (
        "hong-kong-macau-taiwan-residence:830000199201300022",
        "830***********0022",
        Some((1992, 1, 30)),
        Some(Sex::Female),
    ),
    (
        "child:resident-id:11010519491231002X:2020-02-29:1",
        "110***********002X:****-**-**:1",
        Some((2020, 2, 29)),
        None,
    ),
    ("child:passport:DE:C01X00T47:2022-06-13:9", "DE:C******47:****-**-**:9", Some((2022, 6, 13)), None),
    // The first number, one in the middle and the last.
    ("desk-number:000000000098", "0*********98", None, None),
    ("desk-number:012345678978", "0*********78", None, None),
    ("desk-number:999999999951", "9*********51", None, None),
];

use DocumentKind as Kind;

type Refusals = Vec<(&'static str, DocumentError)>;

/// Wire forms that are refused, and why; the right reason for each, both sides of every boundary.
fn refused() -> Refusals {
    [
        refused_resident_ids(),
        refused_passports_and_permits(),
        refused_residence(),
        refused_children(),
        refused_desk_numbers(),
    ]
    .concat()
}

const fn character(kind: Kind, position: usize, allowed: &'static str) -> DocumentError {
    DocumentError::Character { kind, position, allowed }
}

const fn small(kind: Kind, position: usize) -> DocumentError {
    DocumentError::SmallLetter { kind, position }
}

const fn length(kind: Kind, form: &'static str, found: usize) -> DocumentError {
    DocumentError::Length { kind, form, found }
}

fn refused_resident_ids() -> Refusals {
    let eighteen = "18 characters: 17 digits, and a last one that may be `X`";
    let kind = Kind::ResidentId;
    vec![
        ("11010519491231002X", DocumentError::NoKind),
        ("", DocumentError::NoKind),
        (":11010519491231002X", DocumentError::UnknownKind { nearest: None }),
        ("11010519491231002X:resident-id", DocumentError::UnknownKind { nearest: None }),
        ("resident_id:11010519491231002X", DocumentError::UnknownKind { nearest: Some("resident-id") }),
        ("Passport:DE:C01X00T47", DocumentError::UnknownKind { nearest: Some("passport") }),
        // The resident ID: form.
        ("resident-id:", length(kind, eighteen, 0)),
        ("resident-id:11010519491231002", length(kind, eighteen, 17)),
        ("resident-id:11010519491231002XX", length(kind, eighteen, 19)),
        ("resident-id: 11010519491231002X", length(kind, eighteen, 19)),
        ("resident-id:11010519491231002x", small(kind, 18)),
        ("resident-id:1101051949123100２X", character(kind, 17, "a digit")),
        ("resident-id:1X010519491231002X", character(kind, 2, "a digit")),
        ("resident-id:11010519491231002Y", character(kind, 18, "a digit or `X`")),
        ("resident-id:110105491231002", DocumentError::OldResidentId),
        ("resident-id:11010549123100X", length(kind, eighteen, 15)),
        // Its birth date: no 29 February in 1999 nor 1900, no 31 April, no month 13 nor 0, no day 0.
        ("resident-id:410105199902290014", DocumentError::NoSuchDay { kind }),
        ("resident-id:410105190002290018", DocumentError::NoSuchDay { kind }),
        ("resident-id:410105202004310014", DocumentError::NoSuchDay { kind }),
        ("resident-id:410105202013010013", DocumentError::NoSuchDay { kind }),
        ("resident-id:41010520200600001X", DocumentError::NoSuchDay { kind }),
        ("resident-id:110101187712310016", DocumentError::BirthYear { kind }),
        ("resident-id:411102210101010015", DocumentError::BirthYear { kind }),
        // Its check digit, and its place.
        ("resident-id:110105194912310021", DocumentError::CheckDigit { kind }),
        ("resident-id:100101199001010013", place(kind)),
        ("resident-id:660101199001010012", place(kind)),
        ("resident-id:710101199001010017", place(kind)),
        ("resident-id:810101199001010010", place(kind)),
        (
            "resident-id:810000199408230021",
            DocumentError::OtherKind { is: Kind::HongKongMacauTaiwanResidence },
        ),
        ("resident-id:911124198108030024", DocumentError::OtherKind { is: Kind::ForeignPermanentResidence }),
    ]
}

fn refused_passports_and_permits() -> Refusals {
    vec![
        // Passports.
        ("passport:C01X00T47", DocumentError::NoCountry),
        ("passport:C01X00T47:DE", DocumentError::UnknownCountry { nearest: None }),
        ("passport:de:C01X00T47", DocumentError::UnknownCountry { nearest: Some("DE") }),
        ("passport:DEU:C01X00T47", DocumentError::UnknownCountry { nearest: None }),
        ("passport:DE:", length(Kind::Passport, "one to nine characters", 0)),
        ("passport:DE:C01X00T479", length(Kind::Passport, "one to nine characters", 10)),
        ("passport:DE:C01X00T4<", character(Kind::Passport, 9, "a capital letter or a digit")),
        ("passport:DE:c01X00T47", small(Kind::Passport, 1)),
        ("passport:DE:C01:00T47", character(Kind::Passport, 4, "a capital letter or a digit")),
        // Travel permits.
        ("hong-kong-macau-permit:H0123456", length(Kind::HongKongMacauPermit, "9 or 11 characters", 8)),
        ("hong-kong-macau-permit:H012345678", length(Kind::HongKongMacauPermit, "9 or 11 characters", 10)),
        ("hong-kong-macau-permit:H01234567000", length(Kind::HongKongMacauPermit, "9 or 11 characters", 12)),
        ("hong-kong-macau-permit:K01234567", character(Kind::HongKongMacauPermit, 1, "`H` or `M`")),
        ("hong-kong-macau-permit:h01234567", small(Kind::HongKongMacauPermit, 1)),
        ("hong-kong-macau-permit:HO1234567", character(Kind::HongKongMacauPermit, 2, "a digit")),
        ("taiwan-permit:0123456", length(Kind::TaiwanPermit, "8 digits", 7)),
        ("taiwan-permit:012345678", length(Kind::TaiwanPermit, "8 digits", 9)),
        ("taiwan-permit:T1234567", character(Kind::TaiwanPermit, 1, "a digit")),
    ]
}

fn refused_residence() -> Refusals {
    let residence = "15 characters (three letters and 12 digits) or 18 (a `9`, 16 digits, and a last one that may be `X`)";
    let kind = Kind::ForeignPermanentResidence;
    vec![
        // Permanent residence, before and since 2023.
        ("foreign-permanent-residence:KAZ11009012310", length(kind, residence, 14)),
        ("foreign-permanent-residence:KAZ1100901231055", length(kind, residence, 16)),
        ("foreign-permanent-residence:KAZ110090123106", DocumentError::CheckDigit { kind }),
        ("foreign-permanent-residence:KA1110090123105", character(kind, 3, "a capital letter")),
        ("foreign-permanent-residence:FRA310000023009", DocumentError::NoSuchDay { kind }),
        ("foreign-permanent-residence:DEU410001022906", DocumentError::NoSuchDay { kind }),
        ("foreign-permanent-residence:DEU990090123103", place_of_2017()),
        ("foreign-permanent-residence:811124198108030024", character(kind, 1, "`9`")),
        ("foreign-permanent-residence:911124198108030025", DocumentError::CheckDigit { kind }),
        ("foreign-permanent-residence:911124198102290028", DocumentError::NoSuchDay { kind }),
        ("foreign-permanent-residence:971124198108030025", place(kind)),
        // Residence permits of Hong Kong, Macau and Taiwan.
        ("hong-kong-macau-taiwan-residence:840000199001010014", place(Kind::HongKongMacauTaiwanResidence)),
        ("hong-kong-macau-taiwan-residence:830001199201300029", place(Kind::HongKongMacauTaiwanResidence)),
        (
            "hong-kong-macau-taiwan-residence:810000199408230022",
            DocumentError::CheckDigit { kind: Kind::HongKongMacauTaiwanResidence },
        ),
    ]
}

fn refused_children() -> Refusals {
    let kind = Kind::ChildWithoutDocument;
    vec![
        // Children.
        ("child:11010519491231002X", DocumentError::ChildForm),
        ("child:2020-05-01:1", DocumentError::ChildForm),
        ("child:11010519491231002X:2020-05-01:1", DocumentError::NoKind),
        ("child:resident-id:11010519491231002X:2020-05-01:0", DocumentError::ChildOrdinal),
        ("child:resident-id:11010519491231002X:2020-05-01:10", DocumentError::ChildOrdinal),
        ("child:resident-id:11010519491231002X:2020-05-01:01", DocumentError::ChildOrdinal),
        ("child:resident-id:11010519491231002X:2020-05-01:+", DocumentError::ChildOrdinal),
        ("child:resident-id:11010519491231002X:2021-02-29:1", DocumentError::NoSuchDay { kind }),
        ("child:resident-id:11010519491231002X:2101-01-01:1", DocumentError::BirthYear { kind }),
        ("child:resident-id:11010519491231002X:2020/05/01:1", character(kind, 5, "a hyphen")),
        (
            "child:resident-id:11010519491231002X:2020-5-1:1",
            length(kind, "a birth date of 10 characters, as in `2020-05-01`", 8),
        ),
        ("child:resident-id:11010519491231002X:1949-12-31:1", DocumentError::ChildOlderThanGuardian),
        ("child:child:resident-id:11010519491231002X:2020-05-01:1:2021-05-01:1", DocumentError::ChildOfChild),
        (
            "child:resident-id:110105194912310021:2020-05-01:1",
            DocumentError::CheckDigit { kind: Kind::ResidentId },
        ),
    ]
}

fn refused_desk_numbers() -> Refusals {
    let kind = Kind::DeskNumber;
    vec![
        ("desk-number:01234567897", length(kind, "12 digits", 11)),
        ("desk-number:0123456789781", length(kind, "12 digits", 13)),
        ("desk-number:0123 4567 8978", length(kind, "12 digits", 14)),
        ("desk-number:01234567897X", character(kind, 12, "a digit")),
        ("desk-number:012345678979", DocumentError::CheckDigit { kind }),
        // What leaves the right rest with check digits that none has: 01 for 98, 00 for 97, 99 for 02.
        ("desk-number:000000000001", DocumentError::CheckDigit { kind }),
        ("desk-number:000000003299", DocumentError::CheckDigit { kind }),
        ("desk-number:000000006500", DocumentError::CheckDigit { kind }),
    ]
}

fn place(kind: Kind) -> DocumentError {
    let allowed = match kind {
        Kind::ForeignPermanentResidence => "`9` and then the two digits of a province",
        Kind::HongKongMacauTaiwanResidence => "`810000`, `820000` or `830000`",
        Kind::ResidentId
        | Kind::Passport
        | Kind::HongKongMacauPermit
        | Kind::TaiwanPermit
        | Kind::ChildWithoutDocument
        | Kind::DeskNumber => "the two digits of a province, `11` to `65`",
    };
    DocumentError::Place { kind, allowed }
}

fn place_of_2017() -> DocumentError {
    DocumentError::Place {
        kind: Kind::ForeignPermanentResidence,
        allowed: "three letters and then the digits of a province",
    }
}

#[test]
fn a_good_number_is_read_and_printed_back() {
    for (wire, covered, birth, sex) in GOOD {
        let document: Document = wire.parse().unwrap_or_else(|error| panic!("{wire}: {error}"));
        assert_eq!(document.to_wire(), *wire);
        assert_eq!(document.masked().to_string(), *covered, "{wire}");
        assert_eq!(document.birth_date(), birth.map(|(year, month, day)| date(year, month, day)), "{wire}");
        assert_eq!(document.sex(), *sex, "{wire}");
        assert!(wire.starts_with(&format!("{}:", document.kind())));
    }
    let mut kinds: Vec<_> = GOOD.iter().map(|(wire, ..)| wire.parse::<Document>().unwrap().kind()).collect();
    kinds.dedup();
    assert_eq!(kinds.len(), Kind::ALL.len(), "the table has every kind");
}

#[test]
fn a_bad_number_is_refused_with_its_reason() {
    for (wire, reason) in refused() {
        assert_eq!(wire.parse::<Document>(), Err(reason), "{wire}");
    }
}

#[test]
fn messages_say_what_to_do() {
    let rows = [
        (
            "resident-id:110105491231002",
            "a resident-id of 15 digits is the form before 1999: write the 18 characters on the present card",
        ),
        (
            "resident-id:11010519491231002x",
            "character 18 of a resident-id is a small letter: write it as a capital",
        ),
        (
            "resident-id:110105194912310021",
            "the check digit of this resident-id does not fit: a character is wrong, or two are swapped",
        ),
        (
            "resident-id:830000199201300022",
            "this is the number of a hong-kong-macau-taiwan-residence: write `hong-kong-macau-taiwan-residence:` \
             before it",
        ),
        ("taiwan-permit:0123456", "a taiwan-permit has 8 digits; this has 7 characters"),
        ("passport:de:C01X00T47", "the country of the passport is unknown: did you mean `DE`?"),
    ];
    for (wire, message) in rows {
        assert_eq!(wire.parse::<Document>().unwrap_err().to_string(), message);
    }
}

/// Every run of five characters of a number, as a leak would show it; those across a colon
/// of the wire form aside, and those that messages have by themselves.
fn runs(wire: &str) -> Vec<String> {
    let secret: Vec<char> = wire.chars().filter(|c| !c.is_ascii_lowercase() && *c != '-').collect();
    let own = [":", "810000", "820000", "830000"];
    let run = |window: &[char]| window.iter().collect::<String>();
    secret
        .windows(5)
        .map(run)
        .filter(|run| !own.iter().any(|text| text.contains(run.as_str()) || run.contains(text)))
        .collect()
}

#[test]
fn neither_debug_nor_an_error_ever_shows_a_number() {
    let mut shown = Vec::new();
    for (wire, ..) in GOOD {
        let document: Document = wire.parse().unwrap();
        let debug = match &document {
            Document::ResidentId(inner) => format!("{inner:?}"),
            Document::Passport(inner) => format!("{inner:?}"),
            Document::HongKongMacauPermit(inner) => format!("{inner:?}"),
            Document::TaiwanPermit(inner) => format!("{inner:?}"),
            Document::ForeignPermanentResidence(inner) => format!("{inner:?}"),
            Document::HongKongMacauTaiwanResidence(inner) => format!("{inner:?}"),
            Document::ChildWithoutDocument(inner) => format!("{inner:?}"),
            Document::DeskNumber(inner) => format!("{inner:?}"),
        };
        shown.push((
            *wire,
            format!("{document:?} {:?} {document:#?} {debug} {}", document.masked(), document.masked()),
        ));
    }
    for (wire, error) in refused() {
        shown.push((wire, format!("{error} {error:?}")));
    }
    let mut held = 0;
    for (wire, text) in shown {
        for run in runs(wire) {
            assert!(!text.contains(&run), "`{run}` of `{wire}` is shown in `{text}`");
            held += 1;
        }
        let birth = ["1949", "12-31", "2020-02-29", "1981"].into_iter().filter(|day| wire.contains(day));
        assert!(
            birth.clone().all(|day| !text.contains(day)),
            "the birth date of `{wire}` is shown in `{text}`"
        );
    }
    assert!(held > 800, "only {held} runs were held against what is shown");
}

#[test]
fn a_permit_keeps_its_first_nine_characters_for_life() {
    for (wire, for_life) in [
        ("hong-kong-macau-permit:H01234567", "H01234567"),
        ("hong-kong-macau-permit:H0123456700", "H01234567"),
        ("hong-kong-macau-permit:H0123456701", "H01234567"),
        ("hong-kong-macau-permit:M0123456701", "M01234567"),
    ] {
        let Document::HongKongMacauPermit(permit) = wire.parse().unwrap() else { panic!("{wire}") };
        assert_eq!(permit.for_life(), for_life);
    }
}

#[test]
fn a_child_can_be_made_from_a_guardians_document_but_not_from_a_childs() {
    let guardian: Document = "passport:DE:C01X00T47".parse().unwrap();
    let child = ChildWithoutDocument::new(guardian, date(2022, 6, 13), 2).unwrap();
    assert_eq!(child.ordinal(), 2);
    assert!(
        matches!(child.guardian(), Document::Passport(passport) if passport.country() == "DE".parse::<Country>().unwrap())
    );
    let child = Document::ChildWithoutDocument(child);
    assert_eq!(child.to_wire(), "child:passport:DE:C01X00T47:2022-06-13:2");
    assert_eq!(ChildWithoutDocument::new(child, date(2040, 1, 1), 1), Err(DocumentError::ChildOfChild));
}

#[test]
fn persons_with_other_numbers_are_other_persons() {
    let all: Vec<Document> = GOOD.iter().map(|(wire, ..)| wire.parse().unwrap()).collect();
    for (at, one) in all.iter().enumerate() {
        for (other_at, other) in all.iter().enumerate() {
            assert_eq!(one == other, at == other_at);
        }
    }
}
