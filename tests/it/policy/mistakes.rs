//! Mistakes that somebody could make in `firestore.rules`, each in one place.

/// A mistake in the rules: where `from` stands, `to` would stand.
pub(super) struct Mistake {
    pub(super) name: &'static str,
    /// Cases of this collection look at it; empty for all.
    pub(super) collection: &'static str,
    /// Cases with something unusual in this field look at it; empty for all.
    pub(super) field: &'static str,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
}

const fn mistake(
    name: &'static str,
    [collection, field]: [&'static str; 2],
    from: &'static str,
    to: &'static str,
) -> Mistake {
    Mistake {
        name,
        collection,
        field,
        from,
        to,
    }
}

pub(super) const MISTAKES: &[Mistake] = &[
    mistake(
        "nobody is PUSAT",
        ["settings", ""],
        "== 'PUSAT'",
        "== 'Pusat'",
    ),
    mistake(
        "a MITRA needs no branch",
        ["posts", ""],
        "== 'MITRA' && isId(request.auth.token.branchId)",
        "== 'MITRA'",
    ),
    mistake(
        "a CABANG is whatever it claims",
        ["posts", ""],
        " && isId(request.auth.token.branchId));\n    }\n\n    function isMitraOf",
        ");\n    }\n\n    function isMitraOf",
    ),
    mistake(
        "a CABANG needs a claim",
        ["posts", ""],
        "? branchId == request.auth.uid",
        "? false",
    ),
    mistake(
        "any branch is a CABANG's",
        ["conversations", ""],
        ": branchId == request.auth.token.branchId &&",
        ": branchId is string &&",
    ),
    mistake(
        "a MITRA sees its branch's leads",
        ["leads", ""],
        "(isMitra() && isSelf(data.assignedTo))",
        "isMitraOf(data.branchId)",
    ),
    mistake(
        "everybody lists leads",
        ["leads", ""],
        "allow read: if seesAssigned(resource.data);\n      allow create",
        "allow list: if request.auth != null; allow get: if seesAssigned(resource.data);\n      allow create",
    ),
    mistake(
        "an id may hold a slash",
        ["leads", ""],
        "[^/\\\\p{Cc}]+",
        "[^\\\\p{Cc}]+",
    ),
    mistake(
        "an id may be reserved",
        ["leads", ""],
        "_{2,3}|__.*__",
        "__.*__",
    ),
    mistake(
        "an id may be long",
        ["leads", ""],
        "value.size() <= 128 || value.matches('.{1,128}')",
        "value.size() <= 128 || value.matches('.{1,129}')",
    ),
    mistake(
        "a text may be too long",
        ["leads", "name"],
        "value.size() <= most",
        "value.size() <= most + 1",
    ),
    mistake(
        "a phone may be local",
        ["leads", "phone"],
        "'[+][1-9]",
        "'[+]?[1-9]",
    ),
    mistake(
        "a phone may be short",
        ["leads", "phone"],
        "{6,14}",
        "{5,14}",
    ),
    mistake(
        "an email needs no dot",
        ["leads", "email"],
        "[^@\\\\s]+[.][^@\\\\s]+'",
        "[^@\\\\s]+'",
    ),
    mistake(
        "a lead may have unknown fields",
        ["leads", ""],
        "&& request.resource.data.keys().hasOnly(editable().concat(['createdAt']))",
        "",
    ),
    mistake(
        "a lead may be backdated",
        ["leads", ""],
        "&& request.resource.data.createdAt == request.time\n        && isLead",
        "&& isLead",
    ),
    mistake(
        "createdAt may change",
        ["leads", "createdAt"],
        "'submittedAt', 'consent'",
        "'submittedAt', 'createdAt', 'consent'",
    ),
    mistake(
        "a client may attribute",
        ["leads", "attribution"],
        "'submittedAt', 'consent'",
        "'submittedAt', 'attribution', 'consent'",
    ),
    mistake(
        "a lost lead needs no reason",
        ["leads", "status"],
        "lead.status != 'LOST' || ",
        "true || ",
    ),
    mistake(
        "a consent may say more",
        ["leads", "consent"],
        "consent.keys().hasOnly(['text', 'at'])",
        "true",
    ),
    mistake(
        "anybody's signature will do",
        ["leads", "lastChange"],
        "'by': request.auth.uid, 'at'",
        "'by': lead.lastChange.by, 'at'",
    ),
    mistake(
        "a CABANG gives leads away",
        ["leads", "assignedTo"],
        "&& user.branchId == branchId &&",
        "&&",
    ),
    mistake(
        "a CABANG gives leads to anybody in the branch",
        ["leads", "assignedTo"],
        "user.role == 'MITRA' &&",
        "",
    ),
    mistake(
        "a CABANG gives leads to a closed account",
        ["leads", "assignedTo"],
        " && user.get('disabled', false) == false",
        "",
    ),
    mistake(
        "a CABANG moves leads to a neighbour",
        ["leads", "branchId"],
        "isCabangOf(before.branchId) && after.branchId == before.branchId",
        "isCabangOf(before.branchId)",
    ),
    mistake(
        "a MITRA passes its leads on",
        ["leads", "assignedTo"],
        "isSelf(before.assignedTo) && isSelf(after.assignedTo)",
        "isSelf(before.assignedTo)",
    ),
    mistake(
        "a MITRA takes leads",
        ["leads", ""],
        "isSelf(before.assignedTo) && isSelf(after.assignedTo)",
        "isSelf(after.assignedTo)",
    ),
    mistake(
        "a history shows more than its lead",
        ["leads", ""],
        "|| seesAssigned(get(/databases/$(database)/documents/leads/$(leadId)).data)",
        "|| isMitra()",
    ),
    mistake(
        "a request may be in another's name",
        ["content_requests", ""],
        "return isSelf(after.userId)\n          &&",
        "return",
    ),
    mistake(
        "a request may be created finished",
        ["content_requests", "status"],
        "&& request.resource.data.status == 'PENDING'",
        "",
    ),
    mistake(
        "a running request may change",
        ["content_requests", ""],
        "&& resource.data.status == 'PENDING'",
        "",
    ),
    mistake(
        "a running request may go",
        ["content_requests", ""],
        " && resource.data.status != 'PROCESSING'",
        "",
    ),
    mistake(
        "another platform",
        ["content_requests", "platform"],
        "'FACEBOOK', 'WHATSAPP']\n          ",
        "'FACEBOOK', 'TIKTOK', 'WHATSAPP']\n          ",
    ),
    mistake(
        "options may say more",
        ["content_requests", "options"],
        "'media', 'aspect']",
        "'media', 'aspect', 'model']",
    ),
    mistake(
        "a user raises itself",
        ["users", "role"],
        "['displayName', 'updatedAt']",
        "['displayName', 'updatedAt', 'role']",
    ),
    mistake(
        "a MITRA lists the branch's users",
        ["users", ""],
        "allow list: if isPusat()",
        "allow list: if isMitraOf(resource.data.branchId) || isPusat()",
    ),
    mistake(
        "clients write posts",
        ["posts", ""],
        "match /posts/{postId} {",
        "match /posts/{postId} { allow create: if isMitra();",
    ),
    mistake(
        "a branch reads the ledger",
        ["ledger", ""],
        "match /ledger/{entryId} {\n      allow read: if isPusat()",
        "match /ledger/{entryId} {\n      allow read: if isPusat() || isCabangOf(resource.data.branchId)",
    ),
    mistake(
        "whatever is unnamed is open",
        ["channel_secrets", ""],
        "    // Everything unnamed",
        "    match /{any}/{id} { allow get: if isPusat(); }\n    // Everything unnamed",
    ),
];
