//! Publishing's rules over simulated time.

use serde_json::{Value, json};

use super::super::params::parameters;
use super::super::problem::VIDEO_FORMAT;
use super::*;

const ACCOUNT: &str = "17841400000000001";

struct Lab {
    world: World,
    now: Timestamp,
}

impl Lab {
    fn new() -> Self {
        Self {
            world: World::default(),
            now: "2026-11-23T07:00:00Z".parse().unwrap(),
        }
    }

    fn pass(&mut self, span: SignedDuration) {
        self.now += span;
    }

    fn create(&mut self, params: &Value) -> String {
        let order = Order::parse(&parameters(params)).unwrap();
        self.take(order, Ok(None))
    }

    fn take(&mut self, order: Order, outcome: Result<Option<Asset>, Problem>) -> String {
        let id = self.world.new_id("179");
        let posts = &mut self.world.instagram_posts;
        posts.create(&id, ACCOUNT, order, outcome, self.now);
        id
    }

    fn image(&mut self) -> String {
        self.create(&json!({ "image_url": "http://127.0.0.1/a.jpg", "caption": "Umrah" }))
    }

    fn status(&self, id: &str) -> Status {
        self.world
            .instagram_posts
            .container(id)
            .unwrap()
            .status(self.now)
    }

    fn publish(&mut self, id: &str) -> Result<String, Problem> {
        self.world.publish(ACCOUNT, id, self.now)
    }

    fn live(&self) -> usize {
        self.world.instagram_posts.live(ACCOUNT, self.now).len()
    }
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[test]
fn a_container_is_published_once() {
    let mut lab = Lab::new();
    let id = lab.image();
    assert_eq!(lab.publish(&id), Err(NOT_READY));
    lab.pass(MINUTE);
    let media = lab.publish(&id).unwrap();
    assert_eq!(lab.status(&id), Status::Published);
    assert_eq!(lab.publish(&id), Err(MEDIA_NOT_FOUND));
    assert_eq!(lab.live(), 1);
    let media = lab.world.instagram_posts.media(&media).unwrap();
    assert_eq!(media.container, id);
    assert!(
        media
            .permalink()
            .starts_with("https://www.instagram.com/p/")
    );
}

#[test]
fn a_foreign_missing_expired_or_broken_container_is_refused_each_in_its_way() {
    let mut lab = Lab::new();
    let id = lab.image();
    lab.pass(MINUTE);
    let foreign = lab.world.publish("17841400000000002", &id, lab.now);
    assert_eq!(foreign, Err(MEDIA_NOT_FOUND));
    assert_eq!(lab.publish("179"), Err(CONTAINER_MISSING));
    let film = json!({ "media_type": "REELS", "video_url": "http://127.0.0.1/a.mp4" });
    let order = Order::parse(&parameters(&film)).unwrap();
    let broken = lab.take(order, Err(VIDEO_FORMAT));
    assert_eq!(lab.publish(&broken), Err(NOT_READY));
    lab.pass(MINUTE);
    assert_eq!(lab.publish(&broken), Err(UNKNOWN_UPLOAD_ERROR));
    lab.pass(SignedDuration::from_hours(24));
    assert_eq!(lab.publish(&id), Err(CONTAINER_EXPIRED));
    assert_eq!(lab.live(), 0);
}

#[test]
fn a_carousel_waits_for_its_items_and_counts_as_one() {
    let mut lab = Lab::new();
    let picture = lab.create(&json!({ "image_url": "u", "is_carousel_item": true }));
    let film =
        lab.create(&json!({ "media_type": "VIDEO", "video_url": "v", "is_carousel_item": true }));
    let items = [picture.clone(), film];
    lab.world
        .instagram_posts
        .check_children(ACCOUNT, &items, lab.now)
        .unwrap();
    let carousel = lab.create(&json!({ "media_type": "CAROUSEL", "children": items }));
    lab.pass(SignedDuration::from_secs(30));
    assert_eq!(lab.status(&picture), Status::Finished);
    assert_eq!(
        lab.publish(&carousel),
        Err(NOT_READY),
        "its film is not ready"
    );
    lab.pass(MINUTE);
    assert_eq!(lab.publish(&picture).unwrap_err().code, 100);
    let media = lab.publish(&carousel).unwrap();
    assert_eq!(
        lab.world
            .instagram_posts
            .media(&media)
            .unwrap()
            .children
            .len(),
        2
    );
    assert_eq!(lab.live(), 1);
    assert_eq!(
        lab.world
            .instagram_posts
            .quota_usage(ACCOUNT, None, lab.now),
        1
    );
}

#[test]
fn a_carousel_is_made_of_its_accounts_living_items() {
    let mut lab = Lab::new();
    let item = lab.create(&json!({ "image_url": "u", "is_carousel_item": true }));
    let whole = lab.image();
    let check = |lab: &Lab, account: &str, id: &str| {
        let children = [item.clone(), id.to_owned()];
        lab.world
            .instagram_posts
            .check_children(account, &children, lab.now)
    };
    assert_eq!(check(&lab, ACCOUNT, &whole).unwrap_err().code, 100);
    assert_eq!(check(&lab, ACCOUNT, "1"), Err(CONTAINER_MISSING));
    assert_eq!(
        check(&lab, "17841400000000002", &item),
        Err(MEDIA_NOT_FOUND)
    );
    lab.pass(SignedDuration::from_hours(24));
    assert_eq!(check(&lab, ACCOUNT, &item), Err(CONTAINER_EXPIRED));
}

#[test]
fn the_quota_rolls_over_24_hours_and_deleting_gives_nothing_back() {
    let mut lab = Lab::new();
    lab.world.instagram_posts.set_quota(ACCOUNT, 2);
    let mut last = String::new();
    for _ in 0..2 {
        let id = lab.image();
        lab.pass(MINUTE);
        last = lab.publish(&id).unwrap();
    }
    let third = lab.image();
    lab.pass(MINUTE);
    assert_eq!(lab.publish(&third), Err(QUOTA_REACHED));
    assert!(lab.world.instagram_posts.delete_media(&last));
    assert!(!lab.world.instagram_posts.delete_media(&last));
    assert_eq!(lab.publish(&third), Err(QUOTA_REACHED));
    assert_eq!(lab.live(), 1);
    lab.pass(SignedDuration::from_hours(24) - MINUTE - MINUTE);
    lab.publish(&third).unwrap();
}

#[test]
fn an_account_makes_400_containers_a_day() {
    let mut lab = Lab::new();
    for _ in 0..400 {
        lab.world
            .instagram_posts
            .may_create(ACCOUNT, lab.now)
            .unwrap();
        lab.image();
    }
    assert_eq!(
        lab.world.instagram_posts.may_create(ACCOUNT, lab.now),
        Err(QUOTA_REACHED)
    );
    lab.world
        .instagram_posts
        .may_create("17841400000000002", lab.now)
        .unwrap();
    lab.pass(SignedDuration::from_hours(24));
    lab.world
        .instagram_posts
        .may_create(ACCOUNT, lab.now)
        .unwrap();
}

#[test]
fn a_restricted_account_publishes_nothing() {
    let mut lab = Lab::new();
    let id = lab.image();
    lab.pass(MINUTE);
    for (restriction, code, may_create) in [
        (Restriction::Spam, 4, true),
        (Restriction::Inactive, 25, false),
        (Restriction::Policy, 368, false),
    ] {
        lab.world
            .instagram_posts
            .restrict(ACCOUNT, Some(restriction));
        assert_eq!(lab.publish(&id).unwrap_err().code, code);
        assert_eq!(
            lab.world
                .instagram_posts
                .may_create(ACCOUNT, lab.now)
                .is_ok(),
            may_create
        );
    }
    lab.world.instagram_posts.restrict(ACCOUNT, None);
    lab.publish(&id).unwrap();
}

#[test]
fn a_story_is_seen_for_a_day() {
    let mut lab = Lab::new();
    let id = lab.create(&json!({ "media_type": "STORIES", "image_url": "u" }));
    lab.pass(MINUTE);
    lab.publish(&id).unwrap();
    assert_eq!(lab.live(), 1);
    lab.pass(SignedDuration::from_hours(24));
    assert_eq!(lab.live(), 0);
}

#[test]
fn the_newest_post_comes_first() {
    let mut lab = Lab::new();
    let mut made = Vec::new();
    for _ in 0..3 {
        let id = lab.image();
        lab.pass(MINUTE);
        made.push(lab.publish(&id).unwrap());
    }
    made.reverse();
    let live = lab.world.instagram_posts.live(ACCOUNT, lab.now);
    let ids: Vec<&String> = live.iter().map(|media| &media.id).collect();
    assert_eq!(ids, made.iter().collect::<Vec<_>>());
}
