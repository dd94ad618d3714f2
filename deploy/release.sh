#!/usr/bin/env bash
# Five steps of cloudbuild.yaml: frontend, candidate, rules, traffic, console. Each may be run again.
#
# From the environment: PROJECT_ID, _REGION, _SERVICE, COMMIT_SHA, IMAGE. What a step has to tell the next stands in .release/.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${PROJECT_ID:?}" "${_REGION:?}" "${_SERVICE:?}"
mkdir -p .release
REVISION_TAG=candidate

stop() {
    printf '%s\n' "$1" >&2
    exit 1
}

describe() { # FORMAT
    gcloud run services describe "$_SERVICE" --project="$PROJECT_ID" --region="$_REGION" --format="$1"
}

# Whether a service answers at an address as it should: it lives, it reaches Firestore and its keys, it refuses a call without a
# token in the form that the Firebase SDK reads, and a webhook without a signature.
answers() { # URL
    local try body
    for try in 1 2 3 4 5 6; do
        if curl --fail --silent --max-time 10 "$1/livez" >/dev/null && curl --fail --silent --max-time 10 "$1/readyz" >/dev/null; then
            body=$(curl --silent --max-time 10 -X POST "$1/whoami" -H 'Content-Type: application/json' --data '{"data":null}')
            case "$body" in
            *UNAUTHENTICATED*) ;;
            *) printf 'whoami without a token answered: %.200s\n' "$body" >&2; return 1 ;;
            esac
            [ "$(curl --silent --output /dev/null --max-time 10 --write-out '%{http_code}' -X POST "$1/webhookHandler" --data '{}')" = 401 ] && return 0
            printf 'an unsigned webhook was not answered 401\n' >&2
            return 1
        fi
        printf 'try %s: not ready yet\n' "$try" >&2
        sleep 5
    done
    return 1
}

rules_api() { # METHOD PATH [BODY]
    printf 'Authorization: Bearer %s\n' "$(gcloud auth print-access-token)" |
        curl --fail-with-body --silent --show-error --max-time 30 -X "$1" "https://firebaserules.googleapis.com/v1/projects/$PROJECT_ID/$2" \
            -H @- -H 'Content-Type: application/json' ${3:+--data "$3"}
}

# The rules that are in force now, so that a bad deployment can be taken back whole.
remember_rules() {
    rules_api GET releases | python3 -c '
import json, sys
for release in json.load(sys.stdin).get("releases", []):
    name = release["name"].split("/releases/")[1]
    if name == "cloud.firestore" or name.startswith("firebase.storage/"):
        print(name, release["rulesetName"])' >.release/rules
}

restore_rules() {
    local name ruleset
    while read -r name ruleset; do
        rules_api PATCH "releases/$name" "{\"release\": {\"name\": \"projects/$PROJECT_ID/releases/$name\", \"rulesetName\": \"$ruleset\"}}" >/dev/null ||
            printf 'the rules %s were not restored to %s: do it in the Firebase console\n' "$name" "$ruleset" >&2
    done <.release/rules
}

candidate() {
    : "${IMAGE:?}" "${COMMIT_SHA:?}"
    describe json | python3 -c '
import json, sys
print(next((t["revisionName"] for t in json.load(sys.stdin)["status"].get("traffic", []) if t.get("percent") == 100), ""))' >.release/serving
    remember_rules
    gcloud run deploy "$_SERVICE" --project="$PROJECT_ID" --region="$_REGION" --image="$IMAGE:$COMMIT_SHA" --no-traffic \
        --tag="$REVISION_TAG" --command='' --args=serve --port=8080 \
        --startup-probe=httpGet.path=/livez,httpGet.port=8080,periodSeconds=1,failureThreshold=30,timeoutSeconds=1 \
        --liveness-probe=httpGet.path=/livez,httpGet.port=8080,periodSeconds=30,failureThreshold=3,timeoutSeconds=5 \
        --labels="commit=$COMMIT_SHA"
    local url
    url=$(describe json | python3 -c '
import json, sys
print(next(t["url"] for t in json.load(sys.stdin)["status"]["traffic"] if t.get("tag") == "candidate"))')
    answers "$url" || stop "The candidate at $url does not answer as it should. Nothing was changed for anybody."
}

# The client package, then the console that imports it: one lockfile, so one installation. Early, so that what does not build changes
# nothing for anybody.
frontend() {
    npm ci --no-audit --no-fund
    npm run build --workspace=clients/web
    npm run build --workspace=web
}

firebase_deploy() { # WHAT
    [ -d node_modules/firebase-tools ] || npm ci --no-audit --no-fund
    # The region of the rewrites is that of the service.
    sed "s/\"region\": \"[a-z0-9-]*\"/\"region\": \"$_REGION\"/" firebase.json >firebase.release.json
    [ ! -s .release/url ] || sed -i "s#connect-src 'self'#connect-src 'self' $(cat .release/url)#" firebase.release.json
    npx firebase deploy --project="$PROJECT_ID" --config=firebase.release.json --only="$1" --non-interactive --force
}

rules() {
    firebase_deploy firestore,storage
}

traffic() {
    gcloud run services update-traffic "$_SERVICE" --project="$PROJECT_ID" --region="$_REGION" --to-tags="$REVISION_TAG=100"
    describe 'value(status.url)' >.release/url || true
    if answers "$(cat .release/url)"; then
        return
    fi
    local before
    before=$(head -n 1 .release/serving)
    if [ -n "$before" ]; then
        gcloud run services update-traffic "$_SERVICE" --project="$PROJECT_ID" --region="$_REGION" --to-revisions="$before=100"
    fi
    restore_rules
    stop "The new revision did not answer as it should: $before and the rules of before are in force again."
}

# Last: pages that are open go on with the service of before or of now, and a new page never meets an old service.
console() {
    [ -f web/dist/index.html ] || stop "web/dist is empty: deploy/release.sh frontend builds it."
    [ -s .release/url ] || stop "The service's address is not known: deploy/release.sh traffic writes it down."
    # Where streams are read from: see web/src/service.tsx.
    sed -i "s#name=\"leadgen-streams\" content=\"[^\"]*\"#name=\"leadgen-streams\" content=\"$(cat .release/url)\"#" web/dist/index.html
    grep -q 'name="leadgen-streams" content="https' web/dist/index.html || stop "web/dist/index.html has no place for the service's address."
    firebase_deploy hosting
}

case "${1:-}" in
frontend | candidate | rules | traffic | console) "$1" ;;
*) stop "usage: deploy/release.sh frontend | candidate | rules | traffic | console" ;;
esac
