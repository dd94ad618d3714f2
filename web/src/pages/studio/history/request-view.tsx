// One content, as its document says it now: being made, made, or failed with what to do.
import type { ContentRequest } from "@leadgen-pro/client";
import { useContentRequest } from "@leadgen-pro/client/react";
import { Alert, Button, Card, Group, Loader, Skeleton, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Failure } from "../../../parts/failure";
import { usePerson } from "../../../session";
import { Preview } from "../preview/preview";
import { Publish } from "../publish/publish";
import type { Order } from "../order";
import { fullText } from "../text";
import { Counter, TextTools } from "../text-tools";
import { failureWords } from "./failure-words";

interface Props {
  id: string;
  /** What is known before the document comes. */
  order?: Order;
  caption?: string;
  /** Before the order is taken back to the form. */
  onEdit?(): void;
  /** Whether it can be published from here. */
  publish?: boolean;
}

export function RequestView({ id, order, caption, onEdit, publish = true }: Props) {
  const { t } = useTranslation();
  const { data: request, loading, error, retry } = useContentRequest(id);
  const over = request?.status === "COMPLETED" || request?.status === "FAILED";

  if (error) return <Failure error={error} onRetry={retry} />;
  if (loading) return order ? <Preview order={order} generated={{ caption: caption ?? "", hashtags: [] }} mediaPending /> : <Skeleton h={420} radius="lg" />;
  if (!request) return <Alert color="kencana">{t("studio.history.gone")}</Alert>;

  const { generatedContent: generated, options = {} } = request;
  const text = generated && fullText(generated);
  return (
    <Stack>
      {!over && (
        <Card withBorder radius="lg" padding="md" role="status">
          <Group gap="sm" wrap="nowrap">
            <Loader size="sm" />
            <Text size="sm">{t(options.media === "VIDEO" ? "studio.form.videoNote" : "studio.stage.following")}</Text>
          </Group>
        </Card>
      )}
      {request.status === "FAILED" && <Failed request={request} onEdit={onEdit} />}
      {(generated || !over) && <Preview order={request} generated={generated ?? { caption: caption ?? "", hashtags: [] }} mediaPending={!over} />}
      {text && (
        <>
          <Counter text={text} platform={request.platform} />
          <TextTools text={text} />
        </>
      )}
      {generated?.altText && (
        <Card withBorder radius="lg" padding="md">
          <Text size="sm" fw={600}>{t("studio.preview.altText")}</Text>
          <Text size="xs" c="dimmed" mb={4}>{t("studio.preview.altTextHint")}</Text>
          <Text size="sm">{generated.altText}</Text>
        </Card>
      )}
      {publish && request.status === "COMPLETED" && generated && <Publish key={request.id} request={request} generated={generated} />}
    </Stack>
  );
}

function Failed({ request, onEdit }: { request: ContentRequest; onEdit: (() => void) | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const person = usePerson();
  const { what, todo } = failureWords(request, t);
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t("studio.failure.title")} role="alert">
      <Text size="sm">{what}</Text>
      {todo && <Text size="sm" mt={4}>{todo}</Text>}
      {request.userId === person.uid && (
        <Button mt="sm" variant="light" color="red" leftSection={<IconRefresh size={18} />} onClick={() => { onEdit?.(); void navigate("/studio", { state: { order: request } }); }}>
          {t("studio.failure.edit")}
        </Button>
      )}
    </Alert>
  );
}
