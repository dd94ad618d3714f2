# What is done by the clock. Each looks at what stands and mends it, so a run too many harms nobody.
# shellcheck shell=bash
step "Cloud Scheduler"
schedule() { # NAME CRON PATH
    local verb=create
    there gcloud scheduler jobs describe "$1" --location="$REGION" --project="$PROJECT" && verb=update
    run gcloud scheduler jobs "$verb" http "$1" --location="$REGION" --project="$PROJECT" --schedule="$2" --time-zone=Asia/Jakarta \
        --uri="$SERVICE_URL$3" --http-method=POST --oidc-service-account-email="$INVOKER" --oidc-token-audience="$SERVICE_URL" \
        --attempt-deadline=120s --max-retry-attempts=2
}
schedule leadgen-sweep '* * * * *' /tasks/sweep
# Ten past: the hour is when everybody else's schedules run.
schedule leadgen-refresh-channels '10 * * * *' /tasks/refreshChannels
# Each page is compared once a day; a page that was just connected within the hour.
schedule leadgen-reconcile-leads '17 * * * *' /tasks/reconcileLeads
