//! The signed code: encode, decode, sign and verify, without I/O.
