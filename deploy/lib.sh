# What the steps of setup.sh share. Sourced, never run.
# shellcheck shell=bash

# Prints one command as a line that a shell would read back as the same command.
show() {
    local line='' word
    for word in "$@"; do
        line+=$(printf '%q ' "$word")
    done
    printf '%s\n' "${line% }"
}

# Runs a command; in a dry run only prints it.
run() {
    if [ "$DRY_RUN" = yes ]; then
        show "$@"
    else
        "$@" || stop "This command failed, and nothing after it was tried. The script may be run again once the cause is gone:
  $(show "$@")"
    fi
}

# Whether something is there already. A dry run asks nobody: nothing is there, or with --dry-run=again everything.
there() {
    if [ "$DRY_RUN" = yes ]; then
        [ "$SET_UP" = yes ]
    else
        "$@" >/dev/null 2>&1
    fi
}

step() {
    printf '\n# %s\n' "$1"
}

say() {
    printf '# %s\n' "$1"
}

stop() {
    printf '\n%s\n' "$1" >&2
    exit 1
}

# Gives a role of the project to a service account.
grant() { # ACCOUNT ROLE
    run gcloud projects add-iam-policy-binding "$PROJECT" --member="serviceAccount:$1" --role="$2" --condition=None --quiet --format=none
}

service_account() { # NAME WHAT
    there gcloud iam service-accounts describe "$1@$PROJECT.iam.gserviceaccount.com" --project="$PROJECT" ||
        run gcloud iam service-accounts create "$1" --project="$PROJECT" --display-name="$2"
}

# Calls one of Google's REST interfaces that gcloud has no command for, in the name of whoever runs this.
rest() { # METHOD URL BODY
    if [ "$DRY_RUN" = yes ]; then
        show curl --fail-with-body --silent --show-error -X "$1" "$2" -H 'Authorization: Bearer TOKEN' -H "x-goog-user-project: $PROJECT" \
            -H 'Content-Type: application/json' --data "$3"
        return
    fi
    # The token goes through a file descriptor: arguments can be read by everybody on the machine.
    printf 'Authorization: Bearer %s\n' "$(gcloud auth print-access-token)" |
        curl --fail-with-body --silent --show-error --max-time 60 -X "$1" "$2" -H @- -H "x-goog-user-project: $PROJECT" \
            -H 'Content-Type: application/json' --data "$3" --output /dev/null ||
        stop "$1 $2 failed. The script may be run again once the cause is gone."
}
