//! Requests with a picture: made, kept, linked, and paid once, whatever goes wrong on the way.

use image::ImageFormat;
use serde_json::{Value, json};
use simulators::ai::{Fault, Provider, Target};

use super::studio::{Money, Studio, order};
use super::warehouse::{Door, Warehouse};
use crate::support::{documents, eventually};

pub(super) const BOTH: [&str; 2] = ["openai,gemini", "gemini,openai"];

fn picture() -> Value {
    let mut order = order();
    order["options"] = json!({ "media": "IMAGE" });
    order
}

fn picture_in(aspect: &str) -> Value {
    let mut order = picture();
    order["options"]["aspect"] = aspect.into();
    order
}

impl Studio {
    /// A studio whose files go through a door.
    pub(super) async fn with_warehouse(settings: &[(&str, &str)]) -> (Self, Warehouse) {
        let warehouse = Warehouse::open().await;
        let mut all = vec![("FIREBASE_STORAGE_EMULATOR_HOST", warehouse.host.as_str())];
        all.extend(settings);
        (Self::open_with(&all).await, warehouse)
    }

    /// Calls for pictures that are on a provider's bill.
    fn pictures_paid(&self) -> usize {
        let calls = self.ai.calls();
        let pictures = calls
            .iter()
            .filter(|call| call.target == Target::Image && call.paid);
        pictures.count()
    }
}

/// What anybody who has a link reads: the media type and the file.
pub(super) async fn opened(link: &Value) -> (String, Vec<u8>) {
    let answer = reqwest::get(link.as_str().expect("a link")).await.unwrap();
    assert_eq!(answer.status(), 200, "{link}");
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    (kind, answer.bytes().await.unwrap().to_vec())
}

async fn size(link: &Value) -> (u32, u32) {
    let (kind, file) = opened(link).await;
    assert_eq!(kind, "image/jpeg");
    assert!(file.len() <= 8_000_000);
    let read = image::load_from_memory_with_format(&file, ImageFormat::Jpeg).unwrap();
    (read.width(), read.height())
}

#[tokio::test]
async fn a_picture_is_made_kept_and_opens_without_credentials() {
    for providers in BOTH {
        let studio = Studio::open_with(&[("AI_IMAGE_PROVIDERS", providers)]).await;
        let partner = studio.partner().await;
        for (aspect, across, down) in [
            ("4:5", 4, 5),
            ("1:1", 1, 1),
            ("9:16", 9, 16),
            ("16:9", 16, 9),
        ] {
            let data = picture_in(aspect);
            let made = studio
                .app
                .call(&partner, "generateContent", data)
                .await
                .result();
            assert_eq!(made["status"], "COMPLETED", "{made}");
            let content = &made["generatedContent"];
            let (width, height) = size(&content["imageUrl"]).await;
            assert_eq!(width * down, height * across, "{providers} {aspect}");
            assert!((320..=1440).contains(&width));
            assert!(content["altText"].as_str().unwrap().len() > 5);
            let id = made["id"].as_str().unwrap();
            let place = format!("/o/media%2Fc1%2Fm1%2F{id}%2F");
            assert!(
                content["imageUrl"].as_str().unwrap().contains(&place),
                "{content}"
            );
            let doc = studio.request(id).await;
            assert_eq!(doc["generatedContent"], *content);
            assert_eq!(
                (doc["attempts"].as_u64(), doc["usage"]["images"].as_u64()),
                (Some(2), Some(1))
            );
            for field in ["lease", "film", "error"] {
                assert!(doc.get(field).is_none(), "{doc}");
            }
        }
        assert_eq!((studio.calls(), studio.pictures_paid()), (8, 4));
        let mut ledger = studio.ledger().await;
        ledger.dedup();
        assert_eq!(ledger, ["RESERVED", "SETTLED"]);
        let books = studio.audit().await;
        assert_eq!(books.reserved, 0);
        // 53,000 µUSD for a picture of OpenAI's, 33,600 for one of Gemini's; the rest are words.
        let pictures = if providers.starts_with("openai") {
            4 * 53_000
        } else {
            4 * 33_600
        };
        assert!(
            (pictures..pictures + 40_000).contains(&books.spent),
            "{books:?}"
        );
    }
}

#[tokio::test]
async fn without_the_token_and_without_a_right_nobody_reads_it() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let made = studio
        .app
        .call(&partner, "generateContent", picture())
        .await
        .result();
    let link = made["generatedContent"]["imageUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    let bare = link.split("&token").next().unwrap().to_owned();
    let status = async |person: Option<&str>| {
        let mut request = studio.app.http.get(&bare);
        if let Some(token) = person {
            request = request.header("authorization", format!("Firebase {token}"));
        }
        request.send().await.unwrap().status().as_u16()
    };
    let branch = studio.app.staff("c1", "CABANG", Some("c1")).await;
    let pusat = studio.app.staff("p1", "PUSAT", None).await;
    let neighbour = studio.app.staff("m2", "MITRA", Some("c1")).await;
    let other = studio.app.staff("c2", "CABANG", Some("c2")).await;
    for (person, allowed) in [
        (&partner, 200),
        (&branch, 200),
        (&pusat, 200),
        (&neighbour, 403),
        (&other, 403),
    ] {
        assert_eq!(status(Some(&person.token)).await, allowed, "{}", person.uid);
    }
    assert_eq!(status(None).await, 403);
    assert_eq!(
        reqwest::get(format!("{bare}&token=guessed"))
            .await
            .unwrap()
            .status(),
        403
    );

    // PUSAT's own lie where no branch can look.
    let theirs = studio
        .app
        .call(&pusat, "generateContent", picture())
        .await
        .result();
    let link = theirs["generatedContent"]["imageUrl"].as_str().unwrap();
    assert!(link.contains("media%2F__pusat__%2Fp1%2F"), "{link}");
    opened(&theirs["generatedContent"]["imageUrl"]).await;
}

#[tokio::test]
async fn the_stages_of_a_picture_come_after_the_caption() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let events = studio.stream(&partner, picture()).await.rest().await;
    let stages: Vec<&Value> = events
        .iter()
        .map(|event| &event["message"]["stage"])
        .filter(|stage| stage.is_string())
        .collect();
    assert_eq!(stages, ["WRITING", "DRAWING", "STORING"]);
    let result = &events.last().unwrap()["result"];
    assert_eq!(result["status"], "COMPLETED");
    size(&result["generatedContent"]["imageUrl"]).await;
    // A painter is told what the writer wrote, not what the person typed.
    let calls = studio.ai.calls();
    let told = &calls
        .iter()
        .find(|call| call.target == Target::Image)
        .unwrap()
        .user;
    let alt = result["generatedContent"]["altText"].as_str().unwrap();
    assert!(told.ends_with(&json!(alt).to_string()), "{told}");
}

/// A fault of the first painter, and what must come of it: calls for pictures that were made and paid, and the closings.
async fn falls_over(fault: Fault, paid: usize, closings: &[&str]) {
    for providers in BOTH {
        let studio = Studio::open_with(&[("AI_IMAGE_PROVIDERS", providers)]).await;
        let partner = studio.partner().await;
        let first = if providers.starts_with("openai") {
            Provider::OpenAi
        } else {
            Provider::Gemini
        };
        studio.ai.fail(first, Target::Image, fault.clone());
        let name = format!("{first:?} {fault:?}");
        let made = studio
            .app
            .call(&partner, "generateContent", picture())
            .await
            .result();
        assert_eq!(made["status"], "COMPLETED", "{name}");
        size(&made["generatedContent"]["imageUrl"]).await;
        assert_eq!(
            (made["attempts"].as_u64(), studio.pictures_paid()),
            (Some(3), paid),
            "{name}"
        );
        let mut ledger = studio.ledger().await;
        ledger.retain(|kind| kind != "RESERVED");
        assert_eq!(ledger, closings, "{name}");
        let books = studio.audit().await;
        assert_eq!(
            (books.reserved, Some(books.spent)),
            (0, made["usage"]["costMicroUsd"].as_i64()),
            "{name}"
        );
        studio.within_caps().await;
    }
}

#[tokio::test]
async fn a_painter_that_asks_for_patience_is_left_for_the_other() {
    let retry_after_seconds = Some(30);
    falls_over(
        Fault::RateLimited {
            retry_after_seconds,
        },
        1,
        &["RELEASED", "SETTLED", "SETTLED"],
    )
    .await;
}

#[tokio::test]
async fn an_error_of_a_painters_falls_over() {
    falls_over(
        Fault::ServerError { status: 500 },
        1,
        &["RELEASED", "SETTLED", "SETTLED"],
    )
    .await;
}

#[tokio::test]
async fn what_is_no_picture_was_paid_and_falls_over() {
    falls_over(Fault::WrongBytes, 2, &["SETTLED"; 3]).await;
}

#[tokio::test]
async fn half_a_picture_was_paid_and_falls_over() {
    falls_over(Fault::HalfFile, 2, &["SETTLED"; 3]).await;
}

#[tokio::test]
async fn a_picture_that_is_too_large_was_paid_and_falls_over() {
    falls_over(
        Fault::OtherSize {
            width: 4_200,
            height: 16,
        },
        2,
        &["SETTLED"; 3],
    )
    .await;
}

#[tokio::test]
async fn a_picture_that_is_too_small_in_its_shape_was_paid_and_falls_over() {
    falls_over(
        Fault::OtherSize {
            width: 1_000,
            height: 300,
        },
        2,
        &["SETTLED"; 3],
    )
    .await;
}

#[tokio::test]
async fn a_picture_without_an_end_counts_at_its_worst_and_falls_over() {
    falls_over(Fault::BrokenJson, 2, &["SETTLED", "SETTLED", "UNMETERED"]).await;
}

#[tokio::test]
async fn a_picture_of_another_shape_is_cut() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    studio.ai.fail(
        Provider::OpenAi,
        Target::Image,
        Fault::OtherSize {
            width: 2_000,
            height: 1_000,
        },
    );
    let made = studio
        .app
        .call(&partner, "generateContent", picture_in("1:1"))
        .await
        .result();
    assert_eq!(
        size(&made["generatedContent"]["imageUrl"]).await,
        (1_000, 1_000)
    );
    assert_eq!(studio.pictures_paid(), 1);
    studio.audit().await;
}

#[tokio::test]
async fn a_painter_that_refuses_the_content_ends_it_and_the_caption_stays() {
    for (providers, provider, paid) in [
        (BOTH[0], Provider::OpenAi, 0),
        (BOTH[1], Provider::Gemini, 1),
    ] {
        let studio = Studio::open_with(&[("AI_IMAGE_PROVIDERS", providers)]).await;
        let partner = studio.partner().await;
        studio.ai.fail(provider, Target::Image, Fault::Refusal);
        let refused = studio
            .app
            .call(&partner, "generateContent", picture())
            .await;
        assert_eq!(refused.refusal().1, "CONTENT_REFUSED");
        let (_, doc) = studio.only_request().await;
        assert_eq!(
            (doc["status"].as_str(), doc["error"]["code"].as_str()),
            (Some("FAILED"), Some("CONTENT_REFUSED"))
        );
        assert!(doc["generatedContent"]["caption"].as_str().unwrap().len() > 20);
        assert!(doc["generatedContent"].get("imageUrl").is_none());
        assert_eq!(
            (studio.calls(), studio.pictures_paid()),
            (2, paid),
            "nobody goes shopping"
        );
        assert_eq!(studio.audit().await.reserved, 0);
    }
}

#[tokio::test]
async fn when_nobody_draws_now_the_queue_goes_on_and_the_text_is_not_paid_again() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    for provider in [Provider::OpenAi, Provider::Gemini] {
        let retry_after_seconds = Some(120);
        studio.ai.fail(
            provider,
            Target::Image,
            Fault::RateLimited {
                retry_after_seconds,
            },
        );
    }
    let begun = studio
        .app
        .call(&partner, "generateContent", picture())
        .await
        .result();
    assert_eq!(begun["status"], "PROCESSING");
    assert!(begun["generatedContent"]["caption"].as_str().unwrap().len() > 20);
    assert!(begun.get("lease").is_none());
    let waiting = studio.tasks.tasks();
    assert_eq!(
        (
            waiting.len(),
            waiting[0].due.duration_since(studio.now()).as_secs()
        ),
        (1, 120)
    );
    assert_eq!(studio.audit().await.reserved, 0);
    studio.pass(120);
    studio.tasks.deliver_due().await;
    let doc = studio.request(begun["id"].as_str().unwrap()).await;
    assert_eq!(
        (doc["status"].as_str(), doc["attempts"].as_u64()),
        (Some("COMPLETED"), Some(4)),
        "{doc}"
    );
    assert_eq!(
        doc["generatedContent"]["caption"],
        begun["generatedContent"]["caption"]
    );
    size(&doc["generatedContent"]["imageUrl"]).await;
    assert_eq!((studio.paid_calls(), studio.pictures_paid()), (2, 1));
    studio.audit().await;
}

#[tokio::test]
async fn a_painter_that_stalls_past_the_turn_is_left_for_the_other_in_the_next() {
    // A turn of nine seconds, eight of which are for the last steps: no time to try the second painter in it.
    let studio = Studio::open_with(&[("CALLABLE_TIMEOUT_SECONDS", "9")]).await;
    let partner = studio.partner().await;
    studio
        .ai
        .fail(Provider::OpenAi, Target::Image, Fault::Stall { tokens: 0 });
    let queued = studio
        .app
        .call(&partner, "enqueueContent", picture())
        .await
        .result();
    let id = queued["id"].as_str().unwrap();
    // The text; the picture that stalls; the picture by the other.
    for _ in 0..3 {
        studio.tasks.deliver_due().await;
        studio.pass(2);
    }
    let doc = studio.request(id).await;
    assert_eq!(
        (doc["status"].as_str(), doc["attempts"].as_u64()),
        (Some("COMPLETED"), Some(3)),
        "{doc}"
    );
    let painters: Vec<Provider> = studio
        .ai
        .calls()
        .iter()
        .filter(|call| call.target == Target::Image)
        .map(|call| call.provider)
        .collect();
    assert_eq!(painters, [Provider::OpenAi, Provider::Gemini]);
    let mut ledger = studio.ledger().await;
    ledger.retain(|kind| kind != "RESERVED");
    assert_eq!(ledger, ["SETTLED", "SETTLED", "UNMETERED"]);
    assert_eq!(studio.audit().await.reserved, 0);
}

#[tokio::test]
async fn what_was_kept_before_its_worker_died_is_found_and_not_paid_again() {
    let (studio, warehouse) = Studio::with_warehouse(&[]).await;
    let partner = studio.partner().await;
    warehouse.set(Door::Silent);
    let stream = studio.stream(&partner, picture()).await;
    warehouse.keeps(1).await;
    // The file is there, and nobody was told: the worker goes.
    drop(stream);
    warehouse.set(Door::Open);
    let (id, doc) = studio.only_request().await;
    assert_eq!(doc["status"], "PROCESSING");
    assert!(studio.audit().await.reserved > 0);
    studio.pass(91);
    studio.sweep().await;
    let doc = studio.request(&id).await;
    assert_eq!(
        (doc["status"].as_str(), doc["attempts"].as_u64()),
        (Some("COMPLETED"), Some(2)),
        "{doc}"
    );
    size(&doc["generatedContent"]["imageUrl"]).await;
    assert_eq!((studio.pictures_paid(), warehouse.kept()), (1, 1));
    assert_eq!(doc["usage"]["images"], 1);
    assert_eq!(
        studio.ledger().await,
        ["RESERVED", "RESERVED", "SETTLED", "UNMETERED"]
    );
    let books = studio.audit().await;
    assert_eq!(
        (books.reserved, Some(books.spent)),
        (0, doc["usage"]["costMicroUsd"].as_i64())
    );
}

#[tokio::test]
async fn it_is_found_also_when_the_sweep_has_booked_the_dead_already() {
    let (studio, warehouse) = Studio::with_warehouse(&[]).await;
    let partner = studio.partner().await;
    studio.tasks.refuse(Some(503));
    warehouse.set(Door::Silent);
    let stream = studio.stream(&partner, picture()).await;
    warehouse.keeps(1).await;
    drop(stream);
    warehouse.set(Door::Open);
    studio.pass(3_600);
    // The queue takes nothing yet; the second sweep finds the money overdue and the request lost.
    assert_eq!(studio.push("/tasks/sweep", &json!({})).await, 503);
    studio.tasks.refuse(None);
    studio.pass(60);
    studio.sweep().await;
    let (_, doc) = studio.only_request().await;
    assert_eq!(doc["status"], "COMPLETED", "{doc}");
    assert_eq!(studio.pictures_paid(), 1);
    assert_eq!(studio.audit().await.reserved, 0);
}

#[tokio::test]
async fn a_worker_that_died_while_it_was_drawn_is_followed_by_one_that_draws() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    studio
        .ai
        .fail(Provider::OpenAi, Target::Image, Fault::Stall { tokens: 0 });
    let stream = studio.stream(&partner, picture()).await;
    studio
        .ai
        .call(|call| call.target == Target::Image && call.paid)
        .await;
    drop(stream);
    studio
        .ai
        .call(|call| call.target == Target::Image && call.client_left)
        .await;
    studio.pass(91);
    studio.sweep().await;
    let (_, doc) = studio.only_request().await;
    assert_eq!(
        (doc["status"].as_str(), doc["attempts"].as_u64()),
        (Some("COMPLETED"), Some(3)),
        "{doc}"
    );
    assert_eq!(
        (studio.pictures_paid(), studio.calls()),
        (2, 3),
        "the text was not written again"
    );
    assert_eq!(
        studio.ledger().await,
        [
            "EXPIRED", "RESERVED", "RESERVED", "RESERVED", "SETTLED", "SETTLED"
        ]
    );
    studio.audit().await;
}

#[tokio::test]
async fn a_late_worker_replaces_nobodys_picture() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    studio
        .ai
        .fail(Provider::OpenAi, Target::Image, Fault::Late { ms: 1_000 });
    let stream = studio.stream(&partner, picture()).await;
    studio
        .ai
        .call(|call| call.target == Target::Image && call.paid)
        .await;
    studio.pass(91);
    studio.sweep().await;
    let (id, finished) = studio.only_request().await;
    assert_eq!(finished["status"], "COMPLETED");
    let books = studio.audit().await;
    // Now the first picture comes, and is kept, under its own name.
    studio.ai.clock().advance(std::time::Duration::from_secs(1));
    let last = stream.rest().await.pop().unwrap();
    assert_eq!(last["error"]["details"]["reason"], "IN_PROGRESS", "{last}");
    assert_eq!(studio.request(&id).await, finished);
    assert_eq!(studio.audit().await, books);
    size(&finished["generatedContent"]["imageUrl"]).await;
    assert_eq!(studio.pictures_paid(), 2);
}

#[tokio::test]
async fn where_nothing_can_be_kept_nothing_is_drawn() {
    let (studio, warehouse) = Studio::with_warehouse(&[]).await;
    let partner = studio.partner().await;
    warehouse.set(Door::Shut);
    let begun = studio
        .app
        .call(&partner, "generateContent", picture())
        .await
        .result();
    assert_eq!(begun["status"], "PROCESSING");
    let id = begun["id"].as_str().unwrap();
    for _ in 0..3 {
        studio.pass(60);
        studio.sweep().await;
    }
    assert_eq!((studio.pictures_paid(), studio.calls()), (0, 1));
    warehouse.set(Door::Open);
    studio.pass(60);
    studio.sweep().await;
    let doc = studio.request(id).await;
    assert_eq!(
        (doc["status"].as_str(), doc["attempts"].as_u64()),
        (Some("COMPLETED"), Some(2)),
        "{doc}"
    );
    assert_eq!(studio.pictures_paid(), 1);

    // For an hour, and no longer.
    warehouse.set(Door::Shut);
    let begun = studio
        .app
        .call(&partner, "generateContent", picture())
        .await
        .result();
    studio.pass(3_700);
    studio.sweep().await;
    let doc = studio.request(begun["id"].as_str().unwrap()).await;
    assert_eq!(doc["error"]["code"], "MEDIA_NOT_STORED", "{doc}");
    assert!(doc["generatedContent"]["caption"].is_string());
    assert_eq!(studio.pictures_paid(), 1);
    assert_eq!(studio.audit().await.reserved, 0);
}

#[tokio::test]
async fn a_picture_in_hand_is_not_given_up_at_the_first_word() {
    let (studio, warehouse) = Studio::with_warehouse(&[]).await;
    let partner = studio.partner().await;
    warehouse.set(Door::TakesNothing);
    let begun = studio
        .app
        .call(&partner, "generateContent", picture())
        .await
        .result();
    assert_eq!(
        (begun["status"].as_str(), warehouse.tried()),
        (Some("PROCESSING"), 3)
    );
    warehouse.set(Door::Open);
    studio.pass(60);
    studio.sweep().await;
    let doc = studio.request(begun["id"].as_str().unwrap()).await;
    assert_eq!(doc["status"], "COMPLETED", "{doc}");
    assert_eq!(
        (studio.pictures_paid(), doc["usage"]["images"].as_u64()),
        (2, Some(2))
    );
    studio.audit().await;

    // What never will work is not tried for long.
    warehouse.set(Door::Refuses(403));
    let refused = studio
        .app
        .call(&partner, "generateContent", picture())
        .await;
    assert_eq!(refused.refusal().1, "AI_NOT_SET_UP");
    assert_eq!(studio.audit().await.reserved, 0);
}

#[tokio::test]
async fn a_budget_with_room_for_words_alone_ends_with_the_words() {
    let studio = Studio::open().await;
    studio.allow(30_000, 1_000_000, 1_000_000).await;
    let partner = studio.partner().await;
    let refused = studio
        .app
        .call(&partner, "generateContent", picture())
        .await;
    assert_eq!(refused.refusal().1, "BUDGET_REACHED");
    let (_, doc) = studio.only_request().await;
    assert!(doc["generatedContent"]["caption"].is_string(), "{doc}");
    assert_eq!(studio.pictures_paid(), 0);
    let Money { reserved, .. } = studio.audit().await;
    assert_eq!(reserved, 0);
}

#[tokio::test]
async fn what_cannot_be_drawn_is_refused_before_anything_is_paid() {
    let studio = Studio::open_with(&[("AI_IMAGE_MODEL_OPENAI", "gpt-image-99")]).await;
    let partner = studio.partner().await;
    let refused = studio
        .app
        .call(&partner, "generateContent", picture())
        .await;
    assert_eq!(refused.refusal().1, "AI_NOT_SET_UP");
    for (media, aspect) in [("IMAGE", "3:4"), ("VIDEO", "1:1"), ("VIDEO", "4:5")] {
        let mut data = order();
        data["options"] = json!({ "media": media, "aspect": aspect });
        let refused = studio.app.call(&partner, "generateContent", data).await;
        assert_eq!(
            (refused.code().as_str(), refused.refusal().2.as_str()),
            ("INVALID_ARGUMENT", "options.aspect")
        );
    }
    assert_eq!(studio.calls(), 0);
    assert_eq!(
        documents::list(&studio.app.project, "content_requests").await,
        []
    );
    eventually("nothing under way", || async {
        (studio.calls() == 0).then_some(())
    })
    .await;
}
