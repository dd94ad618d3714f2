//! A post as a document, both ways.

use serde::{Deserialize, Serialize};

use crate::content::store::LeaseDoc;
use crate::error::{Error, Language, text};
use crate::ids::{BranchId, Uid};
use crate::jobs::Lease;
use crate::posts::journal::{Container, Doubt, Journal, Live, Reason, Stage, Wait};
use crate::posts::{Draft, Failure, Form, Kind, Medium, Post, Remedy};
use crate::store::Timestamp;

/// A post as a document, and as the result of a callable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the contract's own")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Post", optional_fields))]
pub struct PostDoc {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch_id: Option<String>,
    pub channel_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_request_id: Option<String>,
    #[cfg_attr(test, ts(as = "Kind"))]
    pub kind: String,
    #[serde(default)]
    pub caption: String,
    #[serde(default)]
    pub media: Vec<MediumDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<Timestamp>,
    #[serde(flatten)]
    pub progress: ProgressDoc,
    pub created_at: Timestamp,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(test, ts(optional = nullable))]
    pub order_digest: String,
}

/// A picture or a film of a post.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "PostMedium", optional_fields))]
pub struct MediumDoc {
    pub url: String,
    #[serde(rename = "type")]
    #[cfg_attr(test, ts(as = "Form"))]
    pub form: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
}

/// The part of a post that changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the contract's own")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "PostProgress", optional_fields))]
pub struct ProgressDoc {
    #[cfg_attr(test, ts(type = "PostState"))]
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<Reason>"))]
    pub waiting_for: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Found by caption and time, not told by the publish call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id_probable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permalink: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorDoc>,
    #[serde(default)]
    pub attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<LeaseDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal: Option<JournalDoc>,
    /// Who called it off, or said whether it is live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<String>,
}

/// Why it is not live, or may not be, in both languages: whoever listens to the document shows the one they read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "PostError", optional_fields))]
pub struct ErrorDoc {
    pub code: String,
    #[cfg_attr(test, ts(as = "Remedy"))]
    pub remedy: String,
    /// In Indonesian.
    pub message: String,
    /// In English.
    pub message_en: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_code: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_subcode: Option<i64>,
}

/// What the service needs to go on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "as `journal::Journal` has them")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "PostJournal", optional_fields))]
pub struct JournalDoc {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional = nullable))]
    pub parts: Vec<ContainerDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerDoc>,
    pub containers: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<DoubtDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<Reason>"))]
    pub wait_why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_since: Option<Timestamp>,
    pub setbacks: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "as `journal::Container` has them")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "PostContainer"))]
pub struct ContainerDoc {
    pub id: String,
    pub made_at: Timestamp,
    pub ready: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "as `journal::Doubt` has them")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "PostDoubt", optional_fields))]
pub struct DoubtDoc {
    pub since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    pub readings: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_since: Option<Timestamp>,
}

/// The post of a document; what is wrong with it, when it is none.
pub(super) fn post_of(id: &str, doc: &PostDoc) -> Result<Post, Error> {
    let wrong = |field: &str| Error::bad_request(format!("posts/{id}: {field}"));
    let media = doc.media.iter().map(|medium| {
        Ok(Medium {
            url: medium.url.clone(),
            form: Form::parse(&medium.form).ok_or_else(|| wrong("media"))?,
            alt_text: medium.alt_text.clone(),
        })
    });
    Ok(Post {
        id: id.to_owned(),
        owner: Uid::parse(doc.user_id.as_str()).map_err(|_| wrong("userId"))?,
        branch: doc
            .branch_id
            .as_deref()
            .map(BranchId::parse)
            .transpose()
            .map_err(|_| wrong("branchId"))?,
        channel_id: doc.channel_id.clone(),
        content_request_id: doc.content_request_id.clone(),
        draft: Draft {
            kind: Kind::parse(&doc.kind).ok_or_else(|| wrong("kind"))?,
            caption: doc.caption.clone(),
            media: media.collect::<Result<_, Error>>()?,
        },
        scheduled_at: doc.scheduled_at.map(|time| time.0),
        journal: journal_of(&doc.progress).ok_or_else(|| wrong("state"))?,
        lease: doc.progress.lease.as_ref().map(|lease| Lease {
            attempt_id: lease.attempt_id.clone().unwrap_or_default(),
            until: lease.until.0,
        }),
        order_digest: doc.order_digest.clone(),
        created_at: doc.created_at.0,
        published_at: doc.progress.published_at.map(|time| time.0),
    })
}

fn journal_of(doc: &ProgressDoc) -> Option<Journal> {
    let kept = doc.journal.clone().unwrap_or_default();
    let container = |doc: ContainerDoc| Container {
        id: doc.id,
        made_at: doc.made_at.0,
        ready: doc.ready,
    };
    let failure = || doc.error.as_ref().map_or_else(Failure::invalid, failure_of);
    let stage = match doc.state.as_str() {
        "SCHEDULED" => Stage::Scheduled,
        "PREPARING" => Stage::Preparing,
        "PUBLISHING" => Stage::Publishing,
        "PUBLISHED" => Stage::Published(Live {
            external_id: doc.external_id.clone(),
            permalink: doc.permalink.clone(),
            probable: doc.external_id_probable.unwrap_or_default(),
        }),
        "FAILED" => Stage::Failed(failure()),
        "UNCONFIRMED" => Stage::Unconfirmed(failure()),
        "CANCELLED" => Stage::Cancelled,
        _ => return None,
    };
    let why = kept.wait_why.as_deref().and_then(Reason::parse);
    Some(Journal {
        stage,
        parts: kept.parts.into_iter().map(container).collect(),
        container: kept.container.map(container),
        containers: kept.containers,
        intent_at: kept.intent_at.map(|time| time.0),
        publishes: doc.attempts,
        doubt: kept.doubt.map(|doubt| Doubt {
            since: doubt.since.0,
            finished_at: doubt.finished_at.map(|time| time.0),
            readings: doubt.readings,
            silent_since: doubt.silent_since.map(|time| time.0),
        }),
        wait: why.zip(kept.wait_since).map(|(why, since)| Wait {
            why,
            since: since.0,
        }),
        setbacks: kept.setbacks,
        armed: false,
    })
}

fn failure_of(doc: &ErrorDoc) -> Failure {
    Failure {
        code: doc.code.clone(),
        remedy: Remedy::parse(&doc.remedy).unwrap_or(Remedy::Stop),
        text: text(doc.message.clone(), doc.message_en.clone()),
        platform: doc.platform_code.map(|code| (code, doc.platform_subcode)),
    }
}

/// The document of a post.
pub fn document(post: &Post, now: jiff::Timestamp) -> PostDoc {
    let media = post.draft.media.iter().map(|medium| MediumDoc {
        url: medium.url.clone(),
        form: medium.form.as_str().to_owned(),
        alt_text: medium.alt_text.clone(),
    });
    PostDoc {
        id: Some(post.id.clone()),
        user_id: post.owner.to_string(),
        branch_id: post.branch.as_ref().map(ToString::to_string),
        channel_id: post.channel_id.clone(),
        content_request_id: post.content_request_id.clone(),
        kind: post.draft.kind.as_str().to_owned(),
        caption: post.draft.caption.clone(),
        media: media.collect(),
        scheduled_at: post.scheduled_at.map(Timestamp),
        progress: progress(post, now),
        created_at: Timestamp(post.created_at),
        order_digest: post.order_digest.clone(),
    }
}

/// A post as people read it: the document without what only the service needs.
pub fn view(post: &Post, now: jiff::Timestamp) -> PostDoc {
    let mut doc = document(post, now);
    doc.order_digest.clear();
    doc.progress.lease = None;
    doc.progress.journal = None;
    doc
}

pub(super) fn progress(post: &Post, now: jiff::Timestamp) -> ProgressDoc {
    let journal = &post.journal;
    // While somebody is at work, it waits for nothing.
    let waits = post
        .lease
        .as_ref()
        .is_some_and(|lease| lease.attempt().is_none());
    let waiting_for = journal.wait.filter(|_| waits).map(|wait| wait.why);
    let mut doc = ProgressDoc {
        state: journal.stage.word().to_owned(),
        waiting_for: waiting_for.map(|why| why.as_str().to_owned()),
        container_id: journal.container.as_ref().map(|made| made.id.clone()),
        external_id: None,
        external_id_probable: None,
        permalink: None,
        error: None,
        attempts: journal.publishes,
        published_at: post.published_at.map(Timestamp),
        updated_at: Some(Timestamp(now)),
        lease: post.lease.as_ref().map(|lease| LeaseDoc {
            attempt_id: lease.attempt().map(ToOwned::to_owned),
            until: Timestamp(lease.until),
        }),
        journal: Some(journal_doc(journal)),
        resolved_by: None,
    };
    match &journal.stage {
        Stage::Scheduled | Stage::Preparing | Stage::Publishing | Stage::Cancelled => {}
        Stage::Published(live) => {
            doc.external_id.clone_from(&live.external_id);
            doc.external_id_probable = live.probable.then_some(true);
            doc.permalink.clone_from(&live.permalink);
        }
        Stage::Failed(failure) | Stage::Unconfirmed(failure) => {
            doc.error = Some(error_doc(failure));
        }
    }
    doc
}

fn journal_doc(journal: &Journal) -> JournalDoc {
    let container = |container: &Container| ContainerDoc {
        id: container.id.clone(),
        made_at: Timestamp(container.made_at),
        ready: container.ready,
    };
    JournalDoc {
        parts: journal.parts.iter().map(container).collect(),
        container: journal.container.as_ref().map(container),
        containers: journal.containers,
        intent_at: journal.intent_at.map(Timestamp),
        doubt: journal.doubt.map(|doubt| DoubtDoc {
            since: Timestamp(doubt.since),
            finished_at: doubt.finished_at.map(Timestamp),
            readings: doubt.readings,
            silent_since: doubt.silent_since.map(Timestamp),
        }),
        wait_why: journal.wait.map(|wait| wait.why.as_str().to_owned()),
        wait_since: journal.wait.map(|wait| Timestamp(wait.since)),
        setbacks: journal.setbacks,
    }
}

pub(super) fn error_doc(failure: &Failure) -> ErrorDoc {
    let error = Error::from(failure.clone());
    ErrorDoc {
        code: failure.code.clone(),
        remedy: failure.remedy.as_str().to_owned(),
        message: error.message(Language::Indonesian).to_owned(),
        message_en: error.message(Language::English).to_owned(),
        platform_code: failure.platform.map(|(code, _)| code),
        platform_subcode: failure.platform.and_then(|(_, subcode)| subcode),
    }
}
