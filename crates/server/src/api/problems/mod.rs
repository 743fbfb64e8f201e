//! Problems: what each name in a refusal's `type` means, and what to do.

pub mod get;
pub mod list;
