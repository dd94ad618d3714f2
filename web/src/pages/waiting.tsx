import { Button, Card, Center, Group, Stack, Text } from "@mantine/core";
import { getFunctions, httpsCallable } from "firebase/functions";
import { useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../session";

/** Somebody who signed up and was not invited yet, or whose invitation was not taken up yet. */
export function Waiting() {
  const { t } = useTranslation();
  const { firebase, leave, refresh } = useSession();
  const [checking, setChecking] = useState(false);

  // The service gives the role of an invitation at the first call; the token made after it carries the role.
  async function check() {
    setChecking(true);
    try {
      await httpsCallable(getFunctions(firebase.app, `${location.origin}/api`), "whoami")({});
      await refresh();
    } catch {
      // Still waiting: the page says so, and the button tries again.
    } finally {
      setChecking(false);
    }
  }
  const first = useEffectEvent(check);
  useEffect(() => void first(), []);

  return (
    <Center component="main" mih="100dvh" p="md">
      <Card withBorder padding="xl" maw={440}>
        <Stack>
          <Text>{t("session.waiting")}</Text>
          <Group>
            <Button onClick={check} loading={checking}>{t("session.check")}</Button>
            <Button variant="default" onClick={() => leave()}>{t("session.signOut")}</Button>
          </Group>
        </Stack>
      </Card>
    </Center>
  );
}
