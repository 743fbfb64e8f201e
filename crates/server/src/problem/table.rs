//! Every problem that there is: its name, its status, what it means and what to do. A test finds any that is not here.

use serde::Serialize;
use utoipa::ToSchema;

/// What a problem means.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Known {
    /// The last part of the `type`.
    pub(crate) name: &'static str,
    /// The status of the answer.
    pub(crate) status: u16,
    /// What it means.
    pub(crate) meaning: &'static str,
    /// What to do.
    pub(crate) help: &'static str,
}

const fn known(name: &'static str, status: u16, meaning: &'static str, help: &'static str) -> Known {
    Known { name, status, meaning, help }
}

/// Every problem, in the order of the names.
pub(crate) const PROBLEMS: &[Known] = &[
    known(
        "above-limit",
        409,
        "More rows of a kind within an hour than the institution may record alone; nothing of this is recorded.",
        "Send the same again when a second office has let it through.",
    ),
    known("address-too-long", 414, "The address is longer than any of ours.", "Shorten the query."),
    known(
        "answered",
        409,
        "The appeal was answered before, and an answer is never changed.",
        "Read the answer at the appeal.",
    ),
    known("backwards", 422, "It would end before it begins.", "Give an end that lies later."),
    known(
        "broken",
        500,
        "The program broke off.",
        "Send the same request again: nothing is kept by half, and nothing twice.",
    ),
    known(
        "busy",
        503,
        "Too much is waiting to be written; nothing of this was kept.",
        "Send it again after a second.",
    ),
    known(
        "challenge-refused",
        403,
        "The challenge is over or was answered, or the signature is by no key that counts for the issuer.",
        "Ask for a new challenge, and sign it with the key that was appointed.",
    ),
    known(
        "class",
        422,
        "Residents and appeals have no key and are not appointed.",
        "Appoint an institution.",
    ),
    known(
        "clock",
        503,
        "The machine's clock went back; nothing is recorded until it is right again.",
        "Send it again later; the operator sets the clock.",
    ),
    known(
        "code-refused",
        403,
        "The document and the code do not fit together, or the code is over.",
        "Ask for a new code.",
    ),
    known(
        "contended",
        409,
        "It is being changed elsewhere at this moment.",
        "Look at it, and change it again.",
    ),
    known(
        "credentials-refused",
        403,
        "Name, password and code do not fit together, or the account has ended.",
        "Wait for the next code: each counts once.",
    ),
    known(
        "cross-site",
        403,
        "The request comes from a page of another site.",
        "Open our own page; a program sends no `origin`.",
    ),
    known(
        "damaged",
        500,
        "What is stored cannot be read as what was written.",
        "The operator restores a backup.",
    ),
    known(
        "days",
        422,
        "For no time, or for too long.",
        "Write a number of days within the limit that the title names.",
    ),
    known(
        "elsewhere",
        403,
        "The person or region lies outside the office's region.",
        "Turn to the office of that region.",
    ),
    known("empty", 422, "There is no row.", "Send 1 to 4,096 rows."),
    known(
        "exists",
        409,
        "It is there already, and such entries are never changed.",
        "Read what is published.",
    ),
    known(
        "fact",
        422,
        "What was sent is no fact of the vocabulary.",
        "The title says which word or date is wrong, and which are right.",
    ),
    known(
        "full",
        507,
        "There is no room to keep anything; nothing of this was kept.",
        "The operator makes room; then send it again.",
    ),
    known(
        "held",
        409,
        "It would make more people of a region worse than one office may decide alone.",
        "Propose it: another person of another office approves it, by the same numbers.",
    ),
    known(
        "in-doubt",
        503,
        "It may have been kept or not.",
        "Send the same request with the same idempotency key: the answer tells.",
    ),
    known(
        "key-reused",
        409,
        "The idempotency key was used for another request.",
        "Take a new key for a new request.",
    ),
    known(
        "life",
        422,
        "For no time, or for longer than a paper counts.",
        "Write a number of days from 1 to 30.",
    ),
    known(
        "media-type",
        415,
        "The body is not marked as JSON.",
        "Send it with `content-type: application/json`.",
    ),
    known(
        "member",
        422,
        "A member of the body cannot be read.",
        "The title names the member and what it may be.",
    ),
    known(
        "method",
        405,
        "The address is right, the method is not.",
        "The header `allow` says which methods there are.",
    ),
    known(
        "no-appointment",
        422,
        "This is no appointment: rules and risk have endpoints of their own.",
        "Use those.",
    ),
    known(
        "no-color",
        409,
        "There is no colour to show: a pop-up blocks it, or no code is issued yet.",
        "Ask for the status: it says why and what ends it.",
    ),
    known(
        "no-consent",
        403,
        "The person has not let the official help.",
        "Ask for the code on their phone, or their slip.",
    ),
    known("no-device", 409, "The session is bound to no device.", "Sign in with the device's public key."),
    known("no-entropy", 503, "The machine gave no randomness.", "Send it again after a second."),
    known(
        "no-place",
        503,
        "There is no place left in a list of codes.",
        "Ask for the code again; the operator looks at the number of lists.",
    ),
    known(
        "no-rules",
        409,
        "No ruleset is in force where the person lives.",
        "Read the published rulesets; the health commission publishes.",
    ),
    known(
        "no-such-fact",
        409,
        "There is no such fact about that person.",
        "Compare the document and the id with your own records.",
    ),
    known(
        "not-a-person",
        403,
        "This is for the person themselves, or for one who may act for them.",
        "Sign in as a person.",
    ),
    known(
        "not-an-institution",
        403,
        "This is for institutions, as long as a key counts for them.",
        "Sign in with the institution's key.",
    ),
    known(
        "not-an-official",
        403,
        "This is for officials, as long as their account counts.",
        "Sign in at the office.",
    ),
    known("not-appointed", 403, "The institution is not appointed.", "The health commission appoints it."),
    known(
        "not-bound",
        403,
        "Nobody has let you act for this person.",
        "The person binds you as an agent, or the community does.",
    ),
    known(
        "not-disputed",
        409,
        "No dispute of the fact waits for an answer.",
        "Confirm a fact when it is disputed, before the dispute is due.",
    ),
    known("not-due", 409, "The fact counts without a second organisation.", "Nothing is to be done."),
    known(
        "not-entitled",
        403,
        "The institution is not entitled to this there and then.",
        "The health commission entitles it.",
    ),
    known(
        "not-found",
        404,
        "There is no such thing, or it is not yours.",
        "Look at the list from which the name comes.",
    ),
    known(
        "not-granted",
        403,
        "The person has not let this program do that, or no longer.",
        "Ask the person to let it in.",
    ),
    known(
        "not-in-the-log",
        409,
        "No published checkpoint of the journal's log stands on the entry yet.",
        "Ask again after a second; where witnesses sign, it may be a minute.",
    ),
    known(
        "not-own",
        403,
        "This is about somebody else.",
        "Ask for your own affairs, or for those of a person who bound you.",
    ),
    known(
        "not-own-word",
        422,
        "A declaration is on one's own word.",
        "Leave facts of others to those who issue them.",
    ),
    known(
        "not-possible",
        409,
        "They cannot be bound.",
        "Register the child first, by a document that names its guardian's.",
    ),
    known("not-registered", 409, "The person has not registered.", "Register first."),
    known(
        "nothing-held",
        409,
        "No batch of that number is held in the office's region.",
        "Read the alarms that are `above-limit` among the publications.",
    ),
    known(
        "other-region",
        422,
        "The rules say they are of another region than the publication.",
        "Publish them for their own region.",
    ),
    known(
        "outside",
        422,
        "It reaches outside the region of the office.",
        "The office of that region does it.",
    ),
    known(
        "overloaded",
        503,
        "Too many requests are under way; nothing of this was done.",
        "Send the same request again in a moment.",
    ),
    known(
        "published",
        409,
        "A ruleset of that name is published, and none is ever edited.",
        "Publish a new one, with a name of its own.",
    ),
    known("purpose", 403, "The role may do this, but not for that purpose.", "The title names the purpose."),
    known(
        "reason",
        422,
        "The reason is an appeal's outcome, not an institution's.",
        "Give `entered-in-error`, `wrong-person` or `unconfirmed`.",
    ),
    known(
        "refused-by-the-check",
        422,
        "The check refuses the ruleset.",
        "Read `mistakes`: each says what speaks against it.",
    ),
    known("role", 403, "The role may not do this at all.", "The title names the role and the act."),
    known(
        "same-organisation",
        403,
        "The fact was recorded by the same organisation.",
        "Another one countersigns it.",
    ),
    known(
        "scope",
        403,
        "The person has let the program do something else.",
        "Ask the person for the scope that is needed.",
    ),
    known(
        "sign-in",
        401,
        "Nobody has signed in, or the session is over.",
        "Sign in; a program sends `authorization: Bearer TOKEN`.",
    ),
    known(
        "signature",
        403,
        "No key that counts for the issuer has signed this.",
        "Sign the canonical bytes with a key that is registered and not withdrawn.",
    ),
    known("size", 422, "Nothing was sent, or too much at once.", "The title says how much is taken."),
    known(
        "slow",
        503,
        "The request was not over in the time that one may take.",
        "Send the same request again: nothing is kept by half, and nothing twice.",
    ),
    known(
        "stopped",
        503,
        "The store takes nothing any more.",
        "The operator opens it anew; `mingma serve` says why it stopped.",
    ),
    known("syntax", 422, "The rules or the examples cannot be read.", "Read `mistakes`: each says where."),
    known("too-large", 413, "The body is larger than 2 MiB.", "Send a batch in parts."),
    known("too-many", 413, "More changes at once than are taken.", "Send a batch in parts."),
    known(
        "too-often",
        429,
        "Too many tries in a short time from one address, for one document or under one name.",
        "Wait as long as `retry-after` says.",
    ),
    known("unknown-issuer", 422, "The issuer is not appointed.", "Appoint it first."),
    known("unknown-key", 422, "There is no such key.", "Compare the point with what is published."),
    known(
        "unlisted",
        409,
        "The code has no place in a status list.",
        "It ends by itself, at the latest a day after it was made.",
    ),
    known(
        "unreadable",
        400,
        "The address, a header or the body cannot be read.",
        "The description at `/openapi.json` says what stands where.",
    ),
    known(
        "vocabulary",
        422,
        "The vocabulary withholds the kind from issuers of that class.",
        "Entitle an issuer of another class.",
    ),
];
