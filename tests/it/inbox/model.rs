//! The pure part of the inbox: any order, any repetition, the same end.

use std::collections::BTreeMap;

use jiff::Timestamp;
use leadgen_pro::channels::{Channel, ChannelState};
use leadgen_pro::ids::{BranchId, Uid};
use leadgen_pro::inbox::conversation::{Conversation, Last};
use leadgen_pro::inbox::entry::conversation_name;
use leadgen_pro::inbox::event::{
    Account, Arrival, ChannelKind, Content, Delivery, Direction, Failure, InboundEvent, LeadPing,
    MEDIA_PLACEHOLDER, Mark, MarkKind, Moment, Profile, Referral, TimeSource, Watermark, What,
};
use leadgen_pro::inbox::merge::Inbox;
use leadgen_pro::inbox::outgoing::{Outgoing, State};
use proptest::prelude::*;

use super::bodies::THEN;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(THEN + second).unwrap()
}

fn channel() -> Channel {
    Channel {
        id: "X_1".into(),
        owner: Uid::parse("mitra-1").unwrap(),
        branch: Some(BranchId::parse("cabang-1").unwrap()),
        state: ChannelState::Connected,
    }
}

/// Applies events one by one, and lists what people would see.
fn end_of(events: &[InboundEvent]) -> BTreeMap<String, String> {
    let mut inbox = Inbox::at(at(10_000));
    let mut last = BTreeMap::new();
    for ours in outgoing() {
        let (account, contact) = told_of(&ours);
        let mut conversation = Conversation::new(account, contact, &channel());
        let shown = Last {
            sort_at: ours.called,
            name: ours.id.clone(),
            kind: "text".to_owned(),
            outgoing: true,
            text: Some(OURS.to_owned()),
        };
        conversation.note_last(shown.clone());
        last.insert(ours.conversation.clone(), shown);
        inbox
            .conversations
            .insert(ours.conversation.clone(), conversation);
        inbox.outgoing.insert(ours.id.clone(), ours);
    }
    for event in events {
        inbox.apply(&channel(), &event.named());
        for home in inbox.changed.last_moved.clone().into_keys() {
            inbox.settle_last(&home, last.get(&home).cloned());
        }
    }
    let mut seen = BTreeMap::new();
    for (name, conversation) in inbox.conversations {
        seen.insert(name, format!("{conversation:?}"));
    }
    for (name, entry) in inbox.entries {
        let said = inbox.arrivals.get(&name).map(|arrival| {
            let content = &arrival.content;
            (content.kind, entry.marks.text(content.text.as_ref()))
        });
        seen.insert(
            name,
            format!("{entry:?} {:?} {said:?}", entry.marks.status()),
        );
    }
    for (name, ours) in inbox.outgoing {
        seen.insert(name, format!("{ours:?}"));
    }
    for (name, intake) in inbox.leads {
        seen.insert(name, format!("{intake:?}"));
    }
    seen
}

fn account(kind: ChannelKind) -> Account {
    Account {
        kind,
        id: "1".into(),
    }
}

/// What our own messages say.
const OURS: &str = "dari kami";

/// Messages of our own on their way: two on channels that name them back, and one that is known by its words.
fn outgoing() -> [Outgoing; 3] {
    [
        (0, ChannelKind::Messenger),
        (1, ChannelKind::WhatsApp),
        (2, ChannelKind::Instagram),
    ]
    .map(|(number, kind)| {
        let account = account(kind);
        let home = conversation_name(&account, &format!("contact{number}"));
        Outgoing {
            id: format!("ours{number}"),
            conversation: home.clone(),
            echoes_in: home,
            account,
            author: Uid::parse("mitra-1").unwrap(),
            asked: String::new(),
            said: Outgoing::digest(OURS),
            lead: Some("l1".into()),
            state: State::Calling { until: at(9_000) },
            attempts: 1,
            attempt_id: "a".into(),
            called: at(20),
        }
    })
}

fn told_of(ours: &Outgoing) -> (Account, String) {
    let number = ours.id.trim_start_matches("ours");
    (ours.account.clone(), format!("contact{number}"))
}

/// What is told of messages of our own: the answer to sending them, their echo, a status, whatever comes first.
fn of_ours() -> impl Strategy<Value = InboundEvent> {
    (0_usize..3, 0_u8..3, 0_i64..9).prop_map(|(number, telling, late)| {
        let ours = outgoing()[number].clone();
        let (account, contact) = told_of(&ours);
        let id = format!("out{number}");
        let moment = |second| {
            Some(Moment {
                at: at(second),
                source: TimeSource::Event,
            })
        };
        let answered = telling == 0;
        let whatsapp = account.kind == ChannelKind::WhatsApp;
        if whatsapp && !answered {
            let what = if telling == 1 {
                MarkKind::Reached(Delivery::Delivered)
            } else {
                MarkKind::Failed(Failure::default())
            };
            let mark = Mark {
                id,
                contact: None,
                at: moment(20 + late),
                outgoing: Some(ours.id),
                what,
            };
            return InboundEvent {
                account,
                what: What::Marks(vec![mark]),
            };
        }
        let named = answered || account.kind == ChannelKind::Messenger;
        let arrival = Arrival {
            id,
            contact,
            profile: Profile::default(),
            direction: Direction::Out,
            anonymous: false,
            app: (!answered).then(|| "9".to_owned()),
            outgoing: named.then_some(ours.id),
            at: moment(if answered { 20 } else { 21 + late }),
            history: false,
            content: Content {
                kind: "text",
                text: Some(OURS.to_owned()),
                ..Content::default()
            },
        };
        InboundEvent {
            account,
            what: What::Message(Box::new(arrival)),
        }
    })
}

/// Ten messages on three channels; whose each is and which way it went lies in its number.
fn told(number: u8) -> (Account, String, String, Direction) {
    let kind = [
        ChannelKind::Messenger,
        ChannelKind::WhatsApp,
        ChannelKind::InstagramComment,
    ][usize::from(number % 3)];
    let direction = if number % 4 == 3 {
        Direction::Out
    } else {
        Direction::In
    };
    (
        account(kind),
        format!("id{number}"),
        format!("contact{}", number % 2),
        direction,
    )
}

fn arrival() -> impl Strategy<Value = InboundEvent> {
    (0_u8..10, 0_i64..3, any::<bool>(), any::<bool>(), 0_u8..3).prop_map(
        |(number, late, history, placeholder, name)| {
            let (account, id, contact, direction) = told(number);
            let own = at(i64::from(number) * 7 % 40);
            // A comment says nothing of its time, and each notification has another.
            let moment = match account.kind {
                ChannelKind::InstagramComment => Moment {
                    at: own + jiff::SignedDuration::from_secs(9 * late),
                    source: TimeSource::Delivery,
                },
                _ => Moment {
                    at: own,
                    source: TimeSource::Event,
                },
            };
            let whatsapp = account.kind == ChannelKind::WhatsApp;
            let placeholder = placeholder && whatsapp;
            let arrival = Arrival {
                contact,
                profile: Profile {
                    name: (name > 0).then(|| format!("name{name}")),
                    phone: whatsapp.then(|| "+62870".to_owned()),
                    user_id: None,
                },
                direction,
                anonymous: false,
                app: None,
                outgoing: None,
                at: Some(moment),
                history: history && whatsapp,
                content: Content {
                    kind: if placeholder {
                        MEDIA_PLACEHOLDER
                    } else {
                        "text"
                    },
                    text: (!placeholder).then(|| format!("text of {id}")),
                    referral: (name == 2).then(|| Referral {
                        ad_id: Some(id.clone()),
                        ..Referral::default()
                    }),
                    ..Content::default()
                },
                id,
            };
            InboundEvent {
                account,
                what: What::Message(Box::new(arrival)),
            }
        },
    )
}

fn mark() -> impl Strategy<Value = InboundEvent> {
    let kind = prop_oneof![
        Just(MarkKind::Reached(Delivery::Sent)),
        Just(MarkKind::Reached(Delivery::Delivered)),
        Just(MarkKind::Reached(Delivery::Read)),
        Just(MarkKind::Reached(Delivery::Played)),
        Just(MarkKind::Failed(Failure::default())),
        Just(MarkKind::Deleted),
        (0_u8..3).prop_map(|n| MarkKind::Edited {
            text: (n > 0).then(|| format!("edit{n}"))
        }),
        (0_u8..3).prop_map(|n| MarkKind::Reacted {
            emoji: (n > 0).then(|| format!("emoji{n}"))
        }),
    ];
    proptest::collection::vec((0_u8..12, 0_i64..60, kind), 1..3).prop_map(|marks| {
        let (account, ..) = told(marks[0].0);
        let marks = marks
            .into_iter()
            .map(|(number, second, what)| Mark {
                id: format!("id{number}"),
                contact: Some(format!("contact{}", number % 2)),
                at: Some(Moment {
                    at: at(second),
                    source: TimeSource::Event,
                }),
                outgoing: None,
                what,
            })
            .collect();
        InboundEvent {
            account,
            what: What::Marks(marks),
        }
    })
}

fn other() -> impl Strategy<Value = InboundEvent> {
    let watermark = (0_u8..2, any::<bool>(), 0_i64..50).prop_map(|(contact, read, second)| {
        What::Watermark(Watermark {
            contact: format!("contact{contact}"),
            read,
            up_to: at(second),
        })
    });
    let referred = (0_u8..2, 0_i64..50).prop_map(|(contact, second)| What::Referred {
        contact: format!("contact{contact}"),
        at: Some(Moment {
            at: at(second),
            source: TimeSource::Event,
        }),
        referral: Referral {
            reference: Some(format!("ref{second}")),
            ..Referral::default()
        },
    });
    let lead = (0_u8..3, any::<bool>(), any::<bool>()).prop_map(|(number, form, ad)| {
        What::Lead(LeadPing {
            leadgen_id: format!("9{number}"),
            form_id: form.then(|| "form".to_owned()),
            ad_id: ad.then(|| "ad".to_owned()),
            adgroup_id: None,
            created_at: form.then(|| at(0)),
        })
    });
    prop_oneof![watermark, referred, lead].prop_map(|what| InboundEvent {
        account: account(ChannelKind::Messenger),
        what,
    })
}

fn events() -> impl Strategy<Value = Vec<InboundEvent>> {
    proptest::collection::vec(
        prop_oneof![3 => arrival(), 2 => mark(), 1 => other(), 2 => of_ours()],
        1..40,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn any_order_and_any_repetition_end_the_same(
        (calm, shuffled) in events().prop_flat_map(|calm| {
            let again = prop::sample::subsequence(calm.clone(), 0..=calm.len());
            (Just(calm.clone()), again.prop_flat_map(move |again| {
                let mut all = calm.clone();
                all.extend(again);
                Just(all).prop_shuffle()
            }))
        })
    ) {
        prop_assert_eq!(end_of(&calm), end_of(&shuffled));
    }
}
