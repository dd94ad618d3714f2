//! Parameters as Meta takes them: from the query, a form or JSON, and lists also as JSON inside a form.

use std::collections::BTreeMap;

use serde_json::Value;

use super::problem::Problem;

/// Of a call, by name.
pub(super) type Parameters = BTreeMap<String, Value>;

/// A parameter as text; absent and empty are the same.
pub(super) fn text(params: &Parameters, name: &str) -> Option<String> {
    match params.get(name)? {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

/// A parameter as a yes or no.
pub(super) fn flag(params: &Parameters, name: &str) -> Result<bool, Problem> {
    match text(params, name).as_deref() {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(_) => Err(Problem::parameter(format_args!(
            "Param {name} must be a boolean"
        ))),
    }
}

pub(super) fn offset(value: Option<&Value>) -> Result<Option<u64>, Problem> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => number.as_u64().map(Some).ok_or_else(not_an_offset),
        Some(Value::String(text)) => text.parse().map(Some).map_err(|_| not_an_offset()),
        Some(_) => Err(not_an_offset()),
    }
}

fn not_an_offset() -> Problem {
    Problem::parameter("Param thumb_offset must be an integer")
}

/// A list that may have come as JSON inside a form.
pub(super) fn list(value: Option<&Value>, name: &str) -> Result<Vec<Value>, Problem> {
    match value.map(unwrapped) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(Problem::parameter(format_args!(
            "Param {name} must be an array"
        ))),
    }
}

pub(super) fn unwrapped(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        other => other.clone(),
    }
}

/// Ids, as an array, as JSON of one, or with commas between.
pub(super) fn ids(value: Option<&Value>) -> Vec<String> {
    let word = |item: &Value| match item {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    match value.map(unwrapped) {
        Some(Value::Array(items)) => items.iter().map(word).collect(),
        Some(Value::String(text)) => text.split(',').map(|id| id.trim().to_owned()).collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(other) => vec![word(&other)],
    }
}

/// Those of a test.
#[cfg(test)]
pub(super) fn parameters(object: &Value) -> Parameters {
    let fields = object.as_object().expect("an object").clone();
    fields.into_iter().collect()
}
