//! Windows at their edges and texts at their limits.

use super::*;
use crate::channels::{Channel, ChannelState};
use crate::ids::Uid;
use crate::inbox::event::Account;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn conversation(kind: ChannelKind, reply_until: Option<&str>) -> Conversation {
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
    let mut conversation = Conversation::new(account, "7".into(), &channel);
    conversation.reply_until = reply_until.map(at);
    conversation
}

fn draft(text: &str) -> Draft {
    Draft {
        said: Said::Text(text.to_owned()),
        human_agent: false,
        private: false,
    }
}

fn template() -> Draft {
    Draft {
        said: Said::Template(Template {
            name: "jadwal".into(),
            language: "id".into(),
            parameters: vec!["Siti".into()],
        }),
        ..draft("")
    }
}

fn target(sent_at: &str, incoming: bool) -> Target {
    Target {
        platform_id: "c1".into(),
        incoming,
        sent_at: at(sent_at),
        post_id: None,
    }
}

const END: &str = "2026-11-03T10:00:00Z";

#[test]
fn a_window_ends_at_its_moment() {
    let by_hand = Draft {
        human_agent: true,
        ..draft("ya")
    };
    for kind in [ChannelKind::Messenger, ChannelKind::Instagram] {
        let with = conversation(kind, Some(END));
        let sent = |draft: &Draft, now: &str| way(&with, draft, None, at(now));
        assert_eq!(sent(&draft("ya"), "2026-11-03T09:59:59Z"), Ok(Way::Direct));
        assert_eq!(sent(&by_hand, "2026-11-03T09:59:59Z"), Ok(Way::Direct));
        let closed = |human_agent_until: Option<&str>| {
            Err(Refusal::WindowClosed {
                ended: Some(at(END)),
                human_agent_until: human_agent_until.map(at),
                template: false,
            })
        };
        let until = "2026-11-09T10:00:00Z";
        assert_eq!(sent(&draft("ya"), END), closed(Some(until)));
        assert_eq!(sent(&by_hand, END), Ok(Way::HumanAgent));
        assert_eq!(sent(&by_hand, "2026-11-09T09:59:59Z"), Ok(Way::HumanAgent));
        assert_eq!(sent(&by_hand, until), closed(None));
    }
}

#[test]
fn whatsapp_takes_templates_at_any_time() {
    let with = conversation(ChannelKind::WhatsApp, Some(END));
    let sent = |draft: &Draft, now: &str| way(&with, draft, None, at(now));
    assert_eq!(
        sent(&draft("ya"), "2026-11-03T09:59:59Z"),
        Ok(Way::WhatsApp)
    );
    assert_eq!(sent(&template(), END), Ok(Way::WhatsApp));
    let by_hand = Draft {
        human_agent: true,
        ..draft("ya")
    };
    for draft in [&draft("ya"), &by_hand] {
        let closed = Err(Refusal::WindowClosed {
            ended: Some(at(END)),
            human_agent_until: None,
            template: true,
        });
        assert_eq!(sent(draft, END), closed);
    }
    let never = conversation(ChannelKind::WhatsApp, None);
    assert_eq!(way(&never, &template(), None, at(END)), Ok(Way::WhatsApp));
    assert!(way(&never, &draft("ya"), None, at(END)).is_err());
    let messenger = conversation(ChannelKind::Messenger, Some(END));
    assert_eq!(
        way(&messenger, &template(), None, at("2026-11-03T00:00:00Z")),
        Err(Refusal::TemplatesAreForWhatsApp)
    );
}

#[test]
fn comments_are_answered_in_public_at_any_time_and_in_private_for_seven_days() {
    let with = conversation(ChannelKind::FacebookComment, None);
    let comment = target("2026-11-03T10:00:00Z", true);
    let private = Draft {
        private: true,
        ..draft("ya")
    };
    let sent = |draft: &Draft, now: &str| way(&with, draft, Some(&comment), at(now));
    assert_eq!(sent(&draft("ya"), "2027-11-03T10:00:00Z"), Ok(Way::Comment));
    assert_eq!(
        sent(&private, "2026-11-10T09:59:59Z"),
        Ok(Way::PrivateReply)
    );
    assert!(matches!(
        sent(&private, "2026-11-10T10:00:00Z"),
        Err(Refusal::WindowClosed { ended: Some(_), .. })
    ));
    let now = at("2026-11-04T00:00:00Z");
    assert_eq!(
        way(&with, &draft("ya"), None, now),
        Err(Refusal::WhichComment)
    );
    let ours = target("2026-11-03T10:00:00Z", false);
    assert_eq!(
        way(&with, &private, Some(&ours), now),
        Err(Refusal::PrivateToOurselves)
    );
    let chat = conversation(ChannelKind::Messenger, Some(END));
    let then = at("2026-11-03T00:00:00Z");
    assert_eq!(
        way(&chat, &private, None, then),
        Err(Refusal::PrivateIsForComments)
    );
}

#[test]
fn texts_are_counted_as_each_platform_counts() {
    let now = at("2026-11-03T00:00:00Z");
    for (kind, letter, most) in [
        (ChannelKind::Messenger, "é", 2_000),
        (ChannelKind::Instagram, "a", 1_000),
        (ChannelKind::Instagram, "س", 500),
        (ChannelKind::Instagram, "🕋", 250),
        (ChannelKind::WhatsApp, "س", 4_096),
    ] {
        let with = conversation(kind, Some(END));
        let sent = |times: usize| way(&with, &draft(&letter.repeat(times)), None, now);
        assert!(sent(most).is_ok(), "{kind:?} {letter}");
        assert!(
            matches!(sent(most + 1), Err(Refusal::TooLong { .. })),
            "{kind:?} {letter}"
        );
        assert_eq!(way(&with, &draft(" \n"), None, now), Err(Refusal::Empty));
    }
}

#[test]
fn a_template_that_cannot_be_one_is_refused_by_its_part() {
    let change = |of: fn(&mut Template)| {
        let Said::Template(mut changed) = template().said else {
            return Err(Refusal::Empty);
        };
        of(&mut changed);
        changed.check()
    };
    assert_eq!(change(|_| {}), Ok(()));
    let wrong = |field| Err(Refusal::Template(field));
    assert_eq!(change(|t| t.name = "Jadwal".into()), wrong("template.name"));
    assert_eq!(
        change(|t| t.language = "i".into()),
        wrong("template.language")
    );
    assert_eq!(
        change(|t| t.parameters = vec![" ".into()]),
        wrong("template.parameters")
    );
}
