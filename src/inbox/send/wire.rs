//! How a message is put to the platform, and where its id stands in the answer. Pure.
//!
//! # Source
//! <https://developers.facebook.com/docs/messenger-platform/reference/send-api>,
//! <https://developers.facebook.com/docs/instagram-platform/private-replies>,
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages>,
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-comment/replies>, read 2026-11.

use serde_json::{Value, json};

use crate::inbox::conversation::Conversation;
use crate::inbox::event::ChannelKind;
use crate::inbox::reply::{Said, Target, Way};

/// One call: where to, and with what.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Without version and host.
    pub path: String,
    /// JSON.
    pub body: Value,
}

/// The call that sends something. `id` is our own name for the message: WhatsApp gives it back in each status, Messenger in
/// the echo. `page` is the page behind an Instagram account that was connected by Facebook Login.
pub fn request(
    way: Way,
    conversation: &Conversation,
    said: &Said,
    target: Option<&Target>,
    page: Option<&str>,
    id: &str,
) -> Request {
    let sender = page.unwrap_or(&conversation.account.id);
    let messages = |body| Request {
        path: format!("{sender}/messages"),
        body,
    };
    let answered = target.map(|target| target.platform_id.as_str());
    match way {
        Way::WhatsApp => Request {
            path: format!("{}/messages", conversation.account.id),
            body: whatsapp(conversation, said, answered, id),
        },
        Way::Direct | Way::HumanAgent => {
            let mut body = json!({
                "recipient": { "id": conversation.contact },
                "messaging_type": "RESPONSE",
                "message": message(conversation.account.kind, said, id),
            });
            if way == Way::HumanAgent {
                body["messaging_type"] = "MESSAGE_TAG".into();
                body["tag"] = "HUMAN_AGENT".into();
            }
            if let Some(mid) = answered {
                body["reply_to"] = json!({ "mid": mid });
            }
            messages(body)
        }
        Way::PrivateReply => messages(json!({
            "recipient": { "comment_id": answered },
            "message": message(conversation.account.kind, said, id),
        })),
        Way::Comment => {
            let edge = match conversation.account.kind {
                ChannelKind::InstagramComment => "replies",
                _ => "comments",
            };
            Request {
                path: format!("{}/{edge}", answered.unwrap_or_default()),
                body: json!({ "message": said.shown() }),
            }
        }
    }
}

/// Instagram takes no metadata.
fn message(kind: ChannelKind, said: &Said, id: &str) -> Value {
    match kind {
        ChannelKind::Messenger | ChannelKind::FacebookComment => {
            json!({ "text": said.shown(), "metadata": id })
        }
        _ => json!({ "text": said.shown() }),
    }
}

fn whatsapp(conversation: &Conversation, said: &Said, answered: Option<&str>, id: &str) -> Value {
    let mut body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "biz_opaque_callback_data": id,
    });
    // A business-scoped id in `to` is dropped without a word.
    let contact = &conversation.contact;
    let is_phone = contact.bytes().all(|byte| byte.is_ascii_digit());
    body[if is_phone { "to" } else { "recipient" }] = contact.as_str().into();
    if let Some(wamid) = answered {
        body["context"] = json!({ "message_id": wamid });
    }
    match said {
        Said::Text(text) => {
            body["type"] = "text".into();
            body["text"] = json!({ "body": text, "preview_url": false });
        }
        Said::Template(template) => {
            body["type"] = "template".into();
            body["template"] = json!({
                "name": template.name,
                "language": { "code": template.language },
            });
            if !template.parameters.is_empty() {
                let parameters: Vec<Value> = template
                    .parameters
                    .iter()
                    .map(|text| json!({ "type": "text", "text": text }))
                    .collect();
                body["template"]["components"] =
                    json!([{ "type": "body", "parameters": parameters }]);
            }
        }
    }
    body
}

/// The platform's id in its answer; `None` when it names none.
pub fn platform_id(way: Way, answer: &Value) -> Option<String> {
    let id = match way {
        Way::WhatsApp => &answer["messages"][0]["id"],
        Way::Direct | Way::HumanAgent | Way::PrivateReply => &answer["message_id"],
        Way::Comment => &answer["id"],
    };
    id.as_str()
        .filter(|id| !id.is_empty())
        .map(ToOwned::to_owned)
}

/// The call that tells the platform that somebody read up to a message; comments have no such thing.
pub fn seen(conversation: &Conversation, platform_id: &str, page: Option<&str>) -> Option<Request> {
    match conversation.account.kind {
        ChannelKind::WhatsApp => Some(Request {
            path: format!("{}/messages", conversation.account.id),
            body: json!({
                "messaging_product": "whatsapp",
                "status": "read",
                "message_id": platform_id,
            }),
        }),
        ChannelKind::Messenger | ChannelKind::Instagram => Some(Request {
            path: format!("{}/messages", page.unwrap_or(&conversation.account.id)),
            body: json!({
                "recipient": { "id": conversation.contact },
                "sender_action": "mark_seen",
            }),
        }),
        ChannelKind::InstagramComment | ChannelKind::FacebookComment => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::{Channel, ChannelState};
    use crate::ids::Uid;
    use crate::inbox::event::Account;
    use crate::inbox::reply::Template;

    fn conversation(kind: ChannelKind, contact: &str) -> Conversation {
        let channel = Channel {
            id: "X_1".into(),
            owner: Uid::parse("m1").expect("a uid"),
            branch: None,
            state: ChannelState::Connected,
        };
        let account = Account {
            kind,
            id: "1".into(),
        };
        Conversation::new(account, contact.into(), &channel)
    }

    #[test]
    fn a_business_scoped_id_never_goes_into_to() {
        let said = Said::Text("ya".into());
        let body = |contact: &str| {
            let with = conversation(ChannelKind::WhatsApp, contact);
            request(Way::WhatsApp, &with, &said, None, None, "o1").body
        };
        let phone = body("6287000000011");
        assert_eq!(
            (&phone["to"], &phone["recipient"]),
            (&json!("6287000000011"), &Value::Null)
        );
        let user = body("ID.9100000000000006");
        assert_eq!(
            (&user["to"], &user["recipient"]),
            (&Value::Null, &json!("ID.9100000000000006"))
        );
        assert_eq!(user["biz_opaque_callback_data"], "o1");
    }

    #[test]
    fn a_template_carries_its_parameters_in_their_order() {
        let said = Said::Template(Template {
            name: "jadwal".into(),
            language: "id".into(),
            parameters: vec!["Siti".into(), "12".into()],
        });
        let with = conversation(ChannelKind::WhatsApp, "62870");
        let body = request(Way::WhatsApp, &with, &said, None, None, "o1").body;
        let texts: Vec<_> = (0..2)
            .map(|at| &body["template"]["components"][0]["parameters"][at]["text"])
            .collect();
        assert_eq!(texts, ["Siti", "12"]);
        assert_eq!(body["type"], "template");
    }

    #[test]
    fn instagram_by_facebook_login_goes_through_its_page() {
        let with = conversation(ChannelKind::Instagram, "7");
        let said = Said::Text("ya".into());
        let by_page = request(Way::HumanAgent, &with, &said, None, Some("20"), "o1");
        assert_eq!(by_page.path, "20/messages");
        assert_eq!(by_page.body["tag"], "HUMAN_AGENT");
        assert_eq!(by_page.body["message"], json!({ "text": "ya" }));
        let own = request(Way::Direct, &with, &said, None, None, "o1");
        assert_eq!(own.path, "1/messages");
    }
}
