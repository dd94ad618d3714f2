# Secrets: made here where anything random will do, asked for where somebody else gave them. None is printed, none stands in an
# argument, none is changed when it is there.
# shellcheck shell=bash
step "Secrets"

put_secret() { # NAME, the value on standard input
    if [ "$DRY_RUN" = yes ]; then
        cat >/dev/null
        show gcloud secrets create "$1" --project="$PROJECT" --replication-policy=user-managed --locations="$REGION" --data-file=-
    else
        gcloud secrets create "$1" --project="$PROJECT" --replication-policy=user-managed --locations="$REGION" --data-file=- --quiet ||
            stop "The secret $1 was not made."
    fi
}

random_key() {
    openssl rand -base64 32 | tr -d '\n'
}

secret_known() {
    there gcloud secrets describe "$1" --project="$PROJECT"
}

made() { # NAME, a command that prints the value
    local name=$1
    shift
    secret_known "$name" || "$@" | put_secret "$name"
}

asked() { # NAME WHAT
    local name=$1 value=''
    if secret_known "$name"; then
        return
    fi
    if [ "$DRY_RUN" = no ]; then
        [ -t 0 ] || stop "The secret $name ($2) is missing, and there is no terminal to ask at. Make it by hand, and run this again:
  printf %s \"\$VALUE\" | gcloud secrets create $name --project=$PROJECT --replication-policy=user-managed --locations=$REGION --data-file=-"
        while [ -z "$value" ]; do
            read -rsp "$name ($2): " value
            printf '\n'
        done
    fi
    printf '%s' "$value" | put_secret "$name"
}

channel_key() {
    printf '%s:' "$(date -u +%Y%m%d)"
    random_key
}

made PHONE_INDEX_KEY random_key
made CHANNEL_KEYS channel_key
made META_VERIFY_TOKEN openssl rand -hex 24
asked META_APP_ID "Meta's App Dashboard, Settings, Basic: App ID"
asked META_APP_SECRET "the same page: App secret"
asked INSTAGRAM_APP_ID "Instagram, API setup with Instagram login: Instagram app ID"
asked INSTAGRAM_APP_SECRET "the same page: Instagram app secret"
asked OPENAI_API_KEY "platform.openai.com, API keys"
asked GEMINI_API_KEY "aistudio.google.com, API keys"

SECRETS=''
for name in PHONE_INDEX_KEY CHANNEL_KEYS META_VERIFY_TOKEN META_APP_ID META_APP_SECRET INSTAGRAM_APP_ID INSTAGRAM_APP_SECRET \
    OPENAI_API_KEY GEMINI_API_KEY; do
    # One by one: the runtime account reads these and no other secret of the project.
    run gcloud secrets add-iam-policy-binding "$name" --project="$PROJECT" --member="serviceAccount:$RUNTIME" \
        --role=roles/secretmanager.secretAccessor --quiet --format=none
    SECRETS+="${SECRETS:+,}$name=$name:latest"
done
export SECRETS
