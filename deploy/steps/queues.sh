# The queues. Their rates are the brake on what costs money, and on how hard Meta is asked.
# shellcheck shell=bash
step "Cloud Tasks"
queue() { # NAME PER_SECOND AT_ONCE
    local verb=create
    there gcloud tasks queues describe "$1" --location="$REGION" --project="$PROJECT" && verb=update
    # Eight attempts in about an hour; what is lost after that is found by the sweep.
    run gcloud tasks queues "$verb" "$1" --location="$REGION" --project="$PROJECT" --max-dispatches-per-second="$2" \
        --max-concurrent-dispatches="$3" --max-attempts=8 --min-backoff=2s --max-backoff=600s --max-doublings=5
}
queue content 5 20
queue publishing 5 10
queue intake 20 20
