//! Facts, regions, dates, rulesets and the assessment of one person: pure, without I/O, clock or chance.
