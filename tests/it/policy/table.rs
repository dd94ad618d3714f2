//! The policy as a committed table: every actor, every action, at every place that matters. A change of the policy is
//! read as a change of `table.txt`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use leadgen_pro::ids::{BranchId, Uid};
use leadgen_pro::policy::{
    Action, Actor, AssignedFacts, Assignee, BudgetFacts, Decision, OwnedFacts, Role, Scope,
    UserFacts, decide,
};

const HEAD: &str = "\
# Who may do what: the answers of policy::decide, written by the test tests/it/policy/table.rs.
# After a wanted change write it anew: UPDATE_POLICY_TABLE=1 cargo test --test it policy::table
#
# yes  allowed
# no   forbidden: the actor may know of the thing (PERMISSION_DENIED)
# .    hidden: the actor may not learn that there is such a thing (NOT_FOUND)
#
# Branch c1 has the partners m1 and m2, its neighbour c2 has n1; c1 as a holder is the branch's own pool.
# \"m1 moved\" is m1 with a token of branch c2, \"m1 bare\" is m1 without a branch. \"service\" is the service itself.
";

fn uid(text: &str) -> Uid {
    Uid::parse(text).unwrap()
}

fn branch(text: &str) -> BranchId {
    BranchId::parse(text).unwrap()
}

fn actors() -> Vec<(&'static str, Actor)> {
    let user = |name: &str, role, branch| {
        let uid = uid(name);
        let scope = Scope::from_claims(&uid, role, branch);
        Actor::User { uid, scope }
    };
    vec![
        ("PUSAT", user("p1", Some("PUSAT"), None)),
        ("CABANG c1", user("c1", Some("CABANG"), None)),
        ("CABANG c2", user("c2", Some("CABANG"), Some("c2"))),
        ("MITRA m1", user("m1", Some("MITRA"), Some("c1"))),
        ("MITRA m2", user("m2", Some("MITRA"), Some("c1"))),
        ("MITRA n1", user("n1", Some("MITRA"), Some("c2"))),
        ("m1 moved", user("m1", Some("MITRA"), Some("c2"))),
        ("m1 bare", user("m1", Some("MITRA"), None)),
        ("service", Actor::Service),
        ("anonymous", Actor::Anonymous),
    ]
}

/// The table under way.
struct Table {
    text: String,
    actors: Vec<(&'static str, Actor)>,
    seen: BTreeSet<&'static str>,
}

impl Table {
    fn new() -> Self {
        let actors = actors();
        let mut text = HEAD.to_owned();
        write!(text, "\n{:<62}", "").unwrap();
        for (name, _) in &actors {
            write!(text, "{name:<11}").unwrap();
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        Self {
            text,
            actors,
            seen: BTreeSet::new(),
        }
    }

    fn row(&mut self, about: &str, action: &Action<'_>) {
        let name = action.name();
        if self.seen.insert(name) {
            self.text.push('\n');
        }
        write!(self.text, "{:<62}", format!("{name} {about}")).unwrap();
        for (_, actor) in &self.actors {
            let answer = match decide(actor, action) {
                Decision::Allow => "yes",
                Decision::Forbid => "no",
                Decision::Hide => ".",
            };
            write!(self.text, "{answer:<11}").unwrap();
        }
        self.text.truncate(self.text.trim_end().len());
        self.text.push('\n');
    }
}

/// Holders and their branches.
const PLACES: [(&str, &str); 4] = [("m1", "c1"), ("m2", "c1"), ("c1", "c1"), ("n1", "c2")];

fn held() -> impl Iterator<Item = (String, AssignedFacts)> {
    PLACES.into_iter().map(|(holder, of)| {
        let about = format!("of {holder} in {of}");
        (about, AssignedFacts::new(branch(of), uid(holder)))
    })
}

fn owned() -> impl Iterator<Item = (String, OwnedFacts)> {
    let with_branch = PLACES.into_iter().map(|(owner, of)| {
        let about = format!("of {owner} in {of}");
        (about, OwnedFacts::new(uid(owner), Some(branch(of))))
    });
    let of_pusat = ("of p1".to_owned(), OwnedFacts::new(uid("p1"), None));
    with_branch.chain([of_pusat])
}

/// Whom a lead may go to: how the table calls the person, and the person's document.
fn assignees() -> Vec<(&'static str, &'static str, Option<Assignee>)> {
    let person = |name: &str, role, of: Option<&str>, disabled| {
        Some(Assignee {
            uid: uid(name),
            role,
            branch_id: of.map(branch),
            disabled,
        })
    };
    vec![
        ("m1", "m1", person("m1", Role::Mitra, Some("c1"), false)),
        ("m2", "m2", person("m2", Role::Mitra, Some("c1"), false)),
        (
            "m2, closed",
            "m2",
            person("m2", Role::Mitra, Some("c1"), true),
        ),
        (
            "m2, without a branch",
            "m2",
            person("m2", Role::Mitra, None, false),
        ),
        ("the pool c1", "c1", None),
        (
            "c1b, a CABANG of c1",
            "c1b",
            person("c1b", Role::Cabang, Some("c1"), false),
        ),
        (
            "n1 of c2",
            "n1",
            person("n1", Role::Mitra, Some("c2"), false),
        ),
        ("p1, a PUSAT", "p1", person("p1", Role::Pusat, None, false)),
        ("nobody known", "ghost", None),
    ]
}

fn leads(table: &mut Table) {
    for (about, lead) in held() {
        table.row(&about, &Action::ReadLead(&lead));
    }
    for (about, lead) in held() {
        table.row(&about, &Action::ReadLeadHistory(Some(&lead)));
    }
    table.row("of a lead that is gone", &Action::ReadLeadHistory(None));
    for of in ["c1", "c2"] {
        for (about, to, assignee) in assignees() {
            let after = &AssignedFacts::new(branch(of), uid(to));
            let assignee = assignee.as_ref();
            table.row(
                &format!("in {of} for {about}"),
                &Action::CreateLead { after, assignee },
            );
        }
    }
    moves(table, |before, after, assignee| Action::UpdateLead {
        before,
        after,
        assignee,
    });
    for (about, lead) in held() {
        table.row(&about, &Action::DeleteLead(&lead));
    }
    table.row("", &Action::RecordLeadHistory);
    table.row("", &Action::ImportLeads);
    table.row("of the own scope", &Action::ReadStats { branch: None });
    for of in ["c1", "c2"] {
        let branch = branch(of);
        table.row(
            &format!("of {of}"),
            &Action::ReadStats {
                branch: Some(&branch),
            },
        );
    }
}

fn moves(
    table: &mut Table,
    action: impl for<'a> Fn(&'a AssignedFacts, &'a AssignedFacts, Option<&'a Assignee>) -> Action<'a>,
) {
    for (about, before) in held() {
        table.row(
            &format!("{about}, unmoved"),
            &action(&before, &before, None),
        );
    }
    let before = AssignedFacts::new(branch("c1"), uid("m1"));
    for of in ["c1", "c2"] {
        for (about, to, assignee) in assignees() {
            let after = AssignedFacts::new(branch(of), uid(to));
            if before != after {
                let about = format!("of m1 in c1, to {of}, {about}");
                table.row(&about, &action(&before, &after, assignee.as_ref()));
            }
        }
    }
}

fn owned_things(table: &mut Table) {
    let actions: [fn(&OwnedFacts) -> Action<'_>; 10] = [
        |facts| Action::ReadContentRequest(facts),
        |facts| Action::CreateContentRequest(facts),
        |facts| Action::UpdateContentRequest(facts),
        |facts| Action::DeleteContentRequest(facts),
        |facts| Action::ReadChannel(facts),
        |facts| Action::DisconnectChannel(facts),
        |facts| Action::ReleaseChannel(facts),
        |facts| Action::ReadPost(facts),
        |facts| Action::CancelPost(facts),
        |facts| Action::ResolvePost(facts),
    ];
    for action in actions {
        for (about, facts) in owned() {
            table.row(&about, &action(&facts));
        }
    }
    table.row("", &Action::RunContentRequest);
    table.row("not yet known", &Action::ConnectChannel { known: None });
    for (about, facts) in owned() {
        let known = Some(&facts);
        table.row(
            &format!("already {about}"),
            &Action::ConnectChannel { known },
        );
    }
    table.row("", &Action::MaintainChannel);
    for (about, channel) in owned() {
        for (whose, post) in owned() {
            let (post, channel) = (&post, &channel);
            table.row(
                &format!("{whose}, on a channel {about}"),
                &Action::CreatePost { post, channel },
            );
        }
    }
    table.row("", &Action::PublishPost);
}

fn conversations(table: &mut Table) {
    let actions: [fn(&AssignedFacts) -> Action<'_>; 3] = [
        |facts| Action::ReadConversation(facts),
        |facts| Action::SendMessage(facts),
        |facts| Action::MarkConversationRead(facts),
    ];
    for action in actions {
        for (about, facts) in held() {
            table.row(&about, &action(&facts));
        }
    }
    moves(table, |before, after, assignee| {
        Action::AssignConversation {
            before,
            after,
            assignee,
        }
    });
    for (about, conversation) in held() {
        for (whose, lead) in held() {
            let (conversation, lead) = (&conversation, &lead);
            let action = Action::LinkConversation { conversation, lead };
            table.row(&format!("{about}, to a lead {whose}"), &action);
        }
    }
    table.row("", &Action::ReceiveMessages);
}

fn users(table: &mut Table) {
    let user = |name: &str, role, of: Option<&str>| UserFacts {
        uid: uid(name),
        role,
        branch_id: of.map(branch),
    };
    let everybody = [
        ("p1, PUSAT", user("p1", Some(Role::Pusat), None)),
        (
            "c1, CABANG of c1",
            user("c1", Some(Role::Cabang), Some("c1")),
        ),
        (
            "c1b, CABANG of c1",
            user("c1b", Some(Role::Cabang), Some("c1")),
        ),
        ("m1, MITRA of c1", user("m1", Some(Role::Mitra), Some("c1"))),
        ("n1, MITRA of c2", user("n1", Some(Role::Mitra), Some("c2"))),
        (
            "x1, MITRA without a branch",
            user("x1", Some(Role::Mitra), None),
        ),
        ("x2 of c1 without a role", user("x2", None, Some("c1"))),
    ];
    let actions: [fn(&UserFacts) -> Action<'_>; 4] = [
        |target| Action::ReadUser(target),
        |target| Action::EditProfile(target),
        |target| Action::SetUserRole { target },
        |target| Action::SetUserDisabled { target },
    ];
    for action in actions {
        for (about, facts) in &everybody {
            table.row(about, &action(facts));
        }
    }
    for role in Role::ALL {
        for of in [Some("c1"), Some("c2"), None] {
            let branch = of.map(branch);
            let about = format!("as {role} of {}", of.unwrap_or("no branch"));
            let branch = branch.as_ref();
            table.row(&about, &Action::InviteUser { role, branch });
        }
    }
    for of in [Some("c1"), Some("c2"), None] {
        let branch = of.map(branch);
        let about = format!("to {}", of.unwrap_or("no branch"));
        table.row(
            &about,
            &Action::ReadInvitation {
                branch: branch.as_ref(),
            },
        );
    }
    table.row("", &Action::ProvisionUser);
}

fn organisation(table: &mut Table) {
    for of in ["c1", "c2"] {
        table.row(of, &Action::ReadBranch(&branch(of)));
    }
    let budgets = [
        ("of the organisation", None, None),
        ("of branch c1", Some("c1"), None),
        ("of branch c2", Some("c2"), None),
        ("of m1 in c1", Some("c1"), Some("m1")),
        ("of n1 in c2", Some("c2"), Some("n1")),
        ("of p1", None, Some("p1")),
    ]
    .map(|(about, of, who)| {
        let facts = BudgetFacts {
            branch_id: of.map(branch),
            user_id: who.map(uid),
        };
        (about, facts)
    });
    for (about, budget) in &budgets {
        table.row(about, &Action::ReadBudget(budget));
    }
    for (about, budget) in &budgets {
        table.row(about, &Action::SetAllowance(budget));
    }
    table.row("", &Action::ReadLedger);
    table.row("", &Action::KeepLedger);
    table.row("", &Action::ReadSettings);
    table.row("off", &Action::SwitchAi { on: false });
    table.row("on", &Action::SwitchAi { on: true });
    table.row("", &Action::KeepServiceData);
}

#[test]
fn the_policy_is_what_the_committed_table_says() {
    let mut table = Table::new();
    leads(&mut table);
    owned_things(&mut table);
    conversations(&mut table);
    users(&mut table);
    organisation(&mut table);

    let names = include_str!("../../../src/policy/action.rs");
    let names = names.lines().filter_map(|line| {
        let (_, name) = line.trim().strip_prefix("Self::")?.split_once("=> \"")?;
        name.split_once('"').map(|(name, _)| name)
    });
    let missing: Vec<_> = names.filter(|name| !table.seen.contains(name)).collect();
    assert!(
        missing.is_empty(),
        "no row of the table asks for {missing:?}"
    );

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/policy/table.txt");
    if std::env::var_os("UPDATE_POLICY_TABLE").is_some() {
        std::fs::write(&path, &table.text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let is_new = |line: &&str| !committed.lines().any(|other| other == *line);
    let different: Vec<_> = table.text.lines().filter(is_new).take(20).collect();
    assert!(
        table.text == committed,
        "the policy no longer is what {} says. Is now:\n{}",
        path.display(),
        different.join("\n")
    );
}
