//! A small organisation: head office, two branches, three partners.

use leadgen_pro::ids::random_id;
use leadgen_pro::store::Query;
use serde_json::{Value, json};

use crate::support::events::Recorded;
use crate::support::{App, Person, documents};

/// The application and its people.
pub(super) struct World {
    pub(super) app: App,
    pub(super) pusat: Person,
    /// The branch `c1`, its founder's account, and its partners.
    pub(super) c1: Person,
    pub(super) m1: Person,
    pub(super) m2: Person,
    /// The neighbour.
    pub(super) c2: Person,
    pub(super) m3: Person,
}

impl World {
    pub(super) async fn start() -> Self {
        Self::of(App::start().await).await
    }

    pub(super) async fn of(app: App) -> Self {
        let (pusat, c1, m1, m2, c2, m3) = futures::join!(
            app.staff("p1", "PUSAT", None),
            app.staff("c1", "CABANG", Some("c1")),
            app.staff("m1", "MITRA", Some("c1")),
            app.staff("m2", "MITRA", Some("c1")),
            app.staff("c2", "CABANG", Some("c2")),
            app.staff("m3", "MITRA", Some("c2")),
        );
        Self {
            app,
            pusat,
            c1,
            m1,
            m2,
            c2,
            m3,
        }
    }

    pub(super) async fn get(&self, path: &str) -> Option<Value> {
        documents::get(&self.app.project, path).await
    }

    pub(super) async fn list(&self, collection: &str) -> Vec<(String, Value)> {
        documents::list(&self.app.project, collection).await
    }

    /// How many documents a collection has.
    pub(super) async fn count(&self, collection: &str) -> u64 {
        let all = Query::all(collection);
        self.app.state.store.count(all).await.unwrap()
    }

    /// Creates a lead and returns its id.
    pub(super) async fn lead(&self, by: &Person, phone: &str) -> String {
        let data = json!({ "name": "Siti", "phone": phone, "source": "MANUAL" });
        let result = self.app.call(by, "createLead", data).await.result();
        assert_eq!(result["created"], true, "{result}");
        result["leadId"].as_str().unwrap().to_owned()
    }

    /// Writes a lead directly, as the frontend does, in a state that the rules allow.
    pub(super) async fn direct(&self, id: &str, phone: &str, branch: &str, holder: &str) {
        self.put(&format!("leads/{id}"), direct_lead(phone, branch, holder))
            .await;
    }

    pub(super) async fn put(&self, path: &str, document: Value) {
        documents::put(&self.app.project, path, document).await;
    }

    /// What the index says of a phone.
    pub(super) async fn index_of(&self, e164: &str) -> Option<Value> {
        let digest = self.app.state.phone_digest.hex(e164);
        self.get(&format!("phone_index/{digest}")).await
    }

    /// The history of a lead, the oldest entry first.
    pub(super) async fn history(&self, lead: &str) -> Vec<Value> {
        let entries = self.list(&format!("leads/{lead}/history")).await;
        let mut entries: Vec<Value> = entries.into_iter().map(|(_, entry)| entry).collect();
        entries.sort_by_key(|entry| entry["at"]["$time"].as_str().unwrap().to_owned());
        entries
    }

    /// The events of leads so far, also those lost.
    pub(super) fn lead_events(&self) -> Vec<Recorded> {
        let mut events = self.app.events.recorded();
        events.retain(|event| event.path.contains("leadWritten"));
        events
    }

    /// Everything that leads consist of, to tell whether anything was written.
    pub(super) async fn all_leads(&self) -> Vec<(String, Value)> {
        let mut all = self.list("leads").await;
        all.extend(self.list("phone_index").await);
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }
}

/// A lead as a client writes it: without what is the service's.
pub(super) fn direct_lead(phone: &str, branch: &str, holder: &str) -> Value {
    json!({
        "name": "Budi",
        "phone": phone,
        "source": "REFERRAL",
        "status": "NEW",
        "assignedTo": holder,
        "branchId": branch,
        "createdAt": { "$time": "2026-11-23T02:00:00Z" },
    })
}

/// A mobile number that no other test has, in E.164 form.
pub(super) fn phone() -> String {
    let bits = u128::from_str_radix(&random_id(), 16).unwrap();
    format!("+62812{:08}", bits % 100_000_000)
}
