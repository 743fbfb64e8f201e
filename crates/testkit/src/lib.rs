//! What the tests of every crate share: builders, the slow oracle, corpus runners. It never ships.
