//! What a kill run delivers, and what must be there in the end.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::bodies::{NUMBER, PAGE, echo, messenger_text, text};
use crate::support::dice::Dice;

/// Deliveries, and what they come to.
pub(super) struct Plan {
    /// The bodies, each with the number of its units.
    pub(super) bodies: Vec<(Vec<u8>, i64)>,
    /// Messages, by the platform's ids.
    pub(super) messages: BTreeSet<String>,
    /// Those of them that were taken back.
    pub(super) deleted: BTreeSet<String>,
    /// Leads.
    pub(super) leads: BTreeSet<String>,
    /// Messages that somebody has to look at.
    pub(super) unread: i64,
}

/// Where a unit stands in a body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A list of a WhatsApp change.
    WhatsApp(&'static str),
    /// `messaging` of a page.
    Messaging,
    /// A change of a page.
    Change(&'static str),
}

type Unit = (Place, Value);

impl Plan {
    /// So many units in deliveries of all sizes, the largest of which takes several commits; some of them come a second
    /// time in another body. Everything happened after `second`.
    pub(super) fn new(dice: &mut Dice, units: usize, second: i64) -> Self {
        let mut plan = Self {
            bodies: Vec::new(),
            messages: BTreeSet::new(),
            deleted: BTreeSet::new(),
            leads: BTreeSet::new(),
            unread: 0,
        };
        let (mut whatsapp, mut page) = (Vec::new(), Vec::new());
        let mut echoes = Vec::new();
        for number in 0..units {
            let at = second + i64::try_from(number).unwrap();
            let unit = plan.unit(dice, number, at, units, &mut echoes);
            match unit.0 {
                Place::WhatsApp(_) => whatsapp.push(unit),
                Place::Messaging | Place::Change(_) => page.push(unit),
            }
        }
        dice.shuffle(&mut whatsapp);
        dice.shuffle(&mut page);
        for (mut rest, whatsapp) in [(&whatsapp[..], true), (&page[..], false)] {
            // The first delivery is larger than one commit.
            let mut size = if whatsapp { 210 } else { 4 };
            while !rest.is_empty() {
                let (these, others) = rest.split_at(size.min(rest.len()));
                rest = others;
                plan.deliver(these, whatsapp, second);
                if dice.percent(15) {
                    // Repeated with another time of sending, and with fewer neighbours.
                    let (some, _) = these.split_at(1 + dice.below(these.len()));
                    plan.deliver(some, whatsapp, second + 3_600);
                }
                let most = *dice.one(&[1, 3, 8, 30]);
                size = 1 + dice.below(most);
            }
        }
        dice.shuffle(&mut plan.bodies);
        plan
    }

    fn unit(
        &mut self,
        dice: &mut Dice,
        number: usize,
        second: i64,
        units: usize,
        echoes: &mut Vec<String>,
    ) -> Unit {
        let person = format!("62870000{:05}", dice.below(units / 20 + 3));
        let id = format!("wamid.k{number}/+=");
        let words = format!("kata {number}");
        match dice.below(100) {
            0..50 => {
                self.messages.insert(id.clone());
                self.unread += 1;
                let item = text(&person, &id, second, &words);
                (Place::WhatsApp("messages"), item)
            }
            50..60 => {
                self.messages.insert(id.clone());
                echoes.push(id.clone());
                let item = echo(&person, &id, second, &words);
                (Place::WhatsApp("message_echoes"), item)
            }
            60..70 if !echoes.is_empty() => {
                let word = dice.one(&["sent", "delivered", "read"]);
                let item = json!({
                    "id": dice.one(echoes), "status": word, "timestamp": second.to_string(), "recipient_id": person,
                });
                (Place::WhatsApp("statuses"), item)
            }
            70..74 if !echoes.is_empty() => {
                let original = dice.one(echoes).clone();
                self.deleted.insert(original.clone());
                let item = json!({
                    "id": id, "from": person, "timestamp": second.to_string(), "type": "revoke",
                    "revoke": { "original_message_id": original },
                });
                (Place::WhatsApp("messages"), item)
            }
            74..84 => {
                let id = format!("91{number:013}");
                self.leads.insert(id.clone());
                let value = json!({
                    "leadgen_id": id, "page_id": PAGE, "form_id": "510000000000001", "created_time": second,
                });
                (Place::Change("leadgen"), value)
            }
            84..90 => {
                let id = format!("{PAGE}_{number}");
                self.messages.insert(id.clone());
                self.unread += 1;
                let value = json!({
                    "item": "comment", "verb": "add", "comment_id": id, "post_id": format!("{PAGE}_p"),
                    "from": { "id": person, "name": person }, "message": words, "created_time": second,
                });
                (Place::Change("feed"), value)
            }
            _ => {
                let id = format!("m_k{number}");
                self.messages.insert(id.clone());
                self.unread += 1;
                let item = messenger_text(&person, &id, second * 1_000, &words, false);
                (Place::Messaging, item)
            }
        }
    }

    fn deliver(&mut self, units: &[Unit], whatsapp: bool, time: i64) {
        let items = |place: Place| -> Vec<&Value> {
            units
                .iter()
                .filter(|(at, _)| *at == place)
                .map(|(_, item)| item)
                .collect()
        };
        let body = if whatsapp {
            let mut value = json!({
                "messaging_product": "whatsapp",
                "metadata": { "display_phone_number": "628700000001", "phone_number_id": NUMBER },
            });
            for list in ["messages", "message_echoes", "statuses"] {
                value[list] = json!(items(Place::WhatsApp(list)));
            }
            json!({
                "object": "whatsapp_business_account",
                "entry": [{ "id": "300200000000001", "time": time, "changes": [{ "field": "messages", "value": value }] }],
            })
        } else {
            let changes: Vec<Value> = units
                .iter()
                .filter_map(|(place, value)| match place {
                    Place::Change(field) => Some(json!({ "field": field, "value": value })),
                    Place::WhatsApp(_) | Place::Messaging => None,
                })
                .collect();
            json!({
                "object": "page",
                "entry": [{ "id": PAGE, "time": time, "messaging": items(Place::Messaging), "changes": changes }],
            })
        };
        let count = i64::try_from(units.len()).unwrap();
        self.bodies.push((body.to_string().into_bytes(), count));
    }
}
