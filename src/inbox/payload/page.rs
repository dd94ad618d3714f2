//! Changes by their field: comments below posts and media, lead forms; all others are tolerated.

use serde_json::Value;

use super::{Entry, event, reason, scalar};
use crate::inbox::event::{
    Arrival, ChannelKind, Content, Direction, LeadPing, Mark, MarkKind, Profile, Unit, What,
};

/// The lead of the App Dashboard's sample.
const SAMPLE_LEAD: &str = "444444444444";

pub(super) fn change(entry: &Entry, field: &str, value: &Value) -> Unit {
    match field {
        "leadgen" | "leadgen_update" | "leadgen_fat" => lead(entry, value),
        "feed" => feed(entry, value),
        "comments" | "live_comments" => instagram_comment(entry, value),
        _ => Unit::Ignored(reason::UNKNOWN_FIELD),
    }
}

fn lead(entry: &Entry, value: &Value) -> Unit {
    let Some(leadgen_id) = lead_id(&value["leadgen_id"]) else {
        return Unit::Unplaceable(reason::NO_ID);
    };
    if leadgen_id == SAMPLE_LEAD {
        return Unit::Ignored(reason::SAMPLE);
    }
    let page = scalar::id_or_zero(&value["page_id"]).or_else(|| entry.id.clone());
    let Some(page) = page else {
        return Unit::Unplaceable(reason::NO_ACCOUNT);
    };
    let ping = LeadPing {
        leadgen_id,
        form_id: scalar::id_or_zero(&value["form_id"]),
        ad_id: scalar::id_or_zero(&value["ad_id"]),
        adgroup_id: scalar::id_or_zero(&value["adgroup_id"]),
        created_at: scalar::time(&value["created_time"]),
    };
    // Lead forms belong to the page, like its conversations.
    event(ChannelKind::Messenger, page, What::Lead(ping))
}

/// A lead's id is a number, and names a document.
fn lead_id(value: &Value) -> Option<String> {
    scalar::id_or_zero(value)
        .filter(|id| id.len() <= 32 && id.bytes().all(|byte| byte.is_ascii_digit()))
}

fn feed(entry: &Entry, value: &Value) -> Unit {
    if value["item"] != "comment" {
        return Unit::Ignored(reason::NOT_A_COMMENT);
    }
    let kind = ChannelKind::FacebookComment;
    let comment = Comment {
        id: scalar::id(&value["comment_id"]),
        author: scalar::id(&value["from"]["id"]).or_else(|| scalar::id(&value["sender_id"])),
        name: scalar::word(&value["from"]["name"]).or_else(|| scalar::word(&value["sender_name"])),
        text: scalar::text(&value["message"]),
        parent: scalar::id(&value["parent_id"]),
        post: scalar::id(&value["post_id"]),
    };
    match value["verb"].as_str().unwrap_or("add") {
        "add" => comment.arrival(entry, kind, &value["created_time"]),
        "edit" | "edited" => {
            let text = comment.text.clone();
            // `created_time` is the comment's own; only `edited_time` or the notification tell when it was edited.
            comment.mark(
                entry,
                kind,
                &value["edited_time"],
                MarkKind::Edited { text },
            )
        }
        "remove" => comment.mark(entry, kind, &Value::Null, MarkKind::Deleted),
        _ => Unit::Ignored(reason::MODERATED),
    }
}

fn instagram_comment(entry: &Entry, value: &Value) -> Unit {
    let comment = Comment {
        id: scalar::id(&value["id"]).or_else(|| scalar::id(&value["comment_id"])),
        author: scalar::id(&value["from"]["id"]),
        name: scalar::word(&value["from"]["username"]),
        text: scalar::text(&value["text"]),
        parent: scalar::id(&value["parent_id"]),
        post: scalar::id(&value["media"]["id"]),
    };
    comment.arrival(entry, ChannelKind::InstagramComment, &Value::Null)
}

struct Comment {
    id: Option<String>,
    author: Option<String>,
    name: Option<String>,
    text: Option<String>,
    parent: Option<String>,
    post: Option<String>,
}

impl Comment {
    /// Our own comment belongs to the post's conversation; so does one whose author the platform withholds.
    fn arrival(self, entry: &Entry, kind: ChannelKind, time: &Value) -> Unit {
        let Some(id) = self.id else {
            return Unit::Unplaceable(reason::NO_ID);
        };
        let ours = self.author.is_some() && self.author == entry.id;
        let anonymous = self.author.is_none();
        let post = self.post.clone().or_else(|| self.parent.clone());
        let contact = match self.author {
            Some(author) if !ours => Some(author),
            _ => post,
        };
        let Some(contact) = contact else {
            return Unit::Unplaceable(reason::NO_SENDER);
        };
        let profile = Profile {
            name: self.name.filter(|_| !ours),
            ..Profile::default()
        };
        let content = Content {
            kind: "comment",
            text: self.text,
            // A comment right below the post names the post as its parent.
            reply_to: self
                .parent
                .filter(|parent| Some(parent) != self.post.as_ref()),
            post_id: self.post,
            ..Content::default()
        };
        entry.event(
            kind,
            What::Message(Box::new(Arrival {
                id,
                contact,
                profile,
                direction: if ours { Direction::Out } else { Direction::In },
                anonymous,
                app: None,
                outgoing: None,
                at: entry.moment(time),
                history: false,
                content,
            })),
        )
    }

    fn mark(self, entry: &Entry, kind: ChannelKind, time: &Value, what: MarkKind) -> Unit {
        let Some(id) = self.id else {
            return Unit::Unplaceable(reason::NO_ID);
        };
        let contact = self
            .author
            .filter(|author| Some(author) != entry.id.as_ref());
        let mark = Mark {
            id,
            contact,
            at: entry.moment(time),
            outgoing: None,
            what,
        };
        entry.event(kind, What::Marks(vec![mark]))
    }
}
