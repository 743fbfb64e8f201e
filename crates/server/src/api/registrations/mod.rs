//! Registrations: by which a person is known.

pub mod register;
