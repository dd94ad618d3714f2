#!/usr/bin/env bash
# From an empty Google Cloud project to production: deploy/setup.sh PROJECT REGION [--dry-run]
#
# Safe to run again: what is there stays, what is missing is made, what differs is set. Run it again after a change of this
# folder. What it cannot do by itself (Meta's app, the first PUSAT) it says at its end.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    cat <<'TEXT'
usage: deploy/setup.sh PROJECT REGION [options]

PROJECT   the id of a Google Cloud project with billing, to which Firebase was added (firebase projects:addfirebase PROJECT)
REGION    of the service, the database and the queues: asia-southeast2 is Jakarta

  --dry-run               print every command for an empty project, and run none
  --dry-run=again         print what a second run would do
  --billing-account ID    make the budget whose alert switches AI off (000000-000000-000000)
  --budget AMOUNT         of that budget, in the billing account's currency per month, default 1500000
  --alert-email ADDRESS   who is told when something needs a person
  --domain NAME           where the frontend is: an origin besides Firebase Hosting's that may call (https://NAME)
TEXT
}

DRY_RUN=no SET_UP=no BILLING_ACCOUNT='' BUDGET=1500000 ALERT_EMAIL='' DOMAIN=''
positional=()
while [ $# -gt 0 ]; do
    case "$1" in
    --dry-run) DRY_RUN=yes ;;
    --dry-run=again) DRY_RUN=yes SET_UP=yes ;;
    --billing-account) BILLING_ACCOUNT=${2:?--billing-account needs an ID}; shift ;;
    --budget) BUDGET=${2:?--budget needs an amount}; shift ;;
    --alert-email) ALERT_EMAIL=${2:?--alert-email needs an address}; shift ;;
    --domain) DOMAIN=${2:?--domain needs a name}; shift ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 64 ;;
    *) positional+=("$1") ;;
    esac
    shift
done
if [ ${#positional[@]} -ne 2 ]; then
    usage >&2
    exit 64
fi
PROJECT=${positional[0]} REGION=${positional[1]}
case "$PROJECT" in
demo-*) echo "$PROJECT: projects whose id begins with demo- belong to the emulators" >&2; exit 64 ;;
esac

SERVICE=leadgen-pro
RUNTIME=leadgen-runtime@$PROJECT.iam.gserviceaccount.com
INVOKER=leadgen-invoker@$PROJECT.iam.gserviceaccount.com
BUILDER=leadgen-builder@$PROJECT.iam.gserviceaccount.com
BUCKET=$PROJECT.firebasestorage.app
export DRY_RUN SET_UP BILLING_ACCOUNT BUDGET ALERT_EMAIL DOMAIN PROJECT REGION SERVICE RUNTIME INVOKER BUILDER BUCKET

# shellcheck source=deploy/lib.sh
. deploy/lib.sh

if [ "$DRY_RUN" = no ]; then
    command -v gcloud >/dev/null || stop "There is no gcloud here: https://cloud.google.com/sdk/docs/install"
    gcloud projects describe "$PROJECT" --format='value(projectNumber)' >/dev/null ||
        stop "The project $PROJECT is not to be seen. Is its id right, and who is signed in (gcloud auth list)?"
    PROJECT_NUMBER=$(gcloud projects describe "$PROJECT" --format='value(projectNumber)')
else
    PROJECT_NUMBER=000000000000
fi
# The URL of a Cloud Run service is known before it exists, so its settings can name it.
SERVICE_URL=https://$SERVICE-$PROJECT_NUMBER.$REGION.run.app
export PROJECT_NUMBER SERVICE_URL

for part in apis accounts firestore storage hosting secrets queues service events schedules sign-in budget alerts; do
    # shellcheck source=/dev/null
    . "deploy/steps/$part.sh"
done

step "Done. What is left for a person"
say "1. The first PUSAT: sign up in the frontend, then"
say "     gcloud run jobs execute leadgen-admin --region=$REGION --project=$PROJECT --args=admin,grant,--email=YOU,--role=PUSAT --wait"
say "2. In Meta's App Dashboard: the OAuth redirect address https://${DOMAIN:-$PROJECT.web.app}/channels (both logins), deauthorize $SERVICE_URL/meta/deauthorize; data deletion $SERVICE_URL/meta/dataDeletion"
say "3. AI spends nothing until PUSAT sets allowances (setAiAllowance) and switches it on (switchAi)."
say "docs/runbook.md has the rest."
