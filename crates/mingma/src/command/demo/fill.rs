//! Puts the city into a data folder, by the acts that everybody else uses: there is no other way in.

use std::collections::BTreeMap;
use std::sync::Arc;

use mingma_domain::document::Document;
use mingma_domain::fact::{Fact, IssuerClass, RetractionReason};
use mingma_domain::text::Lang;
use mingma_domain::{Region, Ruleset};
use mingma_registry::acts::{
    Countersign, Declare, Publish, Record, Register, Retract, SetRisk, countersign, declare, publish, record,
    register, retract, set_risk,
};
use mingma_registry::intake::RowAnswer;
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::ports::draw;
use mingma_registry::recognition::credential_id;
use mingma_registry::row::IdempotencyKey;
use mingma_registry::submission::{RawRow, Submission, signed_bytes};
use mingma_registry::{FactId, PersonId};
use mingma_server::App;
use tokio::task::JoinSet;

use super::city::{City, Resident};
use super::foreign;
use super::offices::{Institution, commission};
use super::stories;
use crate::failure::Failure;
use crate::ports::SystemRng;

/// How many residents go about their affairs at once: the store commits what has come meanwhile together.
const AT_ONCE: usize = 512;
/// How many rows an institution submits at a time.
const BATCH: usize = 1_024;

/// Publishes the rules and the risk levels.
pub(super) async fn publish_rules(
    app: &App,
    rules: &str,
    examples: &str,
    city: &City,
) -> Result<(), Failure> {
    let ruleset = Ruleset::parse(rules).map_err(|errors| match errors.first() {
        Some(first) => Failure::new(first),
        None => Failure::new("the rules of the demo cannot be read"),
    })?;
    let wish = Publish { region: ruleset.region, rules: rules.to_owned(), examples: examples.to_owned() };
    let allowed = authorize(commission()?, Purpose::Publication, wish).map_err(Failure::new)?;
    publish(app.registry(), allowed).await.map_err(Failure::new)?;
    for risk in &city.risk {
        let allowed = authorize(commission()?, Purpose::Publication, SetRisk(*risk)).map_err(Failure::new)?;
        set_risk(app.registry(), allowed).await.map_err(Failure::new)?;
    }
    Ok(())
}

/// Everybody registers, declares and is recorded about; gives their ids, in the city's order.
pub(super) async fn people(
    app: &App,
    city: &City,
    institutions: &[Institution],
) -> Result<Vec<PersonId>, Failure> {
    let residents: Vec<Arc<Resident>> = city.residents.clone();
    let persons = everybody(&residents, |resident| arrive(app.clone(), resident)).await?;
    for institution in institutions {
        submit(app, institution, institutions, &residents).await?;
    }
    Ok(persons)
}

/// Does something for every resident, many at once; gives what came of it in their order.
async fn everybody<T, F>(
    residents: &[Arc<Resident>],
    act: impl Fn(Arc<Resident>) -> F,
) -> Result<Vec<T>, Failure>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Failure>> + Send + 'static,
{
    let mut done = BTreeMap::new();
    let mut under_way = JoinSet::new();
    let mut waiting = residents.iter().enumerate();
    loop {
        while under_way.len() < AT_ONCE
            && let Some((place, resident)) = waiting.next()
        {
            let act = act(Arc::clone(resident));
            under_way.spawn(async move { act.await.map(|result| (place, result)) });
        }
        let Some(finished) = under_way.join_next().await else { break };
        let (place, result) = finished.map_err(Failure::new)??;
        done.insert(place, result);
    }
    Ok(done.into_values().collect())
}

/// A resident registers and declares what is on their own word.
async fn arrive(app: App, resident: Arc<Resident>) -> Result<PersonId, Failure> {
    let registry = app.registry();
    let wish = Register {
        document: resident.document.clone(),
        home: resident.home,
        initials: Some(resident.initials.clone()),
        // Nobody is there: the pages of the demo show the code that would be sent.
        contact: Some("resident@demo.example".parse().map_err(Failure::new)?),
        lang: Lang::ZhHans,
    };
    let allowed = authorize(Actor::Visitor, Purpose::SelfService, wish).map_err(Failure::new)?;
    register(registry, allowed).await.map_err(Failure::new)?;
    let found = registry.store().find(&resident.document).await.map_err(Failure::new)?;
    let person = found.ok_or_else(|| Failure::new("a resident of the demo could not register"))?;
    let facts: Vec<Fact> = resident.facts.iter().filter(|fact| is_own_word(fact)).cloned().collect();
    if !facts.is_empty() {
        let wish = Declare { person, key: key("demo")?, facts };
        let allowed = authorize(Actor::Resident(person), Purpose::SelfService, wish).map_err(Failure::new)?;
        declare(registry, allowed).await.map_err(Failure::new)?;
    }
    Ok(person)
}

fn is_own_word(fact: &Fact) -> bool {
    fact.issuer().class() == IssuerClass::Resident
}

fn key(text: &str) -> Result<IdempotencyKey, Failure> {
    text.parse().map_err(Failure::new)
}

/// An institution submits what it knows of the residents; what needs a second organisation is countersigned by one.
async fn submit(
    app: &App,
    institution: &Institution,
    all: &[Institution],
    residents: &[Arc<Resident>],
) -> Result<(), Failure> {
    let known: Vec<(&Document, &Fact, bool)> = residents
        .iter()
        .enumerate()
        .flat_map(|(number, resident)| {
            let wrong = stories::ALL.iter().any(|story| story.resident == number && story.corrected);
            let facts = resident.facts.iter().filter(|fact| fact.issuer() == &institution.issuer).enumerate();
            facts.map(move |(place, fact)| (&resident.document, fact, wrong && place == 0))
        })
        .collect();
    for (number, batch) in known.chunks(BATCH).enumerate() {
        let ids = send(app, institution, &format!("demo-{number}"), batch).await?;
        for ((document, fact, wrong), id) in batch.iter().zip(ids) {
            if fact.value().needs_second_organisation() {
                second(app, all, document, fact, id).await?;
            }
            if *wrong {
                take_back(app, institution, document, id).await?;
            }
        }
    }
    Ok(())
}

/// Sends one batch, signed; gives the facts' ids.
async fn send(
    app: &App,
    institution: &Institution,
    name: &str,
    batch: &[(&Document, &Fact, bool)],
) -> Result<Vec<FactId>, Failure> {
    let texts = batch.iter().map(|(document, fact, _)| row_of(institution, document, fact));
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    let rows: Vec<RawRow<'_>> = texts
        .iter()
        .map(|[person, kind, value, at, until, region, evidence, credential]| RawRow {
            person,
            kind,
            value,
            at,
            until,
            region,
            evidence,
            credential,
        })
        .collect();
    let key = key(name)?;
    let salt = draw(&SystemRng).map_err(Failure::new)?;
    let signed = signed_bytes(&institution.issuer, &key, &salt, &rows);
    let signature = institution.key.sign(&signed).map_err(Failure::new)?;
    let submission =
        Submission::read(institution.issuer.clone(), key, &rows, salt, signature).map_err(Failure::new)?;
    let allowed =
        authorize(institution.actor(), Purpose::OutbreakControl, Record(submission)).map_err(Failure::new)?;
    let answers = record(app.registry(), allowed).await.map_err(Failure::new)?;
    let mut ids = Vec::with_capacity(answers.len());
    for answer in answers {
        match answer {
            RowAnswer::Recorded { id, .. } => ids.push(id),
            RowAnswer::Refused(refusal) => return Err(Failure::new(refusal)),
        }
    }
    Ok(ids)
}

fn row_of(institution: &Institution, document: &Document, fact: &Fact) -> Result<[String; 8], Failure> {
    let code = foreign::code(institution, fact)?;
    let named = code.as_deref().map(credential_id);
    Ok([
        document.to_wire(),
        fact.kind().to_string(),
        fact.value().to_string(),
        fact.at().to_string(),
        fact.until().map_or(String::new(), |until| until.to_string()),
        fact.region().map_or("", Region::code).to_owned(),
        named.or_else(|| fact.evidence().map(ToString::to_string)).unwrap_or_default(),
        code.unwrap_or_default(),
    ])
}

async fn second(
    app: &App,
    all: &[Institution],
    document: &Document,
    fact: &Fact,
    id: FactId,
) -> Result<(), Failure> {
    let other = all.iter().find(|other| other.countersigns(fact.kind()) && other.issuer != *fact.issuer());
    let other = other.ok_or_else(|| Failure::new("nobody in the demo countersigns such a fact"))?;
    let salt = draw(&SystemRng).map_err(Failure::new)?;
    let signed = Countersign::signed_bytes(&other.issuer, &salt, document, id);
    let signature = other.key.sign(&signed).map_err(Failure::new)?;
    let (issuer, document) = (other.issuer.clone(), document.clone());
    let wish = Countersign { issuer, document, fact: id, salt, signature };
    let allowed = authorize(other.actor(), Purpose::OutbreakControl, wish).map_err(Failure::new)?;
    countersign(app.registry(), allowed).await.map_err(Failure::new)
}

async fn take_back(
    app: &App,
    institution: &Institution,
    document: &Document,
    fact: FactId,
) -> Result<(), Failure> {
    let reason = RetractionReason::WrongPerson;
    let salt = draw(&SystemRng).map_err(Failure::new)?;
    let signed = Retract::signed_bytes(&institution.issuer, &salt, document, fact, reason);
    let signature = institution.key.sign(&signed).map_err(Failure::new)?;
    let (issuer, document) = (institution.issuer.clone(), document.clone());
    let wish = Retract { issuer, document, fact, reason, salt, signature };
    let allowed = authorize(institution.actor(), Purpose::Redress, wish).map_err(Failure::new)?;
    retract(app.registry(), allowed).await.map_err(Failure::new)
}
