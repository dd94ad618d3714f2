//! The pure part of the inbox: any order, any repetition, the same end.

use std::collections::BTreeMap;

use jiff::Timestamp;
use leadgen_pro::channels::{Channel, ChannelState};
use leadgen_pro::ids::{BranchId, Uid};
use leadgen_pro::inbox::event::{
    Account, Arrival, ChannelKind, Content, Delivery, Direction, Failure, InboundEvent, LeadPing,
    MEDIA_PLACEHOLDER, Mark, MarkKind, Moment, Profile, Referral, TimeSource, Watermark, What,
};
use leadgen_pro::inbox::merge::Inbox;
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
    for event in events {
        inbox.apply(&channel(), event);
        for home in inbox.changed.last_moved.clone().into_keys() {
            inbox.settle_last(&home, None);
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
        prop_oneof![3 => arrival(), 2 => mark(), 1 => other()],
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
