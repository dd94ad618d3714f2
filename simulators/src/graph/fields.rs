//! Field selection and paging, as every read of the Graph has them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::Refusal;

/// A field that was asked for, with the fields of what it holds.
#[derive(Debug, PartialEq, Eq)]
struct Field {
    name: String,
    inner: Vec<Field>,
}

/// Reads `id,questions{key,label},media.limit(3){id}`.
fn parse(text: &str) -> Vec<Field> {
    let mut rest = text;
    list(&mut rest)
}

fn list(rest: &mut &str) -> Vec<Field> {
    let mut fields = Vec::new();
    loop {
        *rest = rest.trim_start_matches([',', ' ']);
        let end = rest.find([',', '{', '}', '(', '.']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        *rest = after;
        skip_modifiers(rest);
        let inner = match rest.strip_prefix('{') {
            Some(inside) => {
                *rest = inside;
                let inner = list(rest);
                *rest = rest.strip_prefix('}').unwrap_or(rest);
                inner
            }
            None => Vec::new(),
        };
        if !name.trim().is_empty() {
            fields.push(Field {
                name: name.trim().to_owned(),
                inner,
            });
        }
        if rest.is_empty() || rest.starts_with('}') {
            return fields;
        }
    }
}

/// `.limit(3)` and the like change nothing here.
fn skip_modifiers(rest: &mut &str) {
    while let Some(after) = rest.strip_prefix('.') {
        let end = after.find(')').map_or(after.len(), |end| end + 1);
        *rest = &after[end..];
    }
    if rest.starts_with('(') {
        let end = rest.find(')').map_or(rest.len(), |end| end + 1);
        *rest = &rest[end..];
    }
}

/// The names that a call asks for at the top.
pub(super) fn asked(call: &Call) -> Vec<String> {
    let fields = parse(&call.text("fields").unwrap_or_default());
    fields.into_iter().map(|field| field.name).collect()
}

/// The fields of a node that a call asks for, the id always.
///
/// `full` holds every field that the node can have; one that it can have and has not is null, and is left out. Without
/// `fields` the ones in `usual` are given.
pub(super) fn select(
    call: &Call,
    node: &str,
    full: &Value,
    usual: &[&str],
) -> Result<Value, Refusal> {
    let text = call.text("fields").unwrap_or_else(|| usual.join(","));
    pick(node, full, &parse(&text))
}

/// Objects of their own, of which one sees the id alone unless more is asked for.
const LINKS: [&str; 3] = ["children", "instagram_business_account", "owner"];

fn pick(node: &str, full: &Value, fields: &[Field]) -> Result<Value, Refusal> {
    if let Value::Array(items) = full {
        return items.iter().map(|item| pick(node, item, fields)).collect();
    }
    // A connection: its fields are those of what it lists.
    if let Some(items) = full.get("data") {
        let mut connection = full.clone();
        connection["data"] = pick(node, items, fields)?;
        return Ok(connection);
    }
    let mut picked = Map::new();
    for field in fields {
        let value = full.get(&field.name).ok_or_else(|| {
            Refusal::parameter(format!(
                "Tried accessing nonexisting field ({}) on node type ({node})",
                field.name
            ))
        })?;
        if value.is_null() {
            continue;
        }
        let value = if !field.inner.is_empty() {
            pick(&field.name, value, &field.inner)?
        } else if LINKS.contains(&field.name.as_str()) {
            pick(&field.name, value, &parse("id"))?
        } else {
            value.clone()
        };
        picked.insert(field.name.clone(), value);
    }
    if let Some(id) = full.get("id") {
        picked.insert("id".to_owned(), id.clone());
    }
    Ok(picked.into())
}

/// Items on a page when the call names no limit.
const USUAL_LIMIT: usize = 25;
/// Items on a page at most.
const MOST: usize = 500;

/// A page of an edge. Items come in the edge's order with the id that a cursor holds on to; a cursor whose item has gone is
/// refused, as Meta does.
pub(super) fn paged(call: &Call, items: &[(String, Value)]) -> Result<Value, Refusal> {
    let limit = match call.text("limit") {
        None => USUAL_LIMIT,
        Some(text) => text
            .parse::<usize>()
            .map_err(|_| Refusal::parameter("param limit must be a number"))?
            .clamp(1, MOST),
    };
    let position = |cursor: &str| {
        let id = URL_SAFE_NO_PAD.decode(cursor).ok();
        let id = id.and_then(|id| String::from_utf8(id).ok());
        let at = items.iter().position(|(item, _)| Some(item) == id.as_ref());
        at.ok_or_else(|| Refusal::parameter("Invalid cursors values"))
    };
    let start = match (call.text("after"), call.text("before")) {
        (Some(after), _) => position(&after)? + 1,
        (None, Some(before)) => position(&before)?.saturating_sub(limit),
        (None, None) => 0,
    };
    let end = (start + limit).min(items.len());
    let more = end < items.len();
    let page = items.get(start..end).unwrap_or_default();
    let mut answer = json!({ "data": page.iter().map(|(_, item)| item).collect::<Vec<_>>() });
    if let (Some((first, _)), Some((last, _))) = (page.first(), page.last()) {
        let after = URL_SAFE_NO_PAD.encode(last);
        answer["paging"] = json!({ "cursors": {
            "before": URL_SAFE_NO_PAD.encode(first), "after": after,
        } });
        if more {
            answer["paging"]["next"] = link(call, "after", &after).into();
        }
        if start > 0 {
            let before = URL_SAFE_NO_PAD.encode(first);
            answer["paging"]["previous"] = link(call, "before", &before).into();
        }
    }
    Ok(answer)
}

/// The address of another page. As Meta's, it holds the token.
fn link(call: &Call, direction: &str, cursor: &str) -> String {
    let version = call.version.as_ref();
    let version = version.map_or_else(String::new, |version| format!("/{version}"));
    let address = format!("{}/{}{version}{}", call.base, call.host.name(), call.path);
    let Ok(mut url) = reqwest::Url::parse(&address) else {
        return address;
    };
    let mut query = url.query_pairs_mut();
    for name in call.parameters.keys() {
        if !["after", "before"].contains(&name.as_str()) {
            query.append_pair(name, &call.text(name).unwrap_or_default());
        }
    }
    if !call.parameters.contains_key("access_token") {
        query.append_pair("access_token", &call.token_text().unwrap_or_default());
    }
    query.append_pair(direction, cursor);
    drop(query);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_nest_and_modifiers_are_read_over() {
        let node = json!({
            "id": "1", "name": "Form", "status": null,
            "questions": [{ "id": "q", "key": "k", "label": "L" }],
        });
        let picked = pick("Form", &node, &parse("name,status,questions.limit(2){key}"));
        let expected =
            json!({ "id": "1", "name": "Form", "questions": [{ "id": "q", "key": "k" }] });
        assert_eq!(picked, Ok(expected));
    }

    #[test]
    fn of_a_linked_object_one_sees_the_id_unless_more_is_asked_for() {
        let page =
            json!({ "id": "1", "instagram_business_account": { "id": "2", "username": "a" } });
        let seen = |fields| pick("Page", &page, &parse(fields)).expect("known fields");
        assert_eq!(
            seen("instagram_business_account")["instagram_business_account"],
            json!({ "id": "2" })
        );
        assert_eq!(
            seen("instagram_business_account{username}")["instagram_business_account"],
            json!({ "id": "2", "username": "a" })
        );
    }

    #[test]
    fn an_unknown_field_is_named() {
        let refusal = pick("Lead", &json!({ "id": "1" }), &parse("id,colour")).unwrap_err();
        assert_eq!(
            refusal.message,
            "(#100) Tried accessing nonexisting field (colour) on node type (Lead)"
        );
    }
}
