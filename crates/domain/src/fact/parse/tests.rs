//! What the vocabulary takes, and what it refuses with which column.

use super::*;

fn raw<'a>(row: &'a str) -> RawFact<'a> {
    let words: Vec<&'a str> = row.split(',').collect();
    RawFact {
        kind: words[0],
        value: words[1],
        at: words[2],
        until: words[3],
        region: words[4],
        issuer: words[5],
        evidence: words[6],
    }
}

#[test]
fn each_kind_is_taken_from_its_issuer_with_its_evidence() {
    for row in [
        "diagnosis,confirmed,2022-06-13,,,hospital:H-1,CASE-1",
        "discharge,recovered,2022-06-13,,,cdc,CASE-1",
        "contact,close,2022-06-13,,,cdc:410100,INV-7",
        "isolation,central,2022-06-13,,,community,ORDER-1",
        "isolation,home,2022-06-13,2022-06-20,,cdc,ORDER-1",
        "release,early,2022-06-13,,,cdc,ORDER-1",
        "test,negative,2022-06-13T09:40:00+08:00,,,laboratory,S-1",
        "screening,due,2022-06-13,2022-06-14,,cdc,N-1",
        "stay,declared,2022-06-13,,410100,self,",
        "stay,carrier,2022-06-13,2022-06-15,410100,carrier,R-1",
        "entry,JP,2022-06-13,,310115,border,E-1",
        "symptom,fever,2022-06-13,,,self,",
        "checkin,well,2022-06-13,,,community,",
        "vaccination,3,2022-06-13,,,hospital,B-1",
        "foreign-status,red,2022-06-13,,440000,region:440000,C-1",
    ] {
        let fact = Fact::parse(&raw(row)).unwrap_or_else(|e| panic!("{row}: {e}"));
        assert!(row.starts_with(fact.kind().word()));
    }
}

#[test]
fn what_the_vocabulary_does_not_allow_is_refused_with_its_column() {
    for (row, column, part) in [
        ("bank-depositor,yes,2022-06-13,,,cdc,X", Column::Kind, "payment"),
        ("latitude,37.5,2022-06-13,,,cdc,X", Column::Kind, "coordinate"),
        ("contacts,close,2022-06-13,,,cdc,X", Column::Kind, "contact list"),
        ("contract,close,2022-06-13,,,cdc,X", Column::Kind, "`contact`"),
        ("contact,clsoe,2022-06-13,,,cdc,X", Column::Value, "`close`"),
        ("contact,close,13/06/2022,,,cdc,X", Column::At, "not a day"),
        ("contact,close,2022-06-13,2022-06-14,,cdc,X", Column::Until, "takes no `until`"),
        ("contact,close,2022-06-13,,410100,cdc,X", Column::Region, "takes no `region`"),
        ("contact,close,2022-06-13,,,police,X", Column::Issuer, "class of issuer"),
        ("contact,close,2022-06-13,,,community,X", Column::Issuer, "not entitled"),
        ("contact,close,2022-06-13,,,cdc,", Column::Evidence, "investigation number"),
        ("contact,close,2022-06-13,,,cdc,see file", Column::Evidence, "cannot stand"),
        ("entry,JP,2022-06-13,,310115,community,E-1", Column::Issuer, "`border`"),
        ("entry,JP,2022-06-13,,,border,E-1", Column::Region, "is empty"),
        ("stay,ticket,2022-06-13,,410100,self,", Column::Issuer, "`transport`"),
        ("stay,carrier,2022-06-13T08:00:00Z,,410100,carrier,R-1", Column::At, "days only"),
        ("stay,declared,2022-06-13,2022-06-12,410100,self,", Column::Until, "before"),
        ("screening,due,2022-06-13,,,cdc,N", Column::Until, "is empty"),
        ("symptom,fever,2022-06-13,,,self,S-1", Column::Evidence, "takes no"),
        ("diagnosis,confirmed,2022-06-13,,,appeal,CASE-1", Column::Issuer, "not entitled"),
        ("retract,because,2022-06-13,,,cdc,contact/close@2022-06-01", Column::Value, "reason"),
        ("retract,wrong-person,2022-06-13,,,cdc,", Column::Evidence, "kind/value@at"),
    ] {
        let error = Statement::parse(&raw(row)).unwrap_err();
        assert_eq!(error.column(), column, "{row}: {error}");
        assert!(error.to_string().contains(part), "{row}: {error}");
    }
}

#[test]
fn no_error_repeats_what_a_shifted_cell_may_hold() {
    for secret in ["ZhangSan", "张三", "110101199001011234", "13812345678", "Zhang San Road 5"] {
        for row in [
            format!("{secret},close,2022-06-13,,,cdc,X"),
            format!("contact,{secret},2022-06-13,,,cdc,X"),
            format!("contact,close,{secret},,,cdc,X"),
            format!("contact,close,2022-06-13,,,{secret},X"),
            format!("stay,declared,2022-06-13,{secret},410100,self,"),
            format!("stay,declared,2022-06-13,,{secret},self,"),
            format!("entry,{secret},2022-06-13,,310115,border,X"),
            format!("vaccination,{secret},2022-06-13,,,hospital,X"),
        ] {
            let error = Statement::parse(&raw(&row)).unwrap_err().to_string();
            assert!(!error.contains(secret), "{row}: {error}");
        }
    }
}

#[test]
fn a_retraction_takes_back_its_issuers_own_fact_and_an_appeal_anybodys() {
    let fact = Fact::parse(&raw("contact,close,2022-06-01,,,cdc:a,INV-7")).unwrap();
    let by = |issuer: &str, name: &str| {
        let row = format!("retract,entered-in-error,2022-06-13,,,{issuer},{name}");
        let Ok(Statement::Retraction(r)) = Statement::parse(&raw(&row)) else { panic!("{row}") };
        r.takes_back(&fact)
    };
    assert!(by("cdc:a", "contact/close@2022-06-01"));
    assert!(by("appeal", "contact/close@2022-06-01"));
    assert!(!by("cdc:b", "contact/close@2022-06-01"));
    assert!(!by("cdc:a", "contact/close@2022-06-02"));
    assert!(!by("cdc:a", "contact/secondary@2022-06-01"));
}
