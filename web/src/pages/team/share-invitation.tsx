import type { Role } from "@leadgen-pro/client";
import { Button, CopyButton, Group, Paper, Stack, Text } from "@mantine/core";
import { IconBrandWhatsapp, IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** The service sends no mail: whoever invites tells the person, in the way they talk anyway. */
export function ShareInvitation({ email, role, onClose }: { email: string; role: Role; onClose(): void }) {
  const { t } = useTranslation();
  const message = t("team.form.message", { role: t(`parts.roles.${role}`), email, url: location.origin });
  return (
    <Stack>
      <Text size="sm">{t("team.form.shareText")}</Text>
      <Paper withBorder p="sm"><Text size="sm" style={{ overflowWrap: "anywhere" }}>{message}</Text></Paper>
      <Group grow>
        <CopyButton value={message}>
          {({ copied, copy }) => (
            <Button variant="default" leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>{t(copied ? "team.form.copied" : "team.form.copy")}</Button>
          )}
        </CopyButton>
        <Button component="a" href={`https://wa.me/?text=${encodeURIComponent(message)}`} target="_blank" rel="noopener noreferrer" leftSection={<IconBrandWhatsapp size={16} />}>
          {t("team.form.whatsapp")}
        </Button>
      </Group>
      <Button variant="subtle" onClick={onClose}>{t("team.form.finish")}</Button>
    </Stack>
  );
}
