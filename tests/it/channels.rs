//! Connected accounts: how they come, how they stay, how they go.

mod connect;
mod consent;
mod disconnect;
mod lab;
mod refresh;
mod rotate;
mod secrecy;
mod year;
