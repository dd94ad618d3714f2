import { Button, Card, Center, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSession } from "../session";

/** Somebody who signed up and was not invited yet. */
export function Waiting() {
  const { t } = useTranslation();
  const { leave, refresh } = useSession();
  return (
    <Center component="main" mih="100dvh" p="md">
      <Card withBorder padding="xl" maw={440}>
        <Stack>
          <Text>{t("session.waiting")}</Text>
          <Group>
            <Button onClick={() => refresh()}>{t("session.check")}</Button>
            <Button variant="default" onClick={() => leave()}>{t("session.signOut")}</Button>
          </Group>
        </Stack>
      </Card>
    </Center>
  );
}
