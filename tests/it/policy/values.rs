//! Values to put into fields: proper ones, near misses, boundaries, and those of every type.

use leadgen_pro::policy::direct::{Fields, Value};

use super::documents::{EARLIER, NOW, fields};

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
        fields([("text", "x".into()), ("at", EARLIER)]),
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
