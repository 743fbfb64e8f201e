//! A person's status: computed when it is asked for, with all that explains it.

pub mod explained;
pub mod query;
