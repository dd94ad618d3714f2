//! Declarations as a person would lay them out: ts-rs writes each on one line.

/// A declaration with its doc comment, one field on a line.
pub(super) fn laid_out(docs: &str, decl: &str) -> String {
    let mut out = Layout::default();
    for line in cleaned(docs).lines() {
        out.text += line;
        out.text.push('\n');
    }
    out.text += "export ";
    out.declaration(decl.trim());
    out.text.push('\n');
    out.text
}

#[derive(Default)]
struct Layout {
    text: String,
    depth: usize,
}

impl Layout {
    fn line(&mut self) {
        let end = self.text.trim_end_matches(' ').len();
        self.text.truncate(end);
        self.text.push('\n');
        self.text += &"  ".repeat(self.depth);
    }

    fn declaration(&mut self, decl: &str) {
        let mut rest = decl;
        let mut quoted = false;
        let mut angles = 0_usize;
        while let Some(next) = rest.chars().next() {
            if !quoted && rest.starts_with("/**") {
                let end = rest.find("*/").map_or(rest.len(), |end| end + 2);
                for (number, line) in cleaned(&rest[..end]).lines().enumerate() {
                    if number > 0 {
                        self.line();
                    }
                    self.text += line;
                }
                self.line();
                rest = rest[end..].trim_start();
                continue;
            }
            rest = &rest[next.len_utf8()..];
            match next {
                // The words of this project stand between single quotes in TypeScript.
                '"' | '\'' => {
                    quoted = !quoted;
                    self.text.push('\'');
                }
                _ if quoted => self.text.push(next),
                '{' => {
                    self.text.push('{');
                    self.depth += 1;
                    rest = rest.trim_start();
                    self.line();
                }
                '}' => {
                    self.depth -= 1;
                    let end = self.text.trim_end().len();
                    self.text.truncate(end);
                    self.line();
                    self.text.push('}');
                }
                '<' => {
                    angles += 1;
                    self.text.push('<');
                }
                '>' => {
                    angles = angles.saturating_sub(1);
                    self.text.push('>');
                }
                ',' if angles == 0 && self.depth > 0 => {
                    self.text.push(';');
                    rest = rest.trim_start();
                    self.line();
                }
                '\n' => {}
                other => self.text.push(other),
            }
        }
    }
}

/// Rust's links in doc comments become plain code, and lines begin alike.
pub(super) fn cleaned(docs: &str) -> String {
    let lines: Vec<String> = docs
        .lines()
        .map(|line| match line.trim() {
            "*" => " *".to_owned(),
            line if line.starts_with('*') => format!(" {line}"),
            line => line.to_owned(),
        })
        .collect();
    named(&lines.join("\n"))
}

/// Links to Rust items as plain code; a function by the name that a callable of it has.
fn named(docs: &str) -> String {
    let mut parts = docs.split("[`");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (link, rest) = part.split_once("`]").unwrap_or((part, ""));
        let item = link.rsplit("::").next().unwrap_or(link);
        let mut up = false;
        out.push('`');
        for letter in item.chars() {
            match letter {
                '_' => up = true,
                letter if up => {
                    out.extend(letter.to_uppercase());
                    up = false;
                }
                letter => out.push(letter),
            }
        }
        out.push('`');
        out += rest;
    }
    out
}
