// One content of the history: as it looks, what it was asked as, what it cost.
import type { ContentRequest } from "@leadgen-pro/client";
import { useContentRequest } from "@leadgen-pro/client/react";
import { Button, Card, Grid, Group, Stack, Text } from "@mantine/core";
import { IconArrowLeft, IconCopyPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { useRoster } from "../../../parts/roster";
import { dateTime } from "../../../parts/time";
import { usePerson } from "../../../session";
import { dollars } from "../budget/money";
import { PLATFORMS } from "../platform";
import { Publish } from "../publish/publish";
import { RequestView } from "./request-view";

export function Detail() {
  const { t } = useTranslation();
  const { requestId = "" } = useParams();
  const { data: request } = useContentRequest(requestId);
  return (
    <Stack>
      <Group>
        <Button component={Link} to="/studio/history" variant="subtle" color="gray" leftSection={<IconArrowLeft size={18} />} px="xs">{t("studio.history.back")}</Button>
      </Group>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 5 }} order={{ base: 2, md: 1 }}><Stack>
            {request?.status === "COMPLETED" && request.generatedContent && <Publish key={request.id} request={request} generated={request.generatedContent} />}
            {request && <Facts request={request} />}
          </Stack></Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }} order={{ base: 1, md: 2 }}><RequestView key={requestId} id={requestId} publish={false} /></Grid.Col>
      </Grid>
    </Stack>
  );
}

function Facts({ request }: { request: ContentRequest }) {
  const { t } = useTranslation();
  const { nameOf } = useRoster();
  const person = usePerson();
  const { options = {}, usage } = request;
  const by = request.userId === person.uid ? undefined : nameOf(request.userId);
  const facts: [string, string | undefined][] = [
    [t("studio.form.platform"), PLATFORMS[request.platform].name],
    [t("studio.form.media"), t(`studio.form.medias.${options.media ?? "NONE"}`)],
    [t("studio.form.tone"), options.tone],
    [t("studio.form.language"), options.language],
    [t("studio.history.made"), `${dateTime(request.createdAt)} WIB${by ? ` ${t("studio.history.by", { name: by })}` : ""}`],
    [t("studio.history.cost"), usage && dollars(usage.costMicroUsd)],
    [t("studio.history.model"), usage?.model],
  ];
  return (
    <Card withBorder radius="lg" padding="lg">
      <Stack gap="md">
        <div>
          <Text size="xs" c="dimmed">{t("studio.form.topic")}</Text>
          <Text style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{request.topic}</Text>
        </div>
        {facts.map(([name, fact]) => fact && (
          <Group key={name} justify="space-between" gap="md" wrap="nowrap">
            <Text size="sm" c="dimmed">{name}</Text>
            <Text size="sm" ta="end" style={{ overflowWrap: "anywhere" }}>{fact}</Text>
          </Group>
        ))}
        <Button component={Link} to="/studio" state={{ order: { topic: request.topic, platform: request.platform, options } }} variant="light" leftSection={<IconCopyPlus size={18} />}>{t("studio.history.reuse")}</Button>
      </Stack>
    </Card>
  );
}
