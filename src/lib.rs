//! LeadGen Pro: the service behind the sales staff of a Hajj and Umrah travel organisation.

pub mod ids;
pub mod policy;
