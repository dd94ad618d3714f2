//! What a chat completion is asked with.

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct Request {
    pub(super) model: String,
    messages: Vec<Message>,
    #[serde(default)]
    pub(super) stream: bool,
    stream_options: Option<StreamOptions>,
    pub(super) max_completion_tokens: Option<usize>,
    pub(super) max_tokens: Option<usize>,
    response_format: Option<ResponseFormat>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: String,
}

#[derive(Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

#[derive(Deserialize)]
struct ResponseFormat {
    json_schema: Option<JsonSchema>,
}

#[derive(Deserialize)]
struct JsonSchema {
    #[serde(default)]
    strict: bool,
    schema: Schema,
}

/// The part of JSON Schema that strict mode is about.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Schema {
    #[serde(default)]
    pub(super) properties: Properties,
    #[serde(default)]
    required: Vec<String>,
    additional_properties: Option<bool>,
}

/// Properties in the order in which they were sent, which is the order in which a model writes them.
#[derive(Default)]
pub(super) struct Properties(pub(super) Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Properties;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of schemas")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut properties = Vec::new();
                while let Some(property) = map.next_entry()? {
                    properties.push(property);
                }
                Ok(Properties(properties))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl Request {
    /// All that was said in these roles.
    pub(super) fn text_of(&self, roles: &[&str]) -> String {
        let texts: Vec<&str> = self
            .messages
            .iter()
            .filter(|message| roles.contains(&message.role.as_str()))
            .map(|message| message.content.as_str())
            .collect();
        texts.join("\n")
    }

    pub(super) fn schema(&self) -> Option<&Schema> {
        let format = self.response_format.as_ref()?;
        format.json_schema.as_ref().map(|format| &format.schema)
    }

    pub(super) fn wants_usage(&self) -> bool {
        !self.stream
            || self
                .stream_options
                .as_ref()
                .is_some_and(|options| options.include_usage)
    }

    /// Where the model is stopped.
    pub(super) fn limit(&self) -> usize {
        self.max_completion_tokens
            .or(self.max_tokens)
            .unwrap_or(usize::MAX)
    }

    /// Strict mode wants every property required and no others.
    pub(super) fn check_schema(&self) -> Result<(), String> {
        let Some(format) = self
            .response_format
            .as_ref()
            .and_then(|format| format.json_schema.as_ref())
        else {
            return Ok(());
        };
        if !format.strict {
            return Ok(());
        }
        if format.schema.additional_properties != Some(false) {
            return Err(
                "'additionalProperties' is required to be supplied and to be false.".to_owned(),
            );
        }
        let missing = format
            .schema
            .properties
            .0
            .iter()
            .find(|(name, _)| !format.schema.required.contains(name));
        match missing {
            Some((name, _)) => Err(format!(
                "'required' is required to include every key in properties. Missing '{name}'."
            )),
            None => Ok(()),
        }
    }
}
