# The services of Google Cloud that this one stands on.
# shellcheck shell=bash
step "APIs"
run gcloud services enable --project="$PROJECT" \
    artifactregistry.googleapis.com billingbudgets.googleapis.com cloudbuild.googleapis.com cloudresourcemanager.googleapis.com \
    cloudscheduler.googleapis.com cloudtasks.googleapis.com cloudtrace.googleapis.com eventarc.googleapis.com firebase.googleapis.com \
    firebasehosting.googleapis.com firebaserules.googleapis.com firebasestorage.googleapis.com firestore.googleapis.com iam.googleapis.com \
    identitytoolkit.googleapis.com logging.googleapis.com monitoring.googleapis.com pubsub.googleapis.com run.googleapis.com \
    secretmanager.googleapis.com telemetry.googleapis.com
