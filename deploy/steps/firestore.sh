# The database: made once, with backups, and with fields that expire. Its rules and indexes come with each deployment.
# shellcheck shell=bash
step "Firestore"
there gcloud firestore databases describe --database='(default)' --project="$PROJECT" ||
    run gcloud firestore databases create --database='(default)' --location="$REGION" --type=firestore-native --project="$PROJECT"
# Point-in-time recovery: any minute of the last seven days. docs/runbook.md says how to restore.
run gcloud firestore databases update --database='(default)' --enable-pitr --delete-protection --project="$PROJECT"

step "Backups: each day kept for 14 days, each Sunday's for 14 weeks"
schedules=''
[ "$SET_UP" = no ] || schedules='{} SUN'
if [ "$DRY_RUN" = no ]; then
    schedules=$(gcloud firestore backups schedules list --database='(default)' --project="$PROJECT" --format='value(dailyRecurrence,weeklyRecurrence.day)')
fi
case "$schedules" in
*\{\}*) ;;
*) run gcloud firestore backups schedules create --database='(default)' --project="$PROJECT" --recurrence=daily --retention=14d ;;
esac
case "$schedules" in
*SUN*) ;;
*) run gcloud firestore backups schedules create --database='(default)' --project="$PROJECT" --recurrence=weekly --day-of-week=SUN --retention=14w ;;
esac

step "What expires by itself"
while read -r group; do
    run gcloud firestore fields ttls update expireAt --collection-group="$group" --enable-ttl --async --project="$PROJECT"
done <deploy/expiring-collections
