//! A second organisation puts its name under a fact that no laboratory proves.

pub mod due;
pub mod give;
