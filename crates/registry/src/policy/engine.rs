//! The policies, read and checked once, and what they decide.
//!
//! The words are those of `policies.cedar`; the facts are the actor's, the subject's and the regions'. What is decided
//! depends on nothing but role, act, purpose and how the actor stands to the subject, of which there are a few thousand: so
//! a decision is asked once and remembered, and a resident who shows a code does not wait for an engine.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::{LazyLock, PoisonError, RwLock};

use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    Policy, PolicySet, PrincipalConstraint, Request, ResourceConstraint, RestrictedExpression, Schema,
    ValidationMode, Validator,
};
use mingma_domain::Region;
use mingma_domain::fact::Evidence;
use thiserror::Error;

use super::{Actor, Denied, Purpose, Role, Subject};
use crate::words::{ActName, Scope};

/// The policies as they are shipped; nothing is added to them while the program runs.
pub const POLICIES: &str = include_str!("policies.cedar");
/// The schema to which they are held.
pub const SCHEMA: &str = include_str!("policies.cedarschema");

/// Why no decision can be made by the policies.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the policies cannot be decided by: {0}")]
pub struct BadPolicies(String);

/// What was decided, and by which policies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Permitted {
    pub(super) policies: Evidence,
    /// Whether the act has to prove that the person lives where the actor is in office.
    pub(super) at_home: bool,
}

/// What a decision is asked about.
#[derive(Clone, Copy)]
pub(super) struct Question<'q> {
    pub(super) actor: &'q Actor,
    pub(super) act: ActName,
    pub(super) purpose: Purpose,
    pub(super) subject: Subject<'q>,
    /// What a program must have been let do for it.
    pub(super) scope: Option<Scope>,
}

/// All that a decision depends on: role, act and purpose; of what sort the subject is; whether it is the actor's own (the
/// person acted for, the issuer itself, a region within the office's); whether a program was let do this.
type Case = (Role, ActName, Purpose, &'static str, bool, bool);

/// What the program reads off a policy without asking it: for whom and what it is, and what its refusal says.
struct Line {
    role: String,
    actions: Vec<String>,
    resource: String,
    id: String,
    refusal: Denied,
    at_home: bool,
}

struct Types {
    actor: EntityTypeName,
    action: EntityTypeName,
    role: EntityTypeName,
    subjects: BTreeMap<&'static str, EntityTypeName>,
}

pub(super) struct Engine {
    authorizer: Authorizer,
    policies: PolicySet,
    lines: Vec<Line>,
    types: Types,
    decided: RwLock<BTreeMap<Case, Result<Permitted, Denied>>>,
}

static ENGINE: LazyLock<Result<Engine, BadPolicies>> = LazyLock::new(|| Engine::read(POLICIES, SCHEMA));

/// The engine over the shipped policies.
///
/// # Errors
/// [`BadPolicies`].
pub(super) fn engine() -> Result<&'static Engine, BadPolicies> {
    ENGINE.as_ref().map_err(Clone::clone)
}

/// Decides by the shipped policies.
pub(super) fn decide(question: &Question<'_>) -> Result<Permitted, Denied> {
    // INVARIANT: a server asks `check` before it listens; where the policies cannot be read, nobody may anything.
    let engine = engine().map_err(|_| Denied::Role { role: question.actor.role(), act: question.act })?;
    engine.decide(question)
}

impl Engine {
    /// The policies of a text, held to a schema.
    ///
    /// # Errors
    /// [`BadPolicies`] unless the program understands them to the last word.
    pub(super) fn read(text: &str, schema: &str) -> Result<Self, BadPolicies> {
        let bad = |error: &dyn std::fmt::Display| BadPolicies(error.to_string());
        let (schema, _) = Schema::from_cedarschema_str(schema).map_err(|e| bad(&e))?;
        let read = PolicySet::from_str(text).map_err(|e| bad(&e))?;
        let said = Validator::new(schema).validate(&read, ValidationMode::Strict);
        if !said.validation_passed_without_warnings() {
            return Err(bad(&said));
        }
        let mut policies = PolicySet::new();
        let mut lines = Vec::new();
        for policy in read.policies() {
            let line = Line::of(policy).ok_or_else(|| bad(&format_args!("not understood: {policy}")))?;
            // Under its own name, which is what decisions are told by.
            let id = line.id.parse().map_err(|e| bad(&e))?;
            policies.add(policy.new_id(id)).map_err(|e| bad(&e))?;
            lines.push(line);
        }
        let named = |name: &'static str| name.parse::<EntityTypeName>().map_err(|e| bad(&e));
        let subjects = ["Nobody", "Person", "Appeal", "Region", "Issuer"];
        let subjects =
            subjects.map(|name| named(name).map(|of| (name, of))).into_iter().collect::<Result<_, _>>()?;
        let types =
            Types { actor: named("Actor")?, action: named("Action")?, role: named("Role")?, subjects };
        Ok(Self { authorizer: Authorizer::new(), policies, lines, types, decided: RwLock::default() })
    }

    /// Decides, from memory if the case was decided before.
    pub(super) fn decide(&self, question: &Question<'_>) -> Result<Permitted, Denied> {
        let case = question.case();
        // A panic elsewhere leaves whole decisions behind.
        let known = self.decided.read().unwrap_or_else(PoisonError::into_inner).get(&case).cloned();
        known.unwrap_or_else(|| {
            let decided = self.ask(question);
            let mut all = self.decided.write().unwrap_or_else(PoisonError::into_inner);
            all.insert(case, decided.clone());
            decided
        })
    }

    /// Decides by asking the policies.
    pub(super) fn ask(&self, question: &Question<'_>) -> Result<Permitted, Denied> {
        let refused = || self.why_not(question);
        let action = action(question.act, question.purpose);
        let (request, entities) = self.request(question, &action).ok_or_else(refused)?;
        let response = self.authorizer.is_authorized(&request, &self.policies, &entities);
        if response.decision() != Decision::Allow {
            return Err(refused());
        }
        let mut ids: Vec<&str> = response.diagnostics().reason().map(AsRef::as_ref).collect();
        ids.sort_unstable();
        let at_home = |id: &&str| self.lines.iter().any(|line| line.id == **id && line.at_home);
        Ok(Permitted {
            policies: ids.join("+").parse().map_err(|_| refused())?,
            // One policy that asks for no proof is enough.
            at_home: ids.iter().all(at_home),
        })
    }

    /// The first reason in the order role, purpose, scope, and what the policy itself gives.
    fn why_not(&self, question: &Question<'_>) -> Denied {
        let Question { actor, act, purpose, subject, scope } = *question;
        let role = actor.role();
        let of_role = || self.lines.iter().filter(|line| line.role == role.word());
        let is_for = |line: &&Line, purpose: Purpose| line.actions.contains(&action(act, purpose));
        if !of_role().any(|line| Purpose::ALL.iter().any(|any| is_for(&line, *any))) {
            return Denied::Role { role, act };
        }
        let mut lines = of_role().filter(|line| is_for(line, purpose)).peekable();
        if lines.peek().is_none() {
            return Denied::Purpose { role, act, purpose };
        }
        if let Actor::App(granted) = actor
            && scope != Some(granted.scope())
        {
            return Denied::Scope;
        }
        // The policy about what is asked for; else one that is not about places, for there is more to say.
        let rank = |line: &&Line| (line.resource != sort(subject), line.resource == "Region");
        lines.min_by_key(rank).map_or(Denied::Role { role, act }, |line| line.refusal)
    }

    /// The request, and whatever it names: the actor with what was proved of them, the subject, the regions around it.
    fn request(&self, question: &Question<'_>, action: &str) -> Option<(Request, Entities)> {
        let Question { actor, subject, scope, .. } = *question;
        let types = &self.types;
        let named = |sort: &str, id: &dyn std::fmt::Display| types.subjects.get(sort).map(|of| uid(of, id));
        let fact = |name: &str, uid| (name.to_owned(), RestrictedExpression::new_entity_uid(uid));
        let mut facts = Vec::with_capacity(2);
        if let Some(person) = actor.person() {
            facts.push(fact("person", named("Person", &person)?));
        }
        if let Actor::Institution(issuer) = actor {
            facts.push(fact("issuer", named("Issuer", issuer)?));
        }
        if let Some(region) = actor.office_in() {
            facts.push(fact("region", named("Region", &region)?));
        }
        if let Actor::App(granted) = actor {
            let scope = RestrictedExpression::new_string(granted.scope().to_string());
            facts.push(("scope".to_owned(), scope));
        }
        let who = uid(&types.actor, &"caller");
        let role = uid(&types.role, &actor.role());
        let mut entities = vec![Entity::new(who.clone(), facts.into_iter().collect(), [role].into()).ok()?];
        let sort = sort(subject);
        let resource = match subject {
            Subject::Nobody => named(sort, &"nobody"),
            Subject::Person(person) => named(sort, &person),
            Subject::Appeal(_, appeal) => named(sort, &appeal),
            Subject::Issuer(issuer) => named(sort, issuer),
            Subject::Region(region) => named(sort, &region),
        }?;
        if let Subject::Region(region) = subject {
            let around = region.ancestors().skip(1).filter_map(|around| named(sort, &around));
            entities.push(Entity::new_no_attrs(resource.clone(), around.collect()));
        }
        let scope =
            scope.map(|scope| ("scope".to_owned(), RestrictedExpression::new_string(scope.to_string())));
        let context = Context::from_pairs(scope).ok()?;
        let request = Request::new(who, uid(&types.action, &action), resource, context, None).ok()?;
        Some((request, Entities::from_entities(entities, None).ok()?))
    }
}

impl Line {
    /// What a policy says of itself; none if it is not of the shape that the program understands.
    fn of(policy: &Policy) -> Option<Self> {
        let PrincipalConstraint::In(role) = policy.principal_constraint() else { return None };
        let actions = match policy.action_constraint() {
            ActionConstraint::In(actions) => actions,
            ActionConstraint::Eq(action) => vec![action],
            ActionConstraint::Any => return None,
        };
        let ResourceConstraint::Is(resource) = policy.resource_constraint() else { return None };
        let refusals = [Denied::NotOwn, Denied::NoConsent, Denied::NoCase, Denied::Elsewhere];
        let word = policy.annotation("refusal")?;
        let refusal = refusals.into_iter().find(|refusal| refusal.word() == word)?;
        let at_home = match policy.annotation("proof") {
            None => false,
            Some("home-in-office") => true,
            Some(_) => return None,
        };
        Some(Self {
            role: role.id().unescaped().to_owned(),
            actions: actions.iter().map(|action| action.id().unescaped().to_owned()).collect(),
            resource: resource.to_string(),
            id: policy.annotation("id")?.to_owned(),
            refusal,
            at_home,
        })
    }
}

impl Question<'_> {
    fn case(&self) -> Case {
        let Question { actor, act, purpose, subject, scope } = *self;
        let own = match subject {
            Subject::Nobody | Subject::Appeal(..) => false,
            Subject::Person(person) => actor.person() == Some(person),
            Subject::Issuer(issuer) => matches!(actor, Actor::Institution(own) if own == issuer),
            Subject::Region(region) => actor.office_in().is_some_and(|office| region.is_in(office)),
        };
        let let_do = matches!(actor, Actor::App(granted) if scope == Some(granted.scope()));
        (actor.role(), act, purpose, sort(subject), own, let_do)
    }
}

impl Actor {
    /// Where somebody is in office.
    pub(super) const fn office_in(&self) -> Option<Region> {
        match self {
            Self::Official { region, .. } => Some(*region),
            Self::Assistant(assisted) => Some(assisted.region()),
            Self::Authority(vouched) => Some(vouched.region()),
            Self::Visitor
            | Self::Resident(_)
            | Self::Agent(_)
            | Self::App(_)
            | Self::Institution(_)
            | Self::Auditor(_) => None,
        }
    }
}

/// Of what sort a subject is, as the schema calls it.
const fn sort(subject: Subject<'_>) -> &'static str {
    match subject {
        Subject::Nobody => "Nobody",
        Subject::Person(_) => "Person",
        Subject::Appeal(..) => "Appeal",
        Subject::Region(_) => "Region",
        Subject::Issuer(_) => "Issuer",
    }
}

fn uid(of: &EntityTypeName, id: &dyn std::fmt::Display) -> EntityUid {
    EntityUid::from_type_name_and_id(of.clone(), EntityId::new(id.to_string()))
}

fn action(act: ActName, purpose: Purpose) -> String {
    format!("{act}:{purpose}")
}

#[cfg(test)]
mod tests;
