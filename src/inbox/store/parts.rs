//! What documents hold inside them: files, where somebody came from, why a message did not get there.

use serde::{Deserialize, Serialize};

use crate::error::{Language, Text};
use crate::inbox::event::{Attachment, Failure, Referral};
use crate::inbox::send::failure::sentence;

/// Why a message did not get there: the platform's code and words, and ours for people in both languages.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "MessageFailure", optional_fields)
)]
pub(super) struct FailureDoc {
    code: Option<String>,
    title: Option<String>,
    message: Option<String>,
    message_en: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "StoredAttachment", optional_fields)
)]
pub(super) struct AttachmentDoc {
    kind: String,
    url: Option<String>,
    media_id: Option<String>,
    mime_type: Option<String>,
    sha256: Option<String>,
    file_name: Option<String>,
    title: Option<String>,
    phones: Option<Vec<String>>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    /// PENDING until the file is in Storage; then STORED, with the link by which it is read as `url`, `storagePath` and
    /// `sizeBytes`; or FAILED, with a `reason`. Absent where there is no file to be kept.
    #[cfg_attr(test, ts(optional, type = "'PENDING' | 'STORED' | 'FAILED'"))]
    state: Option<&'static str>,
}

/// The ad or link that somebody came through.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Referral", optional_fields))]
pub(super) struct ReferralDoc {
    source: Option<String>,
    reference: Option<String>,
    ad_id: Option<String>,
    title: Option<String>,
    url: Option<String>,
    click_id: Option<String>,
}

impl FailureDoc {
    /// As a status told it.
    pub(super) fn told(failure: &Failure) -> Self {
        let words = |language| {
            let sentence = sentence(failure.code.as_deref()?, language)?;
            Some(sentence.to_owned())
        };
        Self {
            code: failure.code.clone(),
            title: failure.title.clone(),
            message: words(Language::Indonesian),
            message_en: words(Language::English),
        }
    }

    /// As the answer to sending it said.
    pub(super) fn answered(code: &str, text: &Text) -> Self {
        Self {
            code: Some(code.to_owned()),
            title: None,
            message: Some(text.id.to_string()),
            message_en: Some(text.en.to_string()),
        }
    }
}

impl AttachmentDoc {
    pub(super) fn of(attachment: &Attachment, state: Option<&'static str>) -> Self {
        let phones = attachment.phones.clone();
        Self {
            kind: attachment.kind.clone(),
            url: attachment.url.clone(),
            media_id: attachment.media_id.clone(),
            mime_type: attachment.mime_type.clone(),
            sha256: attachment.sha256.clone(),
            file_name: attachment.file_name.clone(),
            title: attachment.title.clone(),
            phones: (!phones.is_empty()).then_some(phones),
            latitude: attachment.latitude,
            longitude: attachment.longitude,
            state,
        }
    }
}

impl ReferralDoc {
    pub(super) fn of(referral: &Referral) -> Self {
        let Referral {
            source,
            reference,
            ad_id,
            title,
            url,
            click_id,
        } = referral.clone();
        Self {
            source,
            reference,
            ad_id,
            title,
            url,
            click_id,
        }
    }

    pub(super) fn read(self) -> Referral {
        Referral {
            source: self.source,
            reference: self.reference,
            ad_id: self.ad_id,
            title: self.title,
            url: self.url,
            click_id: self.click_id,
        }
    }
}
