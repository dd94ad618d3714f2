//! The hierarchy, tried from both sides: the service's decision and the rules that bind direct clients.

mod case;
mod dice;
mod differential;
mod documents;
mod emulator;
mod enumerated;
mod people;
mod random;
