// What to make: one sentence is enough, everything else has a sensible first value.
import type { Aspect, ContentMedia, ContentPlatform } from "@leadgen-pro/client";
import { Alert, Autocomplete, Box, Button, Card, Chip, Group, SegmentedControl, Select, SimpleGrid, Stack, Text, Textarea } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { IconSparkles } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { PLATFORMS } from "../platform";
import type { Order } from "../order";

export interface OrderValues {
  topic: string;
  platform: ContentPlatform;
  media: ContentMedia;
  aspect: Aspect;
  tone: string;
  language: string;
}

export const FIRST: OrderValues = { topic: "", platform: "INSTAGRAM", media: "IMAGE", aspect: "4:5", tone: "", language: "id" };

/** What the service can make: src/content/order.rs. The usual shape first. */
export const ASPECTS: Record<ContentMedia, Aspect[]> = { NONE: [], IMAGE: ["4:5", "1:1", "9:16", "16:9"], VIDEO: ["9:16", "16:9"] };

/** i18next takes a colon for something else. */
const SHAPES = { "4:5": "PORTRAIT", "1:1": "SQUARE", "9:16": "STORY", "16:9": "WIDE" } as const;

export function orderOf({ topic, platform, media, aspect, tone, language }: OrderValues): Order {
  return {
    topic: topic.trim(),
    platform,
    options: { media, ...(media !== "NONE" && { aspect }), ...(tone.trim() && { tone: tone.trim() }), ...(language !== "id" && { language }) },
  };
}

export function valuesOf({ topic, platform, options: { media = "NONE", aspect, tone = "", language = "id" } = {} }: Order): OrderValues {
  return { topic, platform, media, aspect: aspect ?? ASPECTS[media][0] ?? "4:5", tone, language };
}

interface Props {
  form: UseFormReturnType<OrderValues>;
  busy: boolean;
  /** Why nothing can be made now. */
  stopped: string | undefined;
  onSubmit(values: OrderValues): void;
}

export function OrderForm({ form, busy, stopped, onSubmit }: Props) {
  const { t } = useTranslation();
  const { media } = form.values;
  const ideas = t("studio.form.ideaList", { returnObjects: true });
  const languages = t("studio.form.languages", { returnObjects: true });

  function setMedia(next: string) {
    const chosen = next as ContentMedia;
    form.setFieldValue("media", chosen);
    const [usual] = ASPECTS[chosen];
    if (usual && !ASPECTS[chosen].includes(form.values.aspect)) form.setFieldValue("aspect", usual);
  }

  return (
    <Card withBorder padding="lg" radius="lg" component="section" aria-label={t("studio.form.heading")}>
      <form onSubmit={form.onSubmit(onSubmit)}>
        <fieldset disabled={busy} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
          <Stack gap="lg">
            <div>
              <Textarea label={t("studio.form.topic")} description={t("studio.form.topicHint")} placeholder={t("studio.form.topicPlaceholder")} autosize minRows={3} maxRows={8} maxLength={2000} required size="md" {...form.getInputProps("topic")} />
              {form.values.topic === "" && (
                <Group gap={8} mt="sm" role="group" aria-label={t("studio.form.ideas")}>
                  {Object.entries(ideas).map(([key, idea], number) => (
                    <Button key={key} visibleFrom={number > 1 ? "sm" : undefined} variant="light" color="kencana" size="compact-sm" radius="xl" fw={500} h="auto" py={6} styles={{ label: { whiteSpace: "normal", textAlign: "start", height: "auto", lineHeight: 1.4 } }} onClick={() => form.setFieldValue("topic", idea)}>
                      {idea}
                    </Button>
                  ))}
                </Group>
              )}
            </div>
            <Choice label={t("studio.form.platform")} value={form.values.platform} onChange={(next) => form.setFieldValue("platform", next as ContentPlatform)} options={Object.entries(PLATFORMS).map(([value, { name, Icon }]) => ({ value, label: <Group gap={6} justify="center" wrap="nowrap"><Box component="span" visibleFrom="xs" lh={0}><Icon size={18} aria-hidden /></Box><span>{name}</span></Group> }))} error={form.errors.platform} />
            <Choice label={t("studio.form.media")} value={media} onChange={setMedia} options={(["NONE", "IMAGE", "VIDEO"] as const).map((value) => ({ value, label: t(`studio.form.medias.${value}`) }))} error={form.errors["options.media"]} />
            {media !== "NONE" && (
              <div>
                <Text size="sm" fw={500} mb={6} id="studio-aspect">{t("studio.form.aspect")}</Text>
                <Chip.Group value={form.values.aspect} onChange={(next) => form.setFieldValue("aspect", next as Aspect)}>
                  <Group gap={8} role="group" aria-labelledby="studio-aspect">
                    {ASPECTS[media].map((aspect) => (
                      <Chip key={aspect} value={aspect} size="md" variant="outline">{t(`studio.form.aspects.${SHAPES[aspect]}`)}</Chip>
                    ))}
                  </Group>
                </Chip.Group>
              </div>
            )}
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
              <Autocomplete label={t("studio.form.tone")} placeholder={t("studio.form.toneHint")} data={t("studio.form.tones", { returnObjects: true })} maxLength={100} clearable {...form.getInputProps("tone")} />
              <Select label={t("studio.form.language")} data={Object.entries(languages).map(([value, label]) => ({ value, label }))} allowDeselect={false} {...form.getInputProps("language")} />
            </SimpleGrid>
            {media === "VIDEO" && <Text size="sm" c="dimmed">{t("studio.form.videoNote")}</Text>}
            {stopped && <Alert color="kencana" role="status">{stopped}</Alert>}
            <Button type="submit" size="lg" leftSection={<IconSparkles size={20} />} loading={busy} disabled={Boolean(stopped)}>{t("studio.form.submit")}</Button>
          </Stack>
        </fieldset>
      </form>
    </Card>
  );
}

function Choice({ label, value, onChange, options, error }: { label: string; value: string; onChange(next: string): void; options: { value: string; label: React.ReactNode }[]; error: React.ReactNode }) {
  return (
    <div>
      <Text size="sm" fw={500} mb={6}>{label}</Text>
      <SegmentedControl fullWidth aria-label={label} value={value} onChange={onChange} data={options} />
      {error && <Text size="xs" c="red" mt={4}>{error}</Text>}
    </div>
  );
}
