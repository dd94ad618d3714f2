//! Who is in the hierarchy: sign-up, invitations, roles, console edits, departure, the command line.

mod accounts;
mod blocking;
mod command_line;
mod console;
mod denials;
mod departures;
mod fields;
mod inviting;
mod orders;
mod outage;
mod placing;
mod provisioning;
mod revocation;
mod round_trips;

use serde_json::Value;

use crate::support::{App, documents};

/// A user's document without its moments, which no test can know.
async fn user(app: &App, uid: &str) -> Option<Value> {
    let mut document = documents::get(&app.project, &format!("users/{uid}")).await?;
    let fields = document.as_object_mut().unwrap();
    fields.remove("createdAt");
    fields.remove("updatedAt");
    Some(document)
}

/// A field of a user's document.
async fn field(app: &App, uid: &str, name: &str) -> Value {
    user(app, uid).await.unwrap()[name].clone()
}

/// Writes fields of a user's document as an administrator does in the console, and waits for what follows.
async fn edit(app: &App, uid: &str, values: Value, fields: &[&str]) {
    let path = format!("users/{uid}");
    let status = documents::patch_as("owner", &app.project, &path, values, fields).await;
    assert_eq!(status, 200);
    app.events.delivered().await;
}
