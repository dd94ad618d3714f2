# Where the console is served, and what it is told of the project: Hosting answers /__/firebase/init.json with the configuration of
# the web app that its site is linked to.
# shellcheck shell=bash
step "Firebase Hosting: a web app, and the site that tells the console about it"

# What one of Firebase's REST interfaces says.
firebase_says() { # URL
    printf 'Authorization: Bearer %s\n' "$(gcloud auth print-access-token)" |
        curl --fail --silent --max-time 60 "$1" -H @- -H "x-goog-user-project: $PROJECT"
}

# The first web app's id.
web_app() {
    firebase_says "https://firebase.googleapis.com/v1beta1/projects/$PROJECT/webApps?pageSize=1" | sed -n 's/.*"appId": *"\([^"]*\)".*/\1/p' | grep .
}

there web_app || rest POST "https://firebase.googleapis.com/v1beta1/projects/$PROJECT/webApps" '{"displayName": "LeadGen Pro console"}'
APP_ID=APP_ID
if [ "$DRY_RUN" = no ]; then
    # It is made within seconds, after the answer.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        APP_ID=$(web_app) && break
        sleep 3
    done
    [ -n "$APP_ID" ] || stop "The web app is not there yet. Run the script again in a minute."
fi
SITES=https://firebasehosting.googleapis.com/v1beta1/projects/$PROJECT/sites
if there firebase_says "$SITES/$PROJECT"; then
    rest PATCH "$SITES/$PROJECT?updateMask=appId" "{\"appId\": \"$APP_ID\"}"
else
    rest POST "$SITES?siteId=$PROJECT" "{\"appId\": \"$APP_ID\"}"
fi
