//! The tables and how they came to be: forward only, each step in one transaction with its number.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

/// The steps, each the former version's tables made into the next's.
const STEPS: &[&str] = &[
    include_str!("migrations/1.sql"),
    include_str!("migrations/2.sql"),
    include_str!("migrations/3.sql"),
    include_str!("migrations/4.sql"),
    include_str!("migrations/5.sql"),
    include_str!("migrations/6.sql"),
    include_str!("migrations/7.sql"),
    include_str!("migrations/8.sql"),
    include_str!("migrations/9.sql"),
    include_str!("migrations/10.sql"),
    include_str!("migrations/11.sql"),
    include_str!("migrations/12.sql"),
    include_str!("migrations/13.sql"),
    include_str!("migrations/14.sql"),
    include_str!("migrations/15.sql"),
    include_str!("migrations/16.sql"),
    include_str!("migrations/17.sql"),
    include_str!("migrations/18.sql"),
    include_str!("migrations/19.sql"),
    include_str!("migrations/20.sql"),
    include_str!("migrations/21.sql"),
    include_str!("migrations/22.sql"),
    include_str!("migrations/23.sql"),
    include_str!("migrations/24.sql"),
    include_str!("migrations/25.sql"),
    include_str!("migrations/26.sql"),
    include_str!("migrations/27.sql"),
    include_str!("migrations/28.sql"),
    include_str!("migrations/29.sql"),
    include_str!("migrations/30.sql"),
];

/// The version that this program writes.
pub(crate) const VERSION: usize = STEPS.len();

/// What a database's tables say of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Found {
    /// Nothing yet, or an earlier version.
    Older(usize),
    /// This program's.
    Same,
    /// A later program's.
    Newer(usize),
    /// The number says one version, the tables are another's: somebody changed them, or half of a step is there.
    Torn(usize),
}

fn steps() -> Migrations<'static> {
    Migrations::new(STEPS.iter().map(|sql| M::up(sql)).collect())
}

/// Which version a database is, checked against the tables that the version has.
pub(crate) fn look(connection: &Connection) -> rusqlite::Result<Found> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    if version > VERSION {
        return Ok(Found::Newer(version));
    }
    if tables(connection)? != expected(version)? {
        return Ok(Found::Torn(version));
    }
    Ok(if version == VERSION { Found::Same } else { Found::Older(version) })
}

/// Brings a database to this program's version.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite_migration::Result<()> {
    steps().to_latest(connection)
}

/// Brings a database to a former version, for a test of the steps from there.
#[cfg(test)]
pub(crate) fn migrate_to(connection: &mut Connection, version: usize) -> rusqlite_migration::Result<()> {
    steps().to_version(connection, version)
}

fn expected(version: usize) -> rusqlite::Result<Vec<(String, String)>> {
    let model = Connection::open_in_memory()?;
    for step in STEPS.iter().take(version) {
        model.execute_batch(step)?;
    }
    tables(&model)
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    connection.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mingma_domain::fact::Kind;
    use mingma_registry::access::{AccessRow, Challenge};
    use mingma_registry::conformance::{
        FACTS, change, document, every_fact, fact, intake, notice, one_of_each, one_of_each_access, person,
    };
    use mingma_registry::journal::Former;
    use mingma_registry::row::{PersonRow, RecordedFact};
    use mingma_registry::store::Newcomer;
    use mingma_registry::words::NoticeKind;
    use mingma_registry::{Applied, NoEntropy, Rng, Store as _};
    use pollster::block_on;

    use super::*;
    use crate::rows::nanos;
    use crate::vault::Vault;
    use crate::{Settings, SqliteStore, folder, open, write};

    struct Same;

    impl Rng for Same {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
            bytes.fill(7);
            Ok(())
        }
    }

    #[test]
    fn codes_from_before_there_were_lists_are_brought_over_and_have_no_place() {
        let dir = tempfile::TempDir::new().unwrap();
        let master = folder::key(dir.path(), &Same).unwrap();
        let vault = Vault::new(&master, Arc::new(Same)).unwrap();
        let mut old = open::connect(&folder::database(dir.path()), false).unwrap();
        migrate_to(&mut old, 2).unwrap();
        let newcomer = Newcomer { document: document(1), candidate: person(1) };
        write::identify(&old, &vault, &[newcomer]).unwrap();
        let sql =
            "INSERT INTO codes (person, code, ruleset, paper, issued, expires) VALUES (?1, ?2, 17, 1, 1, 2)";
        old.execute(sql, (person(1).as_bytes(), [5; 16])).unwrap();
        assert_eq!(look(&old).unwrap(), Found::Older(2));
        drop(old);

        let store = SqliteStore::open(dir.path(), Settings::default(), Arc::new(Same)).unwrap();
        let record = block_on(store.record(person(1))).unwrap();
        let [code] = record.codes[..] else { panic!("{:?}", record.codes) };
        assert_eq!((code.id.as_bytes(), code.ruleset.0, code.paper, code.listed), (&[5; 16], 17, true, None));
        assert_eq!(block_on(store.holders(&[person(1)], jiff::Timestamp::UNIX_EPOCH)), Ok(vec![]));
        assert_eq!(block_on(store.reserve(1)), Ok(Some(0)), "the new tables are there, and empty");
    }

    #[test]
    fn looks_from_before_their_policies_were_written_down_are_brought_over() {
        let dir = tempfile::TempDir::new().unwrap();
        folder::key(dir.path(), &Same).unwrap();
        let mut old = open::connect(&folder::database(dir.path()), false).unwrap();
        migrate_to(&mut old, 9).unwrap();
        let sql = "INSERT INTO disclosures (person, disclosure, role, disclosed_to, purpose, at) \
                   VALUES (?1, ?2, 'arbiter', 'staff-7', 'redress', 1)";
        old.execute(sql, (person(1).as_bytes(), [5; 16])).unwrap();
        drop(old);

        let store = SqliteStore::open(dir.path(), Settings::default(), Arc::new(Same)).unwrap();
        let record = block_on(store.record(person(1))).unwrap();
        let [look] = &record.disclosures[..] else { panic!("{:?}", record.disclosures) };
        assert_eq!((look.by.as_str(), &look.policies, &look.case), ("staff-7", &None, &None));
    }

    /// Whether a row has a table in a version.
    fn is_in(version: usize, row: &PersonRow) -> bool {
        match row {
            // Facts and one-time codes are older, but one of their columns is not: they are written as they were.
            PersonRow::Fact(_) | PersonRow::Access(AccessRow::Challenge(_)) => false,
            PersonRow::Request(_)
            | PersonRow::Registration(_)
            | PersonRow::Countersignature(_)
            | PersonRow::Retraction(_) => true,
            PersonRow::Grant(_)
            | PersonRow::Binding(_)
            | PersonRow::Appeal(_)
            | PersonRow::AppealAnswer(_) => version >= 2,
            PersonRow::Access(AccessRow::Ward(_)) => version >= 12,
            PersonRow::Access(_) => version >= 3,
            // Codes are older, but their columns are not: the test above brings them over.
            PersonRow::Code(_) | PersonRow::Revocation(_) => version >= 4,
            // Disclosures are older, but two of their columns are not: a test below brings them over.
            PersonRow::Disclosure(_) => version >= 10,
            PersonRow::Confirmation(_) => version >= 8,
            PersonRow::Amendment(_) => version >= 24,
        }
    }

    /// A fact as programs of former versions wrote it.
    fn former_fact(old: &Connection, row: &RecordedFact) {
        let sql = "INSERT INTO facts (person, fact, kind, value, at, until, region, issuer, evidence, recorded) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1)";
        let (who, fact) = (person(1), &row.fact);
        let values = rusqlite::params![
            who.as_bytes(),
            row.id.as_bytes(),
            fact.kind().word(),
            fact.value().to_string(),
            fact.at().to_string(),
            fact.until().map(|until| until.to_string()),
            fact.region().map(mingma_domain::Region::code),
            fact.issuer().to_string(),
            fact.evidence().map(mingma_domain::fact::Evidence::as_str),
        ];
        old.execute(sql, values).unwrap();
    }

    /// A one-time code as programs of former versions wrote it; none went to where it was to be proved that somebody is reached.
    fn former_challenge(old: &Connection, vault: &Vault, row: &Challenge) {
        let sql = "INSERT INTO challenges (person, challenge, what_for, day, ordinal, sealed_code, at, until_at) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let who = person(1);
        let sealed = write::seal_for(old, vault, who, row.code.digits().as_bytes()).unwrap();
        let values = rusqlite::params![
            who.as_bytes(),
            row.id.as_bytes(),
            row.what_for.word(),
            Challenge::day(row.at),
            row.ordinal,
            sealed,
            nanos(row.at),
            nanos(row.until),
        ];
        old.execute(sql, values).unwrap();
    }

    #[test]
    fn data_of_every_former_version_is_brought_over_whole() {
        for version in 1..VERSION {
            let dir = tempfile::TempDir::new().unwrap();
            let master = folder::key(dir.path(), &Same).unwrap();
            let vault = Vault::new(&master, Arc::new(Same)).unwrap();
            let mut old = open::connect(&folder::database(dir.path()), false).unwrap();
            migrate_to(&mut old, version).unwrap();
            let newcomer = Newcomer { document: document(1), candidate: person(1) };
            write::identify(&old, &vault, &[newcomer]).unwrap();
            let ways_in: Vec<AccessRow> = one_of_each_access().into_iter().map(|(row, _)| row).collect();
            for row in ways_in.iter().filter(|_| version >= 3) {
                if let AccessRow::Challenge(row @ Challenge { unproved: None, .. }) = row {
                    former_challenge(&old, &vault, row);
                }
            }
            let ways_in = ways_in.into_iter().map(PersonRow::Access);
            let known = one_of_each().into_iter().map(|(row, _)| row).chain(ways_in);
            let rows: Vec<PersonRow> = known.filter(|row| is_in(version, row)).collect();
            (0..FACTS).map(every_fact).chain([fact(1)]).for_each(|fact| former_fact(&old, &fact));
            let change = change(person(1), rows.clone(), vec![notice(person(1), 1)], 1);
            if version < 15 {
                write::apply_as_before(&old, &vault, &change, version);
            } else {
                assert_eq!(write::apply(&old, &vault, &[change]), Ok(vec![Applied::Done]));
            }
            assert_eq!(look(&old).unwrap(), Found::Older(version));
            drop(old);

            let store = SqliteStore::open(dir.path(), Settings::default(), Arc::new(Same)).unwrap();
            let record = block_on(store.record(person(1))).unwrap();
            assert_eq!(record.facts.len(), usize::from(FACTS) + 1);
            assert_eq!((record.retractions.len(), record.countersignatures.len()), (1, 1));
            let later = (record.grants.len(), record.bindings.len(), record.appeals.len());
            assert_eq!(later, if version < 2 { (0, 0, 0) } else { (1, 1, 1) }, "version {version}");
            assert_eq!(record.revocations.len(), usize::from(version >= 4), "version {version}");
            assert!(record.registration.as_ref().unwrap().initials.is_some());
            assert_eq!(block_on(store.document(person(1))), Ok(Some(document(1))));
            assert_eq!(block_on(store.due(jiff::Timestamp::MAX, 9)).unwrap().len(), 1);
            let access = block_on(store.access(person(1), jiff::Timestamp::UNIX_EPOCH)).unwrap();
            let ways =
                (access.reaches.len(), access.challenges.len(), access.tries.len(), access.sign_ins.len());
            assert_eq!(ways, if version < 3 { (0, 0, 0, 0) } else { (3, 2, 2, 2) }, "version {version}");
            assert!(access.challenges.iter().all(|code| code.unproved.is_none()), "version {version}");
            let numbered = block_on(store.journal(0, 9)).unwrap();
            assert_eq!(
                numbered.iter().map(|entry| entry.number).collect::<Vec<_>>(),
                [1],
                "version {version}"
            );
            let fed: Vec<u64> =
                block_on(store.later(person(1), 0)).unwrap().iter().map(|entry| entry.number).collect();
            assert_eq!(fed, if version < 9 { vec![] } else { vec![1] }, "version {version}");
            let entry = block_on(store.entries(Some(person(1)))).unwrap().remove(0);
            assert_eq!(entry.former == Former::Unsaid, version < 14, "version {version}");
            assert!(
                entry.commits_to(person(1), &rows),
                "version {version}: what opens it was sealed, not lost"
            );
            drop(store);
            let now = open::connect(&folder::database(dir.path()), true).unwrap();
            assert_eq!(look(&now).unwrap(), Found::Same);
            let clear = "SELECT count(*) FROM journal WHERE salt IS NOT NULL";
            assert_eq!(now.query_row(clear, [], |row| row.get::<_, i64>(0)).unwrap(), 0, "version {version}");
        }
    }

    #[test]
    fn a_submission_of_a_former_version_is_still_known_by_its_key() {
        let dir = tempfile::TempDir::new().unwrap();
        folder::key(dir.path(), &Same).unwrap();
        let mut old = open::connect(&folder::database(dir.path()), false).unwrap();
        migrate_to(&mut old, 2).unwrap();
        let sql = "INSERT INTO submissions (issuer, key, hash, received) VALUES ('cdc:1', 'k-1', ?1, 7)";
        old.execute(sql, [[9_u8; 32]]).unwrap();
        drop(old);

        let store = SqliteStore::open(dir.path(), Settings::default(), Arc::new(Same)).unwrap();
        let (issuer, key) = ("cdc:1".parse().unwrap(), "k-1".parse().unwrap());
        let kept = block_on(store.submission(&issuer, &key)).unwrap().unwrap();
        assert_eq!((kept.rows, kept.request.hash), (None, [9; 32]), "how many rows it had was not kept");
        assert!(kept.refused.is_empty());
        let again = intake(1, "k-1", jiff::Timestamp::UNIX_EPOCH);
        let change = mingma_registry::Change::Submission { issuer, intake: again, counted: Vec::new() };
        let applied = block_on(store.apply(vec![change])).unwrap();
        assert_eq!(applied, [Applied::Exists(mingma_registry::row::RowKind::Request)]);
    }

    #[test]
    fn every_table_that_names_a_person_is_sealed() {
        let model = Connection::open_in_memory().unwrap();
        for step in STEPS {
            model.execute_batch(step).unwrap();
        }
        let sql = "SELECT DISTINCT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
                   WHERE m.type = 'table' AND c.name = 'person' ORDER BY m.name";
        let mut statement = model.prepare(sql).unwrap();
        let named: Vec<String> =
            statement.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap();
        assert!(named.len() > 15, "{named:?}");
        assert_eq!(named, crate::backup::sealed_tables(), "say in `backup/tables.rs` by what its rows end");
    }

    /// So that a person's rows lie in one shard of a sharded database, which keeps a key unique only if it begins with what it is sharded by.
    #[test]
    fn every_key_of_a_person_begins_with_their_id_but_for_the_two_orders_of_the_region() {
        let model = Connection::open_in_memory().unwrap();
        for step in STEPS {
            model.execute_batch(step).unwrap();
        }
        // `WITHOUT ROWID` tables have an index of their primary key; of the others it is the column alone.
        let sql = "WITH named AS (SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
                   WHERE m.type = 'table' AND c.name = 'person') \
                   SELECT n.name, (SELECT name FROM pragma_index_info(i.name) WHERE seqno = 0) AS first \
                   FROM named n JOIN pragma_index_list(n.name) i WHERE i.\"unique\" \
                   UNION SELECT n.name, c.name FROM named n JOIN pragma_table_info(n.name) c WHERE c.pk = 1 ORDER BY 1, 2";
        let mut statement = model.prepare(sql).unwrap();
        let pair = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let keys: Vec<(String, String)> =
            statement.query_map([], pair).unwrap().collect::<rusqlite::Result<_>>().unwrap();
        let others: Vec<_> = keys.iter().filter(|(_, first)| first != "person").collect();
        assert!(keys.len() > 20, "{keys:?}");
        let of = |table: &str, first: &str| (table.to_owned(), first.to_owned());
        assert_eq!(
            others,
            [&of("documents", "document_key"), &of("feed", "place"), &of("journal", "number")],
            "what lies in no shard of a person's is named in docs/decisions/0007-store.md"
        );
    }

    #[test]
    fn the_index_of_codes_has_the_kinds_that_bring_one() {
        let codes = NoticeKind::ALL.iter().filter(|kind| kind.is_code()).map(|kind| kind.word());
        let written = format!("'{}'", codes.collect::<Vec<_>>().join("', '"));
        assert!(STEPS.iter().any(|step| step.contains(&format!("kind IN ({written})"))), "{written}");
    }

    #[test]
    fn the_index_of_unproved_facts_has_the_kinds_of_the_vocabulary() {
        let unproved = Kind::ALL.iter().filter(|kind| !kind.spec().second_organisation.is_empty());
        let listed: Vec<&str> = unproved.map(|kind| kind.word()).collect();
        let written = format!("'{}'", listed.join("', '"));
        assert!(STEPS.iter().any(|step| step.contains(&format!("WHERE kind IN ({written})"))), "{written}");
    }
}
