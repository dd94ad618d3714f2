# Where media lie. Firebase's own bucket, so that the SDK finds it without being told.
# shellcheck shell=bash
step "Cloud Storage"
there gcloud storage buckets describe "gs://$BUCKET" ||
    rest POST "https://firebasestorage.googleapis.com/v1alpha/projects/$PROJECT/defaultBucket" "{\"location\": \"$REGION\"}"
run gcloud storage buckets update "gs://$BUCKET" --uniform-bucket-level-access --soft-delete-duration=7d
run gcloud storage buckets add-iam-policy-binding "gs://$BUCKET" --member="serviceAccount:$RUNTIME" --role=roles/storage.objectAdmin --format=none

step "Artifact Registry: the images, the newest ten of which are kept"
there gcloud artifacts repositories describe "$SERVICE" --location="$REGION" --project="$PROJECT" ||
    run gcloud artifacts repositories create "$SERVICE" --location="$REGION" --repository-format=docker --project="$PROJECT"
run gcloud artifacts repositories set-cleanup-policies "$SERVICE" --location="$REGION" --project="$PROJECT" --policy=deploy/cleanup-policy.json --no-dry-run
