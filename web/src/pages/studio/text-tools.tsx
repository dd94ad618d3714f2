// What one does with a finished text: see how much fits, copy it, send it on by WhatsApp.
import type { ContentPlatform } from "@leadgen-pro/client";
import { Button, CopyButton, Group, Text } from "@mantine/core";
import { IconBrandWhatsapp, IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { locale } from "../../parts/time";
import { LONGEST } from "./text";

export function Counter({ text, platform }: { text: string; platform: ContentPlatform }) {
  const { t } = useTranslation();
  const left = LONGEST[platform] - text.length;
  const count = new Intl.NumberFormat(locale()).format(Math.abs(left));
  return (
    <Text size="sm" c={left < 0 ? "red" : "dimmed"} ta="center">
      {left < 0 ? t("studio.preview.over", { n: count }) : t("studio.preview.left", { n: count })}
    </Text>
  );
}

export function TextTools({ text }: { text: string }) {
  const { t } = useTranslation();
  return (
    <Group justify="center" gap="xs">
      <CopyButton value={text} timeout={2000}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy} leftSection={copied ? <IconCheck size={18} /> : <IconCopy size={18} />}>
            {t(copied ? "studio.preview.copied" : "studio.preview.copy")}
          </Button>
        )}
      </CopyButton>
      <Button component="a" href={`https://wa.me/?text=${encodeURIComponent(text)}`} target="_blank" rel="noopener noreferrer" variant="default" leftSection={<IconBrandWhatsapp size={18} />}>
        {t("studio.preview.share")}
      </Button>
    </Group>
  );
}
