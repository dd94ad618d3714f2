//! Download links: made, taken apart, and followed as anybody would who holds one.

use std::fmt::Write as _;

use reqwest::header::RANGE;

use super::{CloudStorage, StorageError, TIMEOUT, unanswered};

impl CloudStorage {
    /// The link by which anybody who holds it reads a file, without credentials.
    pub fn download_url(&self, path: &str, token: &str) -> String {
        let name = escaped(path);
        format!(
            "{}/v0/b/{}/o/{name}?alt=media&token={}",
            self.download_base_url,
            self.bucket,
            escaped(token)
        )
    }

    /// The file and the token of a download link of this bucket; `None` for any other text.
    pub fn parse_download_url(&self, url: &str) -> Option<(String, String)> {
        let front = format!("{}/v0/b/{}/o/", self.download_base_url, self.bucket);
        let (name, query) = url.strip_prefix(&front)?.split_once('?')?;
        let token = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("token="))?;
        let (path, token) = (unescaped(name)?, unescaped(token)?);
        // What is read and handed on is the link made anew, so that nothing of the text given survives.
        (!path.is_empty() && !token.is_empty()).then_some((path, token))
    }

    /// Reads the first bytes of a file by its download link, without credentials, as anybody would who holds the link.
    /// `None` when the link opens nothing. One request.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`].
    pub async fn read_head(
        &self,
        path: &str,
        token: &str,
        most_bytes: u64,
    ) -> Result<Option<Vec<u8>>, StorageError> {
        let request = self
            .http
            .get(self.download_url(path, token))
            .header(RANGE, format!("bytes=0-{}", most_bytes.saturating_sub(1)))
            .timeout(TIMEOUT);
        let mut response = request.send().await.map_err(|error| unanswered(&error))?;
        let status = response.status();
        if status.is_server_error() || matches!(status.as_u16(), 408 | 429) {
            return Err(StorageError::Unavailable(status.to_string()));
        }
        if !status.is_success() {
            return Ok(None);
        }
        let most = usize::try_from(most_bytes).unwrap_or(usize::MAX);
        let mut head = Vec::new();
        // A server that ignores the range is not read to its end.
        while head.len() < most
            && let Some(chunk) = response.chunk().await.map_err(|error| unanswered(&error))?
        {
            head.extend_from_slice(&chunk);
        }
        head.truncate(most);
        Ok(Some(head))
    }
}

/// A name as one segment of a URL.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The text of a segment of a URL; `None` when it is none.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        if byte == b'%' {
            // Digits alone: `from_str_radix` would also take a sign.
            let digit = |at: usize| {
                behind
                    .get(at)
                    .and_then(|byte| char::from(*byte).to_digit(16))
            };
            let value = digit(0)? * 16 + digit(1)?;
            bytes.push(u8::try_from(value).ok()?);
            rest = &behind[2..];
        } else {
            bytes.push(byte);
            rest = behind;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_escaped_is_read_back() {
        for text in ["media/c1/m1/a b.jpg", "Ka'bah %2F ñ", "..", ""] {
            assert_eq!(unescaped(&escaped(text)).as_deref(), Some(text));
        }
        for broken in ["%", "%2", "%zz", "%FF", "%+1"] {
            assert_eq!(unescaped(broken), None, "{broken}");
        }
    }
}
