# The service: settings once here, the image by each deployment (cloudbuild.yaml), the first of which runs now.
# shellcheck shell=bash
step "The service"

# One file, read by the pipeline too: what a revision is told besides its secrets.
ORIGINS="https://$PROJECT.web.app,https://$PROJECT.firebaseapp.com${DOMAIN:+,https://$DOMAIN}"
settings=(
    "GOOGLE_CLOUD_PROJECT=$PROJECT"
    "GOOGLE_CLOUD_PROJECT_NUMBER=$PROJECT_NUMBER"
    "SERVICE_URL=$SERVICE_URL"
    "PUSH_AUTH=oidc"
    "PUSH_AUDIENCE=$SERVICE_URL"
    "PUSH_SERVICE_ACCOUNTS=$INVOKER"
    "TASKS_LOCATION=$REGION"
    "BLOCKING_FUNCTION_URLS=$SERVICE_URL/auth/beforeCreate,$SERVICE_URL/auth/beforeSignIn"
    "CORS_ORIGINS=$ORIGINS"
    # The page of the frontend that calls connectChannel; the same stands in Meta's App Dashboard.
    "META_REDIRECT_URIS=https://${DOMAIN:-$PROJECT.web.app}/channels"
    "TRACES=cloud"
)
SETTINGS=$(printf '~%s' "${settings[@]}")
# `^~^` makes ~ the separator, since values hold commas: gcloud topic escaping.
SETTINGS="^~^${SETTINGS#'~'}"

if there gcloud run services describe "$SERVICE" --region="$REGION" --project="$PROJECT"; then
    run gcloud run services update "$SERVICE" --region="$REGION" --project="$PROJECT" --set-env-vars="$SETTINGS" --set-secrets="$SECRETS"
else
    # Google's sample stands in until the pipeline puts the real image there: the pipeline deploys to a service that exists.
    run gcloud run deploy "$SERVICE" --region="$REGION" --project="$PROJECT" --image=us-docker.pkg.dev/cloudrun/container/hello \
        --service-account="$RUNTIME" --allow-unauthenticated --set-env-vars="$SETTINGS" --set-secrets="$SECRETS" \
        --cpu=1 --memory=512Mi --concurrency=200 --timeout=90 --min-instances=1 --max-instances=10 --cpu-boost \
        --execution-environment=gen2 --ingress=all
fi

step "Build, test and deploy this commit"
run gcloud builds submit . --project="$PROJECT" --region="$REGION" --config=cloudbuild.yaml --service-account="projects/$PROJECT/serviceAccounts/$BUILDER" \
    --default-buckets-behavior=regional-user-owned-bucket \
    --substitutions="_REGION=$REGION,_SERVICE=$SERVICE,COMMIT_SHA=$(git rev-parse HEAD)"

step "The administrator's command line, as a job in the same image"
IMAGE=$REGION-docker.pkg.dev/$PROJECT/$SERVICE/$SERVICE:latest
verb=create
there gcloud run jobs describe leadgen-admin --region="$REGION" --project="$PROJECT" && verb=update
run gcloud run jobs "$verb" leadgen-admin --region="$REGION" --project="$PROJECT" --image="$IMAGE" --service-account="$RUNTIME" \
    --set-env-vars="$SETTINGS" --set-secrets="$SECRETS" --args=admin,list --max-retries=0 --task-timeout=3600s
