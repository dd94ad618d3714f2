# The last brake: when Google's bill of this project reaches the budget, its alert switches AI off. OpenAI's bill is not in it;
# the service's own allowances hold for both.
# shellcheck shell=bash
step "Budget alert"
there gcloud pubsub topics describe leadgen-budget --project="$PROJECT" ||
    run gcloud pubsub topics create leadgen-budget --project="$PROJECT"
there gcloud pubsub subscriptions describe leadgen-budget --project="$PROJECT" ||
    run gcloud pubsub subscriptions create leadgen-budget --project="$PROJECT" --topic=leadgen-budget \
        --push-endpoint="$SERVICE_URL/events/budgetAlert" --push-auth-service-account="$INVOKER" --push-auth-token-audience="$SERVICE_URL" \
        --ack-deadline=60 --min-retry-delay=10s --max-retry-delay=600s --expiration-period=never
if [ -n "$BILLING_ACCOUNT" ]; then
    known=''
    [ "$SET_UP" = no ] || known=known
    if [ "$DRY_RUN" = no ]; then
        known=$(gcloud billing budgets list --billing-account="$BILLING_ACCOUNT" --format='value(name)' --filter='displayName=leadgen-pro')
    fi
    [ -n "$known" ] || run gcloud billing budgets create --billing-account="$BILLING_ACCOUNT" --display-name=leadgen-pro \
        --budget-amount="$BUDGET" --filter-projects="projects/$PROJECT_NUMBER" --threshold-rule=percent=0.5 --threshold-rule=percent=0.9 \
        --threshold-rule=percent=1.0 --notifications-rule-pubsub-topic="projects/$PROJECT/topics/leadgen-budget"
else
    say "No --billing-account: no budget is made, and no alert will switch AI off."
fi
