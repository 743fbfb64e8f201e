//! Short messages, by a gateway that takes JSON over HTTP.

use std::time::Duration;

use mingma_registry::ports::NotDelivered;
use serde_json::Value;
use ureq::Agent;

use crate::config::SmsConfig;
use crate::failure::Failure;

/// A gateway.
pub(crate) struct Sms {
    agent: Agent,
    url: String,
    authorization: Option<String>,
    body: Value,
    no_such_receiver: Vec<u16>,
}

impl Sms {
    /// The gateway of a configuration.
    pub(crate) fn open(config: &SmsConfig) -> Result<Self, Failure> {
        let agent = super::agent(&config.url, Duration::from_secs(config.timeout_seconds))?;
        let body = serde_json::to_value(&config.body).map_err(Failure::new)?;
        Ok(Self {
            agent,
            url: config.url.clone(),
            authorization: config.authorization.clone(),
            body,
            no_such_receiver: config.no_such_receiver.clone(),
        })
    }

    /// Hands a message to the gateway, under an id by which it tells a second copy from a first.
    pub(crate) fn send(&self, id: &str, to: &str, text: &str) -> Result<(), NotDelivered> {
        let body = filled(&self.body, &[("{id}", id), ("{to}", to), ("{text}", text)]).to_string();
        let mut request = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json")
            .header("idempotency-key", id);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let answer = request.send(body).map_err(|_| NotDelivered::Later)?;
        match answer.status().as_u16() {
            // 409: a gateway that knows the id has the message.
            200..=299 | 409 => Ok(()),
            // Only its own manual knows: by most others a gateway refuses whoever asks, or has moved.
            status if self.no_such_receiver.contains(&status) => Err(NotDelivered::Never),
            _ => Err(NotDelivered::Later),
        }
    }
}

/// The body with its places filled, in every text within it; escaping is JSON's own.
fn filled(body: &Value, places: &[(&str, &str)]) -> Value {
    match body {
        Value::String(text) => {
            // In one pass, so that what fills a place is never taken for one.
            let mut out = String::with_capacity(text.len());
            let mut rest = text.as_str();
            while let Some((at, place, with)) = places
                .iter()
                .filter_map(|(place, with)| rest.find(place).map(|at| (at, *place, *with)))
                .min_by_key(|(at, ..)| *at)
            {
                let (before, after) = rest.split_at(at);
                out.push_str(before);
                out.push_str(with);
                rest = after.strip_prefix(place).unwrap_or_default();
            }
            out.push_str(rest);
            Value::String(out)
        }
        Value::Array(items) => items.iter().map(|item| filled(item, places)).collect(),
        Value::Object(members) => {
            let filled = |(name, value): (&String, &Value)| (name.clone(), filled(value, places));
            Value::Object(members.iter().map(filled).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => body.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_filled_wherever_they_stand_and_once() {
        let body = json!({ "to": ["{to}"], "message": { "text": "{text} ({id})" }, "kind": 7 });
        let places = [("{id}", "n-1"), ("{to}", "+86138"), ("{text}", "say \"{to}\"\n")];
        let expected = json!({ "to": ["+86138"], "message": { "text": "say \"{to}\"\n (n-1)" }, "kind": 7 });
        assert_eq!(filled(&body, &places), expected);
    }
}
