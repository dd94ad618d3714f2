# What calls a person: the alarms that the service writes into its log (the field `alarm`, see src/telemetry/alarm.rs), errors
# of its own, and its silence.
# shellcheck shell=bash
step "Log-based metrics"
metric() { # NAME
    local verb=create
    there gcloud logging metrics describe "$1" --project="$PROJECT" && verb=update
    run gcloud logging metrics "$verb" "$1" --project="$PROJECT" --config-from-file="deploy/metrics/$1.yaml"
}
metric leadgen_alarms
metric leadgen_firestore_operations

step "Who is told"
CHANNEL=''
[ "$SET_UP" = no ] || CHANNEL=projects/a-project/notificationChannels/1
if [ -n "$ALERT_EMAIL" ]; then
    if [ "$DRY_RUN" = no ]; then
        CHANNEL=$(gcloud beta monitoring channels list --project="$PROJECT" --filter="type=email AND labels.email_address=$ALERT_EMAIL" --format='value(name)' --limit=1)
    fi
    if [ -z "$CHANNEL" ]; then
        run gcloud beta monitoring channels create --project="$PROJECT" --type=email --display-name="LeadGen Pro" --channel-labels="email_address=$ALERT_EMAIL"
        [ "$DRY_RUN" = yes ] || CHANNEL=$(gcloud beta monitoring channels list --project="$PROJECT" --filter="type=email AND labels.email_address=$ALERT_EMAIL" --format='value(name)' --limit=1)
    fi
else
    say "No --alert-email: the alerts below are shown in the console and sent to nobody."
fi

step "Alerts"
policy() { # TITLE FILE
    local known=''
    [ "$SET_UP" = no ] || known=projects/a-project/alertPolicies/1
    if [ "$DRY_RUN" = no ]; then
        known=$(gcloud alpha monitoring policies list --project="$PROJECT" --filter="displayName=\"$1\"" --format='value(name)' --limit=1)
    fi
    if [ -n "$known" ]; then
        run gcloud alpha monitoring policies update "$known" --project="$PROJECT" --policy-from-file="$2" ${CHANNEL:+--set-notification-channels="$CHANNEL"}
    else
        run gcloud alpha monitoring policies create --project="$PROJECT" --policy-from-file="$2" ${CHANNEL:+--notification-channels="$CHANNEL"}
    fi
}
policies=.release/alerts
mkdir -p "$policies"
while IFS='|' read -r alarm title what; do
    sed -e "s|@ALARM@|$alarm|g" -e "s|@TITLE@|$title|g" -e "s|@WHAT@|$what|g" deploy/metrics/alarm-policy.json >"$policies/$alarm.json"
    policy "LeadGen Pro: $title" "$policies/$alarm.json"
done <deploy/alarms
policy "LeadGen Pro: the service answers with errors" deploy/metrics/errors-policy.json

step "Uptime: from outside, each minute"
known=''
[ "$SET_UP" = no ] || known=known
if [ "$DRY_RUN" = no ]; then
    known=$(gcloud monitoring uptime list-configs --project="$PROJECT" --filter='displayName=leadgen-pro' --format='value(name)' --limit=1)
fi
[ -n "$known" ] || run gcloud monitoring uptime create leadgen-pro --project="$PROJECT" --resource-type=uptime-url \
    --resource-labels="host=${SERVICE_URL#https://},project_id=$PROJECT" --path=/readyz --protocol=https --period=1 --timeout=10
