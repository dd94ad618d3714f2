// What was asked for: one's own, and for a branch or the head office everybody's.
import type { ContentRequest, ContentStatus } from "@leadgen-pro/client";
import { useContentRequests } from "@leadgen-pro/client/react";
import { Badge, Button, Card, Group, Image, Select, SimpleGrid, Skeleton, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconMovie, IconPencilHeart, IconTextCaption } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { EmptyState } from "../../../parts/empty-state";
import { Failure } from "../../../parts/failure";
import { useRoster } from "../../../parts/roster";
import { When } from "../../../parts/time";
import { usePerson } from "../../../session";
import { PLATFORMS } from "../platform";
import { failureWords } from "./failure-words";
import classes from "./history.module.css";

const PAGE = 24;
const STATUSES: ContentStatus[] = ["PENDING", "PROCESSING", "COMPLETED", "FAILED"];
const COLOURS: Record<ContentStatus, string> = { PENDING: "gray", PROCESSING: "blue", COMPLETED: "zamrud", FAILED: "red" };

export function History() {
  const { t } = useTranslation();
  const person = usePerson();
  const { nameOf } = useRoster();
  const [status, setStatus] = useState<ContentStatus>();
  const { data, error, retry, hasMore, loadMore } = useContentRequests({ limit: PAGE, ...(status && { status }) });

  return (
    <Stack>
      <Select
        label={t("studio.history.filter")} w={200} allowDeselect={false} value={status ?? "ALL"} onChange={(next) => setStatus(STATUSES.find((one) => one === next))}
        data={[{ value: "ALL", label: t("studio.history.all") }, ...STATUSES.map((value) => ({ value, label: t(`studio.status.${value}`) }))]}
      />
      {error ? (
        <Failure error={error} onRetry={retry} />
      ) : !data ? (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>{[1, 2, 3, 4, 5, 6].map((one) => <Skeleton key={one} h={120} radius="lg" />)}</SimpleGrid>
      ) : data.length === 0 ? (
        <EmptyState Icon={IconPencilHeart} title={t("studio.history.empty")} text={t("studio.history.emptyHint")}>
          <Button component={Link} to="/studio" mt="sm">{t("studio.history.emptyAction")}</Button>
        </EmptyState>
      ) : (
        <>
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} component="ul" p={0} m={0} style={{ listStyle: "none" }}>
            {data.map((request) => (
              <li key={request.id}>
                <RequestCard request={request} by={request.userId === person.uid ? undefined : nameOf(request.userId)} />
              </li>
            ))}
          </SimpleGrid>
          {hasMore && <Button variant="default" onClick={loadMore} style={{ alignSelf: "center" }}>{t("studio.history.more")}</Button>}
        </>
      )}
    </Stack>
  );
}

function RequestCard({ request, by }: { request: ContentRequest; by: string | undefined }) {
  const { t } = useTranslation();
  const { Icon } = PLATFORMS[request.platform];
  const { generatedContent: generated, options } = request;
  const failure = request.status === "FAILED" ? failureWords(request, t) : undefined;
  return (
    <Card withBorder radius="lg" padding="md" h="100%" component={Link} to={`/studio/history/${request.id}`} className={classes.card}>
      <Group align="start" wrap="nowrap" gap="md">
        {generated?.imageUrl ? (
          <Image src={generated.imageUrl} alt="" w={76} h={76} radius="md" loading="lazy" fallbackSrc="/icon.svg" />
        ) : (
          <ThemeIcon size={76} radius="md" variant="light" aria-hidden>
            {options?.media === "VIDEO" ? <IconMovie size={30} stroke={1.5} /> : <IconTextCaption size={30} stroke={1.5} />}
          </ThemeIcon>
        )}
        <Stack gap={4} miw={0} flex={1}>
          <Group gap={8}>
            <Badge variant="light" color={COLOURS[request.status]}>{t(`studio.status.${request.status}`)}</Badge>
            <Icon size={16} aria-label={PLATFORMS[request.platform].name} />
          </Group>
          <Text size="sm" fw={600} lineClamp={2}>{request.topic}</Text>
          {failure && <Text size="xs" c="red" lineClamp={2}>{failure.what}</Text>}
          <Text size="xs" c="dimmed"><When at={request.createdAt} />{by && ` · ${t("studio.history.by", { name: by })}`}</Text>
        </Stack>
      </Group>
    </Card>
  );
}
