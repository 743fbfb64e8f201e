//! What an entry commits to, in the canonical encoding: a person's rows, a public row, a row of the staff list.
//!
//! One encoding for good: what was committed to years ago must open with today's program. A field that came later stands
//! behind the others, and where a row is from before there is nothing in its place.

use mingma_credential::status::Initials;

use crate::canonical::{Canonical, Hash, sha256};
use crate::id::PersonId;
use crate::retention::Purged;
use crate::row::{Alarm, Confirmation, IssuedCode, PersonRow, PublicRow};
use crate::staff::{StaffChange, StaffRow};
use crate::words::{Doing, Span};

pub(super) fn person_content(person: PersonId, rows: &[PersonRow]) -> Hash {
    sha256(&person_text(person, rows))
}

/// Rows of a person in the canonical encoding: its SHA-256 stands in the commitment.
#[must_use]
pub fn person_text(person: PersonId, rows: &[PersonRow]) -> Vec<u8> {
    let mut text = Canonical::new("mingma/person-rows/1");
    text.bytes(person.as_bytes());
    for row in rows {
        person_row(&mut text, row);
    }
    text.finish()
}

fn issued(text: &mut Canonical, code: &IssuedCode) {
    text.text("code");
    text.bytes(code.id.as_bytes());
    text.text(code.ruleset);
    text.text(code.paper);
    text.text(code.issued);
    text.text(code.expires);
    // Nothing in place of none: entries of before codes had a place go on committing to their rows.
    if let Some(listed) = &code.listed {
        text.text(listed.place.shard);
        text.text(listed.place.index);
        text.text(listed.color);
        text.bytes(listed.device.as_ref().map_or(&[][..], |device| device.as_bytes()));
    }
}

fn person_row(text: &mut Canonical, row: &PersonRow) {
    match row {
        PersonRow::Request(request) => {
            text.text("request");
            text.text(&request.key);
            text.bytes(&request.hash);
            text.text(request.received);
        }
        PersonRow::Registration(registration) => {
            text.text("registration");
            text.text(registration.home);
            text.optional(registration.initials.as_ref().map(Initials::as_str));
            text.text(registration.at);
        }
        PersonRow::Amendment(amendment) => {
            text.text("amendment");
            text.text(amendment.number);
            text.text(amendment.home);
            text.optional(amendment.initials.as_ref().map(Initials::as_str));
            text.text(&amendment.by);
            text.text(amendment.at);
        }
        PersonRow::Fact(recorded) => {
            text.text("fact");
            text.bytes(recorded.id.as_bytes());
            fact(text, &recorded.fact);
            text.text(recorded.recorded);
        }
        PersonRow::Countersignature(second) => {
            text.text("countersignature");
            text.bytes(second.fact.as_bytes());
            text.text(&second.issuer);
            text.text(second.at);
        }
        PersonRow::Retraction(retraction) => {
            text.text("retraction");
            text.bytes(retraction.fact.as_bytes());
            text.text(&retraction.issuer);
            text.text(retraction.reason);
            text.text(retraction.at);
        }
        PersonRow::Code(code) => issued(text, code),
        PersonRow::Revocation(revocation) => {
            text.text("revocation");
            text.bytes(revocation.code.as_bytes());
            text.text(revocation.place.shard);
            text.text(revocation.place.index);
            text.text(revocation.why);
            text.text(revocation.at);
        }
        PersonRow::Grant(grant) => {
            text.text("grant");
            text.bytes(grant.id.as_bytes());
            text.text(&grant.app);
            text.text(grant.scope);
            text.text(grant.from);
            text.text(grant.until);
        }
        PersonRow::Binding(binding) => {
            text.text("binding");
            text.bytes(binding.id.as_bytes());
            text.bytes(binding.agent.as_bytes());
            text.text(binding.tie);
            text.text(binding.from);
            text.text(binding.until);
        }
        PersonRow::Appeal(appeal) => {
            text.text("appeal");
            text.bytes(appeal.id.as_bytes());
            text.bytes(appeal.fact.as_bytes());
            text.text(appeal.ground);
            text.text(appeal.at);
            text.text(appeal.due);
        }
        PersonRow::AppealAnswer(answer) => {
            text.text("appeal-answer");
            text.bytes(answer.appeal.as_bytes());
            text.text(answer.upheld);
            text.text(answer.at);
        }
        PersonRow::Disclosure(disclosure) => {
            text.text("disclosure");
            text.bytes(disclosure.id.as_bytes());
            text.text(disclosure.role);
            text.text(&disclosure.by);
            text.text(disclosure.purpose);
            text.text(disclosure.at);
            // Nothing in place of none, as of codes.
            if let Some(policies) = &disclosure.policies {
                text.text(policies);
                text.optional(disclosure.case.as_ref());
            }
        }
        PersonRow::Confirmation(word) => confirmation(text, word),
        // It changes no colour, and a leaf must not help anybody to find a telephone number.
        PersonRow::Access(_) => {}
    }
}

fn confirmation(text: &mut Canonical, word: &Confirmation) {
    text.text("confirmation");
    text.bytes(word.fact.as_bytes());
    text.text(&word.issuer);
    text.bytes(word.appeal.as_ref().map_or(&[][..], |appeal| appeal.as_bytes()));
    text.text(word.confirmed);
    text.text(word.at);
}

pub(crate) fn fact(text: &mut Canonical, fact: &mingma_domain::Fact) {
    text.text(fact.kind());
    text.text(fact.value());
    text.text(fact.at());
    text.optional(fact.until());
    text.optional(fact.region());
    text.text(fact.issuer());
    text.optional(fact.evidence());
}

/// Who holds which office: the password and the second factor are nobody's to check.
pub(super) fn staff_content(row: &StaffRow) -> Hash {
    sha256(&staff_text(row))
}

/// A row of the staff list in the canonical encoding: its SHA-256 stands in the commitment.
#[must_use]
pub fn staff_text(row: &StaffRow) -> Vec<u8> {
    change_text(&row.into())
}

/// The same of what is read back of it.
pub(super) fn change_text(change: &StaffChange) -> Vec<u8> {
    let mut text = Canonical::new("mingma/staff-row/1");
    match change {
        StaffChange::Account { name, office, region, from, until } => {
            text.text("account");
            text.text(name);
            text.text(office);
            text.text(region);
            text.text(from);
            text.text(until);
        }
        StaffChange::End(end) => {
            text.text("end");
            text.text(&end.name);
            text.text(end.at);
        }
    }
    text.finish()
}

/// What a public row is committed to by.
pub(crate) fn public_content(row: &PublicRow) -> Hash {
    sha256(&public_text(row))
}

/// A public row in the canonical encoding: its SHA-256 stands in the commitment.
#[must_use]
pub fn public_text(row: &PublicRow) -> Vec<u8> {
    let mut text = Canonical::new("mingma/public-row/1");
    match row {
        PublicRow::Issuer(entry) => {
            text.text("issuer");
            text.text(&entry.issuer);
            text.text(&entry.organisation);
            text.text(entry.region);
        }
        PublicRow::Key(entry) => {
            text.text("key");
            text.text(&entry.issuer);
            text.bytes(entry.point.as_bytes());
            text.text(entry.from);
            text.text(entry.until);
        }
        PublicRow::KeyWithdrawn(entry) => {
            text.text("key-withdrawn");
            text.bytes(entry.point.as_bytes());
            text.text(entry.at);
        }
        PublicRow::Entitlement(entry) => {
            text.text("entitlement");
            text.text(entry.capacity);
            text.text(&entry.entitlement.issuer);
            text.text(entry.entitlement.kind);
            text.text(entry.entitlement.region);
            text.text(entry.entitlement.from);
            text.text(entry.entitlement.until);
        }
        PublicRow::EntitlementWithdrawn(entry) => {
            text.text("entitlement-withdrawn");
            text.text(entry.entitlement);
            text.text(entry.at);
        }
        PublicRow::Ruleset(entry) => {
            text.text("ruleset");
            text.text(entry.region);
            text.text(&entry.id);
            text.text(&entry.rules);
            text.text(&entry.examples);
        }
        PublicRow::Proposal(row) => {
            text.text("proposal");
            row.what.write(&mut text);
            row.by.write(&mut text);
        }
        PublicRow::Approval(row) => {
            text.text("approval");
            text.text(row.proposal);
            text.bytes(&row.seen);
            row.by.write(&mut text);
        }
        PublicRow::Emergency(row) => {
            text.text("emergency");
            text.bytes(&row.draft);
            text.optional(row.preview.as_ref());
            text.text(row.ground);
            row.by.write(&mut text);
        }
        PublicRow::LetGo(row) => {
            text.text("let-go");
            text.bytes(&row.draft);
            text.text(&row.preview);
            row.by.write(&mut text);
        }
        PublicRow::Limit(row) => {
            text.text("limit");
            text.text(&row.issuer);
            text.text(row.kind);
            text.text(row.per_hour);
        }
        PublicRow::Alarm(row) => alarm(&mut text, row),
        PublicRow::Allowance(row) => {
            text.text("allowance");
            text.text(row.alarm);
            row.by.write(&mut text);
        }
        PublicRow::Purged(row) => purged(&mut text, row),
        PublicRow::Brought(brought) => {
            text.text("brought");
            text.bytes(&brought.id);
            text.bytes(&brought.file);
            text.text(brought.at);
        }
        PublicRow::Risk(risk) => {
            text.text("risk");
            text.text(risk.region);
            text.text(risk.level);
            text.text(risk.from);
            text.optional(risk.until);
        }
    }
    text.finish()
}

fn purged(text: &mut Canonical, row: &Purged) {
    text.text("purged");
    text.text(row.at);
    for facts in &row.facts {
        text.text(facts.kind);
        text.text(facts.count);
        text.text(facts.first);
        text.text(facts.last);
    }
    text.text(row.others);
    // Nothing in place of what was not told once.
    if let Some(sealed) = &row.sealed {
        text.text("sealed");
        for sealed in sealed {
            text.text(sealed.act);
            text.text(sealed.count);
            text.text(sealed.newest);
        }
    }
}

fn alarm(text: &mut Canonical, row: &Alarm) {
    text.text("alarm");
    text.text(row.why);
    text.text(&row.issuer);
    text.text(row.kind);
    text.text(row.rows);
    text.text(row.usual);
    text.bytes(&row.batch);
    text.text(row.at);
    // Nothing in place of what all alarms were about once.
    if (row.doing, row.within) != (Doing::Recorded, Span::Hour) || row.value.is_some() {
        text.text(row.doing);
        text.text(row.within);
    }
    if let Some(value) = row.value {
        text.text(value);
    }
}
