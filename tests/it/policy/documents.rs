//! Documents to ask about: where they lie, what a proper one looks like, and which fields it has.

use leadgen_pro::policy::direct::{Fields, Value};

/// The moment of a client's write: in a document to be written it stands for the server's time.
pub(super) const NOW: Value = Value::Timestamp(1_790_000_000_000_000);
/// A moment before.
pub(super) const EARLIER: Value = Value::Timestamp(1_780_000_000_123_456);

/// A collection, and the field that names a document's holder.
pub(super) struct Collection {
    pub(super) name: &'static str,
    pub(super) holder: Option<&'static str>,
    pub(super) child: Option<&'static str>,
}

const fn collection(name: &'static str, holder: Option<&'static str>) -> Collection {
    Collection {
        name,
        holder,
        child: None,
    }
}

/// Every collection of the product, and one that nobody named.
pub(super) const COLLECTIONS: &[Collection] = &[
    Collection {
        child: Some("history"),
        ..collection("leads", Some("assignedTo"))
    },
    Collection {
        child: Some("messages"),
        ..collection("conversations", Some("assignedTo"))
    },
    collection("content_requests", Some("userId")),
    collection("posts", Some("userId")),
    collection("budgets", Some("userId")),
    collection("channels", Some("ownerId")),
    collection("users", Some("uid")),
    collection("invitations", None),
    collection("branches", None),
    collection("settings", None),
    collection("ledger", None),
    collection("phone_index", None),
    collection("lead_intake", None),
    collection("webhook_deliveries", None),
    collection("channel_secrets", None),
    collection("unnamed", Some("userId")),
];

/// The collection of this name.
pub(super) fn named(name: &str) -> &'static Collection {
    COLLECTIONS
        .iter()
        .find(|collection| collection.name == name)
        .unwrap()
}

/// Where a document lies: its branch and its holder.
#[derive(Clone, Copy)]
pub(super) struct Place(
    pub(super) Option<&'static str>,
    pub(super) Option<&'static str>,
);

/// Places of stored documents.
pub(super) const PLACES: &[Place] = &[
    Place(Some("c1"), Some("m1")),
    Place(Some("c1"), Some("m2")),
    Place(Some("c1"), Some("c1")),
    Place(Some("c1"), Some("c1b")),
    Place(Some("c2"), Some("n1")),
    Place(Some("c2"), Some("c2")),
    Place(Some("c2"), Some("m1")),
    Place(Some("c1"), Some("p1")),
    Place(None, Some("p1")),
    Place(None, Some("m1")),
    Place(Some("c1"), None),
    Place(None, None),
];

/// Fields of a document.
pub(super) fn fields<const N: usize>(fields: [(&str, Value); N]) -> Fields {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A document as the service would have stored it at this place.
pub(super) fn placed(collection: &Collection, place: &Place) -> Fields {
    let mut document = match collection.name {
        "leads" => fields([
            ("name", "Ibu Siti".into()),
            ("source", "IG_ADS".into()),
            ("status", "NEW".into()),
            ("phone", "+628123456789".into()),
            ("createdAt", EARLIER),
        ]),
        "content_requests" => fields([
            ("topic", "Umrah in Ramadan".into()),
            ("platform", "INSTAGRAM".into()),
            ("status", "PENDING".into()),
            ("createdAt", EARLIER),
        ]),
        "users" => fields([
            ("role", "MITRA".into()),
            ("displayName", "A name".into()),
            ("createdAt", EARLIER),
        ]),
        _ => fields([("createdAt", EARLIER)]),
    };
    if let Place(Some(branch), _) = *place {
        document.insert("branchId".into(), branch.into());
    }
    if let (Some(field), Place(_, Some(holder))) = (collection.holder, *place) {
        document.insert(field.into(), holder.into());
    }
    document
}

/// The same document as a client would send it: its time is the server's.
pub(super) fn sent(mut document: Fields) -> Fields {
    document.insert("createdAt".into(), NOW);
    document
}

/// Fields that a client may not write, in any collection.
pub(super) const KEPT_FIELDS: &[&str] = &[
    "attribution",
    "firstResponseAt",
    "generatedContent",
    "error",
    "attempts",
    "usage",
    "lease",
    "role",
    "parentId",
    "connectedAccounts",
    "disabled",
    "uid",
    "extra",
];

/// Fields that a client writes, by collection.
pub(super) fn client_fields(collection: &str) -> &'static [&'static str] {
    match collection {
        "leads" => &[
            "id",
            "name",
            "phone",
            "email",
            "source",
            "status",
            "lostReason",
            "assignedTo",
            "branchId",
            "note",
            "createdAt",
            "updatedAt",
            "submittedAt",
            "consent",
            "lastChange",
        ],
        "content_requests" => &[
            "id",
            "userId",
            "branchId",
            "topic",
            "platform",
            "options",
            "status",
            "createdAt",
            "updatedAt",
        ],
        "users" => &["displayName", "updatedAt", "email", "branchId", "createdAt"],
        _ => &["branchId", "userId", "createdAt"],
    }
}
