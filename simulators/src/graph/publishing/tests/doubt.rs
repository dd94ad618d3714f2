//! Calls whose answer is lost: what happened can be read, and happens once.

use super::*;

#[tokio::test]
async fn a_lost_answer_leaves_one_post_and_a_container_that_tells_it() {
    let studio = Studio::instagram().await;
    let container = studio.image().await;
    studio.wait();
    let path = format!("/{ACCOUNT}/media_publish");
    studio
        .lab
        .graph
        .fail(Plan::next(&Method::POST, &path, Fault::CutAfter));
    let request = studio
        .lab
        .request(Method::POST, studio.login, &studio.token, &path);
    let lost = request
        .json(&json!({ "creation_id": container }))
        .send()
        .await;
    assert!(lost.is_err(), "the connection breaks");
    assert_eq!(studio.status(&container).await, "PUBLISHED");
    assert_eq!(studio.live(), 1);
    let (_, body) = studio.publish(&container).await;
    assert_eq!(error(&body), (24, Some(2_207_006)));
    assert_eq!(studio.live(), 1);
}

#[tokio::test]
async fn a_call_that_takes_effect_after_its_caller_gave_up_meets_the_state_of_then() {
    let studio = Studio::instagram().await;
    let path = format!("/{ACCOUNT}/media_publish");
    let late = || Plan::next(&Method::POST, &path, Fault::HappensLater { ms: 45_000 });
    for published_meanwhile in [false, true] {
        let before = studio.live();
        let container = studio.image().await;
        studio.wait();
        studio.lab.graph.fail(late());
        let number = studio.lab.graph.calls().len();
        let request = studio
            .lab
            .request(Method::POST, studio.login, &studio.token, &path);
        let body = json!({ "creation_id": container });
        let lost = request.json(&body).send().await;
        let lost = match lost {
            Ok(answer) => answer.bytes().await.is_err(),
            Err(_) => true,
        };
        assert!(lost, "the connection breaks");
        assert_eq!(studio.status(&container).await, "FINISHED", "not yet");
        if published_meanwhile {
            assert_eq!(studio.publish(&container).await.0, 200);
        }
        studio.wait();
        let record = studio
            .lab
            .graph
            .call(|call| call.id == number && call.status != 0);
        let expected = if published_meanwhile { 400 } else { 200 };
        assert_eq!(record.await.status, expected);
        assert_eq!(studio.live(), before + 1);
    }
}
