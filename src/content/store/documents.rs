//! A content request as a document, both ways.

use serde::{Deserialize, Serialize};

use crate::content::budget::Payer;
use crate::content::{Content, ContentRequest, Failure, Film, Order, RawOrder, Stage, Used};
use crate::error::{Error, Language};
use crate::ids::{BranchId, Uid};
use crate::jobs::Lease;
use crate::providers::{ProviderChoice, VideoOperation};
use crate::store::Timestamp;

/// A content request as a document, and as the result of a callable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the contract's own")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "ContentRequest", optional_fields)
)]
pub struct RequestDoc {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch_id: Option<String>,
    pub topic: String,
    #[cfg_attr(test, ts(as = "crate::content::Platform"))]
    pub platform: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<OptionsDoc>,
    #[serde(flatten)]
    pub progress: ProgressDoc,
    pub created_at: Timestamp,
}

/// What is to be made, beside the topic.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the contract's own")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "ContentOptions", optional_fields)
)]
pub struct OptionsDoc {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<crate::content::Media>"))]
    pub media: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<crate::providers::Aspect>"))]
    pub aspect: Option<String>,
}

/// The part of a request that the service alone writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the contract's own")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "ContentProgress", optional_fields)
)]
pub struct ProgressDoc {
    #[cfg_attr(test, ts(type = "ContentStatus"))]
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generated_content: Option<ContentDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorDoc>,
    #[serde(default)]
    pub attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<UsageDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<LeaseDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub film: Option<FilmDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the contract's own")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "GeneratedContent", optional_fields)
)]
pub struct ContentDoc {
    pub caption: String,
    #[serde(default)]
    pub hashtags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
}

/// Why nothing came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the contract's own")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ContentError"))]
pub struct ErrorDoc {
    pub code: String,
    pub message: String,
}

/// What it used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the contract's own")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ContentUsage"))]
pub struct UsageDoc {
    pub model: String,
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub images: u64,
    pub video_seconds: u64,
    pub cost_micro_usd: i64,
}

/// Who works on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Lease", optional_fields))]
pub struct LeaseDoc {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt_id: Option<String>,
    pub until: Timestamp,
}

/// The film that is being made for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Film"))]
pub struct FilmDoc {
    pub attempt_id: String,
    pub operation: String,
    pub provider: String,
    pub model: String,
    pub seconds: u64,
    pub deadline: Timestamp,
}

/// The request of a document; what is wrong with it, when it is none.
pub(super) fn request_of(id: &str, doc: &RequestDoc) -> Result<ContentRequest, Error> {
    let owner = Uid::parse(doc.user_id.as_str())
        .map_err(|error| Error::bad_request(format!("userId: {error}")))?;
    let branch = doc
        .branch_id
        .as_deref()
        .map(BranchId::parse)
        .transpose()
        .map_err(|error| Error::bad_request(format!("branchId: {error}")))?;
    let options = doc.options.clone().unwrap_or_default();
    let order = Order::parse(&RawOrder {
        topic: &doc.topic,
        platform: &doc.platform,
        tone: options.tone.as_deref(),
        language: options.language.as_deref(),
        media: options.media.as_deref(),
        aspect: options.aspect.as_deref(),
    })?;
    Ok(ContentRequest {
        id: id.to_owned(),
        payer: Payer { uid: owner, branch },
        order,
        attempts: doc.progress.attempts,
        used: doc.progress.usage.as_ref().map(used).unwrap_or_default(),
        written: match doc.progress.status.as_str() {
            "COMPLETED" => None,
            _ => doc.progress.generated_content.as_ref().map(content),
        },
        film: doc.progress.film.as_ref().and_then(film),
        stage: stage(&doc.progress)?,
        created_at: doc.created_at.0,
    })
}

fn used(doc: &UsageDoc) -> Used {
    Used {
        model: doc.model.clone(),
        input_tokens: doc.input_tokens,
        output_tokens: doc.output_tokens,
        images: doc.images,
        video_seconds: doc.video_seconds,
        cost_micro_usd: doc.cost_micro_usd,
    }
}

fn content(doc: &ContentDoc) -> Content {
    Content {
        caption: doc.caption.clone(),
        hashtags: doc.hashtags.clone(),
        alt_text: doc.alt_text.clone(),
        image_url: doc.image_url.clone(),
        video_url: doc.video_url.clone(),
    }
}

fn content_doc(content: &Content) -> ContentDoc {
    ContentDoc {
        caption: content.caption.clone(),
        hashtags: content.hashtags.clone(),
        image_url: content.image_url.clone(),
        video_url: content.video_url.clone(),
        alt_text: content.alt_text.clone(),
    }
}

/// A film by a provider that is known no more cannot be asked for.
fn film(doc: &FilmDoc) -> Option<Film> {
    Some(Film {
        attempt_id: doc.attempt_id.clone(),
        operation: VideoOperation {
            name: doc.operation.clone(),
            provider: ProviderChoice::from_word(&doc.provider)?,
            model: doc.model.clone(),
            seconds: doc.seconds,
        },
        deadline: doc.deadline.0,
    })
}

fn film_doc(film: &Film) -> FilmDoc {
    FilmDoc {
        attempt_id: film.attempt_id.clone(),
        operation: film.operation.name.clone(),
        provider: film.operation.provider.as_str().to_owned(),
        model: film.operation.model.clone(),
        seconds: film.operation.seconds,
        deadline: Timestamp(film.deadline),
    }
}

fn stage(doc: &ProgressDoc) -> Result<Stage, Error> {
    match (doc.status.as_str(), &doc.lease, &doc.generated_content) {
        ("PENDING", _, _) => Ok(Stage::Pending),
        ("PROCESSING", lease, _) => Ok(Stage::Processing(lease.as_ref().map_or_else(
            // Somebody set the status by hand: nobody holds it.
            || Lease::waiting(jiff::Timestamp::UNIX_EPOCH),
            |lease| Lease {
                attempt_id: lease.attempt_id.clone().unwrap_or_default(),
                until: lease.until.0,
            },
        ))),
        ("COMPLETED", _, Some(made)) => Ok(Stage::Completed(content(made))),
        ("FAILED", _, _) => {
            let error = doc.error.as_ref();
            let part = |read: fn(&ErrorDoc) -> &str| error.map(read).unwrap_or_default();
            let failure = Failure::stored(part(|error| &error.code), part(|error| &error.message));
            Ok(Stage::Failed(failure))
        }
        (status, _, _) => Err(Error::bad_request(format!("status: {status:?}"))),
    }
}

/// The document of a request.
pub fn document(request: &ContentRequest, now: jiff::Timestamp) -> RequestDoc {
    let order = &request.order;
    RequestDoc {
        id: Some(request.id.clone()),
        user_id: request.payer.uid.to_string(),
        branch_id: request.payer.branch.as_ref().map(ToString::to_string),
        topic: order.topic.clone(),
        platform: order.platform.as_str().to_owned(),
        options: Some(OptionsDoc {
            tone: order.tone.clone(),
            language: order.language.clone(),
            media: Some(order.media.as_str().to_owned()),
            aspect: order.aspect.clone(),
        }),
        progress: progress(request, now),
        created_at: Timestamp(request.created_at),
    }
}

pub(super) fn progress(request: &ContentRequest, now: jiff::Timestamp) -> ProgressDoc {
    let used = &request.used;
    let mut doc = ProgressDoc {
        status: request.stage.word().to_owned(),
        generated_content: request.written.as_ref().map(content_doc),
        error: None,
        attempts: request.attempts,
        usage: (request.attempts > 0).then(|| UsageDoc {
            model: used.model.clone(),
            input_tokens: used.input_tokens,
            output_tokens: used.output_tokens,
            images: used.images,
            video_seconds: used.video_seconds,
            cost_micro_usd: used.cost_micro_usd,
        }),
        lease: None,
        film: None,
        updated_at: Some(Timestamp(now)),
    };
    match &request.stage {
        Stage::Pending => {}
        Stage::Processing(lease) => {
            doc.lease = Some(LeaseDoc {
                attempt_id: lease.attempt().map(ToOwned::to_owned),
                until: Timestamp(lease.until),
            });
            doc.film = request.film.as_ref().map(film_doc);
        }
        Stage::Completed(content) => doc.generated_content = Some(content_doc(content)),
        Stage::Failed(failure) => doc.error = Some(error_doc(failure)),
    }
    doc
}

/// The frontend shows the document as it is, and its people read Indonesian.
pub(super) fn error_doc(failure: &Failure) -> ErrorDoc {
    let error = Error::from(failure.clone());
    ErrorDoc {
        code: failure.code.to_owned(),
        message: error.message(Language::Indonesian).to_owned(),
    }
}
