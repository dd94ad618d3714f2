//! Leads: people who may book.
