# Documents that change, accounts that come and go: Eventarc calls the service.
# shellcheck shell=bash
step "Eventarc"
trigger() { # NAME PATH FILTER...
    local name=$1 path=$2 filters=() filter
    shift 2
    for filter in "$@"; do
        filters+=("$filter")
    done
    there gcloud eventarc triggers describe "$name" --location="$REGION" --project="$PROJECT" ||
        run gcloud eventarc triggers create "$name" --location="$REGION" --project="$PROJECT" --destination-run-service="$SERVICE" \
            --destination-run-region="$REGION" --destination-run-path="$path" --service-account="$INVOKER" "${filters[@]}"
}
document() { # NAME PATH DOCUMENT
    trigger "$1" "$2" --event-filters=type=google.cloud.firestore.document.v1.written --event-filters=database='(default)' \
        --event-filters-path-pattern=document="$3" --event-data-content-type=application/protobuf
}
document leadgen-user-written /events/userWritten 'users/{uid}'
document leadgen-lead-written /events/leadWritten 'leads/{id}'
document leadgen-content-request-written /events/contentRequestWritten 'content_requests/{id}'
trigger leadgen-user-created /events/userCreated --event-filters=type=google.firebase.auth.user.v2.created
trigger leadgen-user-deleted /events/userDeleted --event-filters=type=google.firebase.auth.user.v2.deleted
