# Firebase Authentication with Identity Platform: who signs up or in asks the service for role and branch.
# shellcheck shell=bash
step "Blocking functions"
# There is no gcloud command for it. The mask replaces this part of the configuration alone.
rest PATCH "https://identitytoolkit.googleapis.com/admin/v2/projects/$PROJECT/config?updateMask=blockingFunctions" \
    "{\"blockingFunctions\": {\"triggers\": {\"beforeCreate\": {\"functionUri\": \"$SERVICE_URL/auth/beforeCreate\"}, \"beforeSignIn\": {\"functionUri\": \"$SERVICE_URL/auth/beforeSignIn\"}}, \"forwardInboundCredentials\": {\"idToken\": false, \"accessToken\": false, \"refreshToken\": false}}}"
