import { Alert, Button, Stack, Text, Title } from "@mantine/core";
import { useLeadGen } from "@leadgen-pro/client/react";
import { sendEmailVerification } from "firebase/auth";
import { useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { language } from "../../i18n";
import { done, tell } from "../../parts/refusal";
import { usePerson, useSession } from "../../session";
import { EntryFrame } from "./frame";

/** Somebody who signed up and was not invited yet, or whose invitation was not taken up yet. */
export function Waiting() {
  const { t } = useTranslation();
  const { firebase, leave, refresh } = useSession();
  const { client } = useLeadGen();
  const { name, email } = usePerson();
  const [verified, setVerified] = useState(firebase.auth.currentUser?.emailVerified ?? true);
  const [checking, setChecking] = useState(false);
  const [told, setTold] = useState(false);

  // The service gives the role of an invitation at the first call; the token made after it carries the role.
  async function check() {
    setChecking(true);
    try {
      await firebase.auth.currentUser?.reload();
      setVerified(firebase.auth.currentUser?.emailVerified ?? true);
      await client.whoami();
      await refresh();
    } finally {
      setChecking(false);
    }
  }
  // Nobody pressed anything: a failure here only means to go on waiting.
  const first = useEffectEvent(() => void check().catch(() => {}));
  useEffect(() => first(), []);

  async function checkAgain() {
    try {
      await check();
      setTold(true);
    } catch (error) {
      tell(error);
    }
  }

  async function resend() {
    const user = firebase.auth.currentUser;
    if (!user) return;
    firebase.auth.languageCode = language();
    try {
      await sendEmailVerification(user);
      done(t("entry.resent", { email }));
    } catch (error) {
      tell(error);
    }
  }

  return (
    <EntryFrame>
      <Stack>
        <Title order={1} size="h2" style={{ overflowWrap: "anywhere" }}>{t("entry.hello", { name })}</Title>
        <Text>{verified ? t("session.waiting") : t("entry.verify", { email })}</Text>
        {told && verified && !checking && <Alert color="kencana" role="status">{t("entry.stillWaiting", { email })}</Alert>}
        <Button onClick={checkAgain} loading={checking} size="md">{t("session.check")}</Button>
        {!verified && <Button variant="light" onClick={resend} size="md">{t("entry.resend")}</Button>}
        <Button variant="default" onClick={() => leave()} size="md">{t("session.signOut")}</Button>
      </Stack>
    </EntryFrame>
  );
}
