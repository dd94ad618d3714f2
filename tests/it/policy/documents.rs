//! Documents to ask about: where they lie, what a proper one looks like, and every way to spoil it.

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

/// Values of every type, to be put where they do not belong.
pub(super) fn any_type() -> Vec<Value> {
    vec![
        Value::Null,
        Value::Bool(true),
        Value::Bool(false),
        Value::Integer(7),
        Value::Double(1.5),
        "".into(),
        "NEW".into(),
        EARLIER,
        NOW,
        Value::Bytes(vec![1, 2]),
        Value::Reference("users/m1".into()),
        Value::GeoPoint(21.4, 39.8),
        Value::List(vec!["NEW".into()]),
        Value::Map(Fields::new()),
        Value::Map(fields([("keys", "values".into())])),
    ]
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

fn texts<const N: usize>(texts: [&str; N]) -> Vec<Value> {
    texts.into_iter().map(Value::from).collect()
}

/// Lengths on both sides of a limit, and characters that count twice.
fn around(limit: usize) -> Vec<Value> {
    let pairs = "🕋".repeat(limit / 2);
    let rest = "e".repeat(limit % 2);
    vec![
        "".into(),
        "x".into(),
        Value::Text("é".repeat(limit)),
        Value::Text("x".repeat(limit + 1)),
        Value::Text(format!("{pairs}{rest}")),
        Value::Text(format!("{pairs}{rest}x")),
    ]
}

fn ids() -> Vec<Value> {
    let mut ids = texts([
        "m1",
        "m2",
        "n1",
        "c1",
        "c1b",
        "c2",
        "p1",
        "disabled",
        "enabled",
        "half-disabled",
        "null-disabled",
        "no-branch",
        "no-role",
        "odd-role",
        "odd-branch",
        "ghost",
        "c1/x",
        ".",
        "..",
        "__",
        "___",
        "____",
        "__c1__",
        "__c1",
        "a\u{7f}",
        "a\u{85}",
        "a\nb",
        "a b",
        "\u{a0}",
        "…",
        "...",
    ]);
    ids.extend(
        [
            "c".repeat(128),
            "c".repeat(129),
            "🕋".repeat(128),
            "🕋".repeat(129),
        ]
        .map(Value::Text),
    );
    ids
}

fn emails() -> Vec<Value> {
    let mut emails = texts([
        "a@b.c",
        "a@b",
        "@b.c",
        "a@.c",
        "a@b.",
        "a@b..",
        "a@..c",
        "a@...",
        "a@@b.c",
        "a@b.c@d.e",
        "a b@c.d",
        "a@b .c",
        "a@b.c\n",
        "\ta@b.c",
        "a\u{a0}@b.c",
        "siti@contoh.co.id",
        "é@ü.id",
        "a.b.c",
        "a\u{b}@b.c",
        "a\u{c}@b.c",
    ]);
    emails.push(Value::Text(format!("{}@b.id", "a".repeat(315))));
    emails.push(Value::Text(format!("{}@b.id", "a".repeat(316))));
    emails
}

fn consents() -> Vec<Value> {
    [
        fields([("text", "Yes".into()), ("at", EARLIER)]),
        fields([("text", "Yes".into()), ("at", NOW)]),
        fields([("text", "".into()), ("at", EARLIER)]),
        fields([("text", Value::Text("x".repeat(5000))), ("at", EARLIER)]),
        fields([("text", Value::Text("x".repeat(5001))), ("at", EARLIER)]),
        fields([("text", "Yes".into()), ("at", "now".into())]),
        fields([("text", Value::Integer(1)), ("at", EARLIER)]),
        fields([("text", "Yes".into())]),
        fields([("at", EARLIER)]),
        fields([
            ("text", "Yes".into()),
            ("at", EARLIER),
            ("ip", "::1".into()),
        ]),
    ]
    .map(Value::Map)
    .into()
}

fn signatures() -> Vec<Value> {
    let mut signatures = Vec::new();
    for by in ["p1", "c1", "m1", "n1", "ghost"] {
        signatures.push(fields([("by", by.into()), ("at", NOW)]));
        signatures.push(fields([("by", by.into()), ("at", EARLIER)]));
    }
    signatures.push(fields([("by", "m1".into())]));
    signatures.push(fields([("at", NOW)]));
    signatures.push(fields([("by", "m1".into()), ("at", NOW), ("x", NOW)]));
    signatures.push(fields([("by", Value::Null), ("at", NOW)]));
    signatures.into_iter().map(Value::Map).collect()
}

fn options() -> Vec<Value> {
    let mut all = Vec::new();
    let mut add = |name: &str, values: Vec<Value>| {
        all.extend(values.into_iter().map(|value| fields([(name, value)])));
    };
    add("tone", around(100));
    add("language", around(35));
    add("media", texts(["NONE", "IMAGE", "VIDEO", "image", "AUDIO"]));
    add(
        "aspect",
        texts([
            "4:5", "16:9", "99:99", "1:1", "0:1", "1:0", "100:1", "4:", ":5", "4/5", "4:5:6",
            "4:05", "4 :5", "٤:٥",
        ]),
    );
    for name in ["tone", "language", "media", "aspect", "model"] {
        add(
            name,
            vec![
                Value::Null,
                Value::Integer(1),
                NOW,
                Value::Map(Fields::new()),
            ],
        );
    }
    all.push(fields([
        ("tone", "warm".into()),
        ("language", "id".into()),
        ("media", "IMAGE".into()),
        ("aspect", "4:5".into()),
    ]));
    all.into_iter().map(Value::Map).collect()
}

/// Values for a field: proper ones, near misses and boundaries. `id` is the document's own.
pub(super) fn candidates(collection: &str, field: &str, id: &str) -> Vec<Value> {
    match field {
        "id" => texts([id, "another"]),
        "name" => around(200),
        "phone" => texts([
            "+628123456789",
            "+1234567",
            "+123456",
            "+123456789012345",
            "+1234567890123456",
            "628123456789",
            "08123456789",
            "+0812345678",
            "+62 8123456789",
            "+62-8123456789",
            "+62812345678a",
            "+６２８１２３４５６７８",
            "+628123456789\n",
            " +628123456789",
            "+",
            "++628123456789",
        ]),
        "email" => emails(),
        "source" => texts([
            "IG_ADS",
            "FB_ADS",
            "INSTAGRAM",
            "MESSENGER",
            "WHATSAPP",
            "REFERRAL",
            "MANUAL",
            "IMPORT",
            "manual",
            "TIKTOK",
        ]),
        "status" => texts([
            "NEW",
            "FOLLOW_UP",
            "CLOSING",
            "LOST",
            "WON",
            "new",
            "PENDING",
            "PROCESSING",
            "COMPLETED",
            "FAILED",
        ]),
        "lostReason" => around(500),
        "note" => around(5000),
        "topic" => around(2000),
        "displayName" => around(100),
        "platform" => texts(["INSTAGRAM", "FACEBOOK", "WHATSAPP", "TIKTOK", "instagram"]),
        "assignedTo" | "branchId" | "userId" | "ownerId" | "uid" => ids(),
        "createdAt" | "updatedAt" | "submittedAt" | "firstResponseAt" => vec![NOW, EARLIER],
        "consent" => consents(),
        "lastChange" => signatures(),
        "options" => options(),
        "role" => texts(["PUSAT", "CABANG", "MITRA"]),
        "attempts" => vec![Value::Integer(0), Value::Integer(1)],
        "disabled" => vec![Value::Bool(false), Value::Bool(true)],
        _ if collection == "unnamed" => vec![NOW],
        _ => vec!["x".into()],
    }
}
