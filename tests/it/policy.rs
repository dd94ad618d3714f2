//! The hierarchy, tried from both sides: the service's decision and the rules that bind direct clients.

mod case;
mod coverage;
mod differential;
mod documents;
mod emulator;
mod enumerated;
mod mistakes;
mod people;
mod policy_mutation;
mod queries;
mod random;
mod rules_mutation;
mod storage;
mod table;
mod values;
