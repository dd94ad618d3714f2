//! Would a mistake in the policy be noticed? Each mutation changes one decision or one line of a shape, and the table's
//! cases must then disagree with what the rules answered.

use leadgen_pro::policy::direct::{Enforcer, Field, Form};
use leadgen_pro::policy::{Action, Actor, Decision, Role, Scope, decide};

use super::differential::table;
use super::people::{people, population};

/// Whether the table's cases tell this enforcer from the rules.
async fn table_tells(enforcer: &Enforcer) -> bool {
    let (people, population) = (people(), population());
    let (cases, answers) = table().await;
    cases
        .iter()
        .zip(answers)
        .any(|(case, rules)| case.allowed(enforcer, &people, &population) != *rules)
}

/// The actions that a direct request can be.
const DIRECT: &[&str] = &[
    "ReadLead",
    "ReadLeadHistory",
    "CreateLead",
    "UpdateLead",
    "DeleteLead",
    "ReadContentRequest",
    "CreateContentRequest",
    "UpdateContentRequest",
    "DeleteContentRequest",
    "ReadChannel",
    "ReadPost",
    "ReadConversation",
    "ReadUser",
    "EditProfile",
    "ReadInvitation",
    "ReadBranch",
    "ReadBudget",
    "ReadLedger",
    "ReadSettings",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_the_decision_does_not_stay_hidden() {
    let roles = [
        Some(Role::Pusat),
        Some(Role::Cabang),
        Some(Role::Mitra),
        None,
    ];
    let mut unnoticed = Vec::new();
    for &name in DIRECT {
        for role in roles {
            let flipped = move |actor: &Actor, action: &Action<'_>| {
                let decision = decide(actor, action);
                let hit = action.name() == name && actor.scope().and_then(Scope::role) == role;
                match (hit, decision) {
                    (false, _) => decision,
                    (true, Decision::Allow) => Decision::Hide,
                    (true, Decision::Forbid | Decision::Hide) => Decision::Allow,
                }
            };
            let enforcer = Enforcer {
                decide: Box::new(flipped),
                ..Enforcer::standing()
            };
            if !table_tells(&enforcer).await {
                unnoticed.push(format!("{name} by {role:?}"));
            }
        }
    }
    assert!(unnoticed.is_empty(), "nobody would notice: {unnoticed:#?}");
}

/// What changes nothing, since another part of the policy says the same: a request is its author's, and only what is
/// pending is changed by a client.
const IMPLIED: &[&str] = &[
    "content_requests: userId required: false",
    "content_requests: userId Text { least: 0, most: 1000 }",
    "content_requests: status editable: true",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_the_shapes_does_not_stay_hidden() {
    let mut unnoticed = Vec::new();
    let standing = Enforcer::standing();
    for (name, shape) in [
        ("leads", &standing.lead),
        ("content_requests", &standing.content_request),
        ("users", &standing.profile),
    ] {
        for (what, mutated) in mutations(shape) {
            let mut enforcer = Enforcer::standing();
            match name {
                "leads" => enforcer.lead = mutated,
                "content_requests" => enforcer.content_request = mutated,
                _ => enforcer.profile = mutated,
            }
            if !table_tells(&enforcer).await {
                unnoticed.push(format!("{name}: {what}"));
            }
        }
    }
    assert_eq!(unnoticed, IMPLIED, "exactly these may go unnoticed");
}

/// The same shape with one thing different, in every way there is.
fn mutations(shape: &[Field]) -> Vec<(String, Vec<Field>)> {
    let mut all = Vec::new();
    for (number, field) in shape.iter().enumerate() {
        let mut with = |what: String, change: &dyn Fn(&mut Vec<Field>)| {
            let mut mutated = shape.to_vec();
            change(&mut mutated);
            all.push((format!("{} {what}", field.name), mutated));
        };
        with("unknown".into(), &|shape| {
            shape.remove(number);
        });
        with(format!("required: {}", !field.required), &|shape| {
            shape[number].required = !field.required;
        });
        with(format!("editable: {}", !field.editable), &|shape| {
            shape[number].editable = !field.editable;
        });
        for form in neighbours(&field.form) {
            with(format!("{form:?}"), &|shape| {
                shape[number].form = form.clone();
            });
        }
    }
    all
}

/// Forms that differ a little.
fn neighbours(form: &Form) -> Vec<Form> {
    let text = |least, most| Form::Text { least, most };
    match form {
        Form::Text { least: 0, most } => vec![text(1, *most), text(0, most - 1), text(0, most + 1)],
        Form::Text { least, most } => {
            let least = *least;
            vec![
                text(least - 1, *most),
                text(least + 1, *most),
                text(least, most - 1),
                text(least, most + 1),
            ]
        }
        Form::OneOf(choices) => (0..choices.len())
            .map(|left_out| {
                let mut fewer = choices.to_vec();
                fewer.remove(left_out);
                Form::OneOf(fewer.leak())
            })
            .chain([text(0, 100)])
            .collect(),
        Form::Id | Form::DocumentId | Form::Phone | Form::Email | Form::Aspect => {
            vec![text(0, 1000), Form::Timestamp]
        }
        Form::Timestamp => vec![Form::RequestTime, Form::Id],
        Form::RequestTime => vec![Form::Timestamp],
        Form::Signature => vec![Form::Timestamp, Form::Map(&[])],
        Form::Map(fields) => mutations(fields)
            .into_iter()
            .filter(|(what, _)| !what.contains("editable"))
            .map(|(_, fields)| Form::Map(fields.leak()))
            .collect(),
    }
}
