//! Posts: what goes out on Instagram and on pages, and that it goes out once.

mod faults;
mod files;
mod kills;
mod ordering;
mod press;
mod schedule;
