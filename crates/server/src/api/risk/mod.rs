//! The risk of regions, as published: about places, never about a person.

pub mod query;
