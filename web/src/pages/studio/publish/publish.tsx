// Publishing a finished content: on which account, as what, now or at a time.
import { type ContentRequest, type GeneratedContent, LeadGenError, type PostKind } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { Alert, Anchor, Button, Card, SegmentedControl, Select, Stack, Text, Textarea, Title } from "@mantine/core";
import { IconCalendarTime, IconCircleCheck, IconSend } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type Refusal, refusalOf } from "../../../parts/refusal";
import { dateTime } from "../../../parts/time";
import { useKnownChannels } from "../known-channels";
import { PLATFORMS, platformOf } from "../platform";
import { fullText, kindsFor, LONGEST } from "../text";
import { fromWib, proposal } from "../wib";
import { DateTime } from "./date-time";

export function Publish({ request, generated }: { request: ContentRequest; generated: GeneratedContent }) {
  const { t } = useTranslation();
  const { client } = useLeadGen();
  const { data: channels = [], loading } = useKnownChannels();
  const usable = channels
    .filter((channel) => channel.state !== "DISCONNECTED")
    .map((channel) => ({ channel, kinds: kindsFor(channel, generated, request.options?.aspect) }))
    .filter(({ kinds }) => kinds.length > 0)
    // Where the content was made for comes first.
    .sort((a, b) => Number(b.channel.platform === request.platform) - Number(a.channel.platform === request.platform));

  // One name for this order until it is done: pressing again after a lost answer is the same post.
  const requestId = useRef(crypto.randomUUID());
  const [channelId, setChannelId] = useState<string | null>(null);
  const [kind, setKind] = useState<PostKind>();
  const [caption, setCaption] = useState(() => fullText(generated));
  const [when, setWhen] = useState<"now" | "later">("now");
  const [at, setAt] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal & { unsure: boolean }>();
  const [done, setDone] = useState<string>();

  const chosen = usable.find(({ channel }) => channel.id === channelId) ?? usable[0];
  if (loading) return null;
  if (!chosen) return <NoChannel textOnly={!generated.imageUrl && !generated.videoUrl} />;
  const { channel, kinds } = chosen;
  const as = kind && kinds.includes(kind) ? kind : kinds[0];
  const planned = when === "later" ? at : undefined;
  const longest = LONGEST[channel.platform];
  const over = caption.length > longest;

  async function go() {
    if (!as) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      const order = {
        requestId: requestId.current, channelId: channel.id, contentRequestId: request.id, kind: as,
        ...(as !== "STORY" && { caption }), ...(planned && { scheduledAt: fromWib(planned).toISOString() }),
      };
      await (channel.platform === "FACEBOOK" ? client.postToFacebook(order) : client.postToInstagram(order));
      setDone(channel.id);
      requestId.current = crypto.randomUUID();
    } catch (error) {
      setRefusal({ ...refusalOf(error), unsure: error instanceof LeadGenError && error.mayPass && error.code !== "resource-exhausted" });
    } finally {
      setBusy(false);
    }
  }

  if (done) return <Done channelId={done} planned={planned} onAgain={() => setDone(undefined)} />;
  const at_ = (field: string) => (refusal?.field === field ? refusal.text : undefined);
  const elsewhere = refusal && !["channelId", "kind", "caption", "scheduledAt"].includes(refusal.field ?? "");

  return (
    <Card withBorder radius="lg" padding="lg" component="section" aria-labelledby="studio-publish">
      <Stack>
        <Title order={2} size="h4" id="studio-publish">{t("studio.publish.heading")}</Title>
        <Select label={t("studio.publish.channel")} size="md" allowDeselect={false} value={channel.id} onChange={setChannelId} data={usable.map(({ channel: one }) => ({ value: one.id, label: `${one.name} · ${platformOf(one.id)?.name ?? one.platform}` }))} error={at_("channelId")} />
        {channel.state === "NEEDS_RECONNECT" && (
          <Alert color="kencana">
            {t("studio.publish.reconnect")} <Anchor component={Link} to="/channels" inherit>{t("studio.posts.reconnect")}</Anchor>
          </Alert>
        )}
        {kinds.length > 1 && (
          <div>
            <Text size="sm" fw={500} mb={6}>{t("studio.publish.kind")}</Text>
            <SegmentedControl fullWidth aria-label={t("studio.publish.kind")} value={as ?? ""} onChange={(next) => setKind(next as PostKind)} data={kinds.map((one) => ({ value: one, label: t(`studio.publish.kinds.${one}`) }))} />
            {at_("kind") && <Text size="xs" c="red">{at_("kind")}</Text>}
          </div>
        )}
        {as === "STORY" ? (
          <Text size="sm" c="dimmed">{t("studio.publish.noCaption")}</Text>
        ) : (
          <Textarea label={t("studio.publish.caption")} autosize minRows={4} maxRows={12} value={caption} onChange={(event) => setCaption(event.currentTarget.value)} error={at_("caption") ?? (over && t("studio.preview.over", { n: caption.length - longest }))} />
        )}
        <div>
          <Text size="sm" fw={500} mb={6}>{t("studio.publish.when")}</Text>
          <SegmentedControl fullWidth aria-label={t("studio.publish.when")} value={when} onChange={(next) => { setWhen(next as "now" | "later"); setAt((before) => before ?? proposal(Date.now())); }} data={[{ value: "now", label: t("studio.publish.now") }, { value: "later", label: t("studio.publish.later") }]} />
        </div>
        {planned && <DateTime value={planned} onChange={setAt} error={at_("scheduledAt")} />}
        {refusal && elsewhere && (
          <Alert color={refusal.unsure ? "kencana" : "red"} role="alert">{refusal.text} {refusal.unsure && t("studio.publish.lost")}</Alert>
        )}
        <Button size="md" loading={busy} disabled={over} onClick={go} leftSection={planned ? <IconCalendarTime size={20} /> : <IconSend size={20} />}>
          {t(planned ? "studio.publish.submitLater" : "studio.publish.submitNow")}
        </Button>
        {channel.platform === "INSTAGRAM" && <Text size="xs" c="dimmed" ta="center">{t("studio.publish.aiMark")}</Text>}
      </Stack>
    </Card>
  );
}

function NoChannel({ textOnly }: { textOnly: boolean }) {
  const { t } = useTranslation();
  return (
    <Card withBorder radius="lg" padding="lg">
      <Stack align="start" gap="sm">
        <Text size="sm">{textOnly ? t("studio.publish.textOnly") : t("studio.publish.noChannel")}</Text>
        <Button component={Link} to="/channels" variant="light">{t("studio.publish.connect")}</Button>
      </Stack>
    </Card>
  );
}

function Done({ channelId, planned, onAgain }: { channelId: string; planned: string | undefined; onAgain(): void }) {
  const { t } = useTranslation();
  const platform = platformOf(channelId) ?? PLATFORMS.INSTAGRAM;
  return (
    <Alert color="zamrud" icon={<IconCircleCheck />} title={`${t(planned ? "studio.publish.doneLater" : "studio.publish.doneNow")} · ${platform.name}`} role="status">
      <Text size="sm">{planned && `${dateTime(fromWib(planned))} WIB. `}{t("studio.publish.doneHint")}</Text>
      <Button component={Link} to="/studio/posts" mt="sm" mr="xs" variant="light">{t("studio.publish.open")}</Button>
      <Button mt="sm" variant="subtle" onClick={onAgain}>{t("studio.publish.again")}</Button>
    </Alert>
  );
}
