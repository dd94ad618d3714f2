//! The bytes of a streamed answer, and what happens between them.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::errors::Dialect;
use super::super::fault::Fault;
use super::super::writer::{self, Reply};
use super::THOUGHTS;
use super::request::{Request, Schema};

pub(super) enum Step {
    /// These bytes leave.
    Send(Vec<u8>),
    /// These bytes leave, and carry this many tokens.
    Tokens(u64, Vec<u8>),
    /// Nothing leaves for a while.
    Wait(Duration),
    /// Nothing leaves any more.
    Hang,
    /// The connection breaks.
    Cut,
}

pub(super) struct Script {
    pub(super) steps: Vec<Step>,
    /// All that is written.
    pub(super) text: String,
    pub(super) finish: String,
    pub(super) usage: Value,
    /// Tokens thought before the first is written.
    pub(super) thoughts: u64,
}

impl Script {
    pub(super) fn new(
        dialect: Dialect,
        request: &Request,
        reply: &Reply,
        fault: Option<&Fault>,
        input: u64,
        pace: Duration,
    ) -> Self {
        let text = match (fault, request.schema()) {
            (Some(Fault::BlockedPrompt), _) => String::new(),
            (Some(Fault::Refusal), _) if dialect == Dialect::OpenAi => {
                "I'm sorry, I can't help with that.".to_owned()
            }
            (Some(Fault::WrongSchema), _) => {
                json!({ "text": reply.caption, "tags": "#x" }).to_string()
            }
            (Some(Fault::BrokenJson), Some(schema)) => {
                let text = json_text(dialect, reply, schema);
                text.chars().take(text.chars().count() / 2).collect()
            }
            (_, Some(schema)) => json_text(dialect, reply, schema),
            (_, None) => reply.caption.clone(),
        };
        let mut tokens = writer::in_tokens(&text);
        let mut finish = "stop";
        if tokens.len() > request.limit() {
            tokens.truncate(request.limit());
            finish = "length";
        }
        match fault {
            Some(Fault::Finish { reason }) => finish = reason,
            Some(Fault::BlockedPrompt) => finish = "content_filter: PROHIBITED_CONTENT",
            Some(Fault::Refusal) if dialect != Dialect::OpenAi => finish = "content_filter",
            _ => {}
        }
        let thoughts = match dialect {
            Dialect::OpenAi => 0,
            Dialect::Gemini | Dialect::GeminiCompatible => THOUGHTS,
        };
        let output = u64::try_from(tokens.len()).unwrap_or(u64::MAX);
        let mut script = Self {
            steps: Vec::new(),
            text: tokens.concat(),
            finish: finish.to_owned(),
            usage: json!({
                "prompt_tokens": input,
                "completion_tokens": output,
                "total_tokens": input + output + thoughts,
            }),
            thoughts,
        };
        script.write(dialect, request, &tokens, fault, pace);
        if let Some(Fault::Chunks { sizes }) = fault {
            script.chop(sizes);
        }
        script
    }

    /// Tokens written.
    pub(super) fn tokens(&self) -> u64 {
        writer::tokens(&self.text)
    }

    fn write(
        &mut self,
        dialect: Dialect,
        request: &Request,
        tokens: &[String],
        fault: Option<&Fault>,
        pace: Duration,
    ) {
        let refusing = matches!(fault, Some(Fault::Refusal)) && dialect == Dialect::OpenAi;
        let field = if refusing { "refusal" } else { "content" };
        self.send(&delta(
            &request.model,
            &json!({ "role": "assistant", "content": "" }),
        ));
        for (index, token) in tokens.iter().enumerate() {
            if self.interrupt(dialect, index, fault) {
                return;
            }
            if !pace.is_zero() {
                self.steps.push(Step::Wait(pace));
            }
            let mut event = event(&delta(&request.model, &json!({ field: token })));
            if index == 1 && fault == Some(&Fault::BrokenEvent) {
                // All that is left to say, and not the end of it.
                let rest = json!(self.text).to_string();
                event = format!("data: {{\"choices\":[{{\"delta\":{{\"content\":{rest}\n\n")
                    .into_bytes();
            }
            self.steps.push(Step::Tokens(1, event));
        }
        if self.interrupt(dialect, tokens.len(), fault) {
            return;
        }
        let mut last = delta(&request.model, &json!({}));
        last["choices"][0]["finish_reason"] = json!(self.finish);
        self.send(&last);
        if request.wants_usage() && fault != Some(&Fault::NoUsage) {
            let mut count = delta(&request.model, &json!({}));
            count["choices"] = json!([]);
            count["usage"] = self.usage.clone();
            self.send(&count);
        }
        self.steps.push(Step::Send(b"data: [DONE]\n\n".to_vec()));
    }

    /// What happens before a token of this index. Returns whether nothing comes after it.
    fn interrupt(&mut self, dialect: Dialect, index: usize, fault: Option<&Fault>) -> bool {
        match fault {
            Some(Fault::SlowStart { ms }) if index == 0 => {
                self.steps.push(Step::Wait(Duration::from_millis(*ms)));
            }
            Some(Fault::Pause { tokens, ms }) if *tokens == index => {
                self.steps.push(Step::Wait(Duration::from_millis(*ms)));
            }
            Some(Fault::Stall { tokens }) if *tokens == index => {
                self.steps.push(Step::Hang);
                return true;
            }
            Some(Fault::Cut { tokens }) if *tokens == index => {
                self.steps.push(Step::Cut);
                return true;
            }
            Some(Fault::EndEarly { tokens }) if *tokens == index => return true,
            Some(Fault::ErrorEvent { tokens }) if *tokens == index => {
                let error = dialect.object(500, "server_error", "The server had an error.", None);
                self.send(&error);
                return true;
            }
            _ => {}
        }
        false
    }

    fn send(&mut self, chunk: &Value) {
        self.steps.push(Step::Send(event(chunk)));
    }

    /// The same bytes in pieces of these sizes.
    fn chop(&mut self, sizes: &[usize]) {
        let mut bytes = Vec::new();
        for step in self.steps.drain(..) {
            if let Step::Send(part) | Step::Tokens(_, part) = step {
                bytes.extend(part);
            }
        }
        let mut rest = bytes.as_slice();
        let mut tokens = self.tokens();
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, left) = rest.split_at((*size).clamp(1, rest.len()));
            // Which token is in which piece is nobody's business; they are counted at the first.
            self.steps.push(Step::Tokens(tokens, piece.to_vec()));
            tokens = 0;
            rest = left;
        }
    }
}

/// A reply as the JSON that a schema asks for, its members in the schema's order. OpenAI escapes what is not ASCII.
fn json_text(dialect: Dialect, reply: &Reply, schema: &Schema) -> String {
    let members: Vec<String> = schema
        .properties
        .0
        .iter()
        .map(|(name, property)| format!("{}:{}", json!(name), writer::fill(reply, name, property)))
        .collect();
    let text = format!("{{{}}}", members.join(","));
    match dialect {
        Dialect::OpenAi => in_ascii(&text),
        Dialect::Gemini | Dialect::GeminiCompatible => text,
    }
}

fn in_ascii(json: &str) -> String {
    let mut ascii = String::new();
    for c in json.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    ascii
}

fn delta(model: &str, delta: &Value) -> Value {
    json!({
        "id": "chatcmpl-simulated",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": model,
        "choices": [{ "index": 0, "delta": delta, "finish_reason": null }],
    })
}

fn event(chunk: &Value) -> Vec<u8> {
    format!("data: {chunk}\n\n").into_bytes()
}
