# Who does what: the service, those who push to it, and the pipeline. Nobody has more than the list says.
# shellcheck shell=bash
step "Service accounts"
service_account leadgen-runtime "LeadGen Pro: the service"
service_account leadgen-invoker "LeadGen Pro: pushes of Tasks, Scheduler, Eventarc and Pub/Sub"
service_account leadgen-builder "LeadGen Pro: build and deployment"

step "The service: data, accounts of people, queues, traces"
grant "$RUNTIME" roles/datastore.user
grant "$RUNTIME" roles/firebaseauth.admin
grant "$RUNTIME" roles/cloudtasks.enqueuer
grant "$RUNTIME" roles/telemetry.tracesWriter
# Tasks carry tokens of the invoker's.
run gcloud iam service-accounts add-iam-policy-binding "$INVOKER" --project="$PROJECT" --member="serviceAccount:$RUNTIME" \
    --role=roles/iam.serviceAccountUser --quiet --format=none

step "Those who push: events, and nothing else. The service checks their tokens itself, since anyone may call it"
grant "$INVOKER" roles/eventarc.eventReceiver

step "Google's own agents: Eventarc and Pub/Sub make tokens, Storage is read by the rules"
for agent in pubsub eventarc; do
    run gcloud beta services identity create --service="$agent.googleapis.com" --project="$PROJECT" --format=none
done
run gcloud iam service-accounts add-iam-policy-binding "$INVOKER" --project="$PROJECT" --quiet --format=none \
    --member="serviceAccount:service-$PROJECT_NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com" --role=roles/iam.serviceAccountTokenCreator

step "The pipeline"
for role in roles/artifactregistry.writer roles/firebaserules.admin roles/datastore.indexAdmin roles/firebasehosting.admin \
    roles/logging.logWriter roles/run.admin roles/serviceusage.serviceUsageConsumer; do
    grant "$BUILDER" "$role"
done
# It deploys revisions that run as the service.
run gcloud iam service-accounts add-iam-policy-binding "$RUNTIME" --project="$PROJECT" --member="serviceAccount:$BUILDER" \
    --role=roles/iam.serviceAccountUser --quiet --format=none
