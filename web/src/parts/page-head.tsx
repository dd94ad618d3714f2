import { ActionIcon, Group, Text, Title } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

interface Props {
  title: string;
  text?: string;
  /** Where the arrow beside the title leads: for a detail that fills the phone. */
  back?: string;
  /** The buttons at the right. */
  children?: ReactNode;
}

/** A page's h1 and its main buttons. */
export function PageHead({ title, text, back, children }: Props) {
  const { t } = useTranslation();
  return (
    <Group justify="space-between" align="center" mb="md" gap="sm">
      <Group gap="xs" wrap="nowrap" miw={0}>
        {back && (
          <ActionIcon component={Link} to={back} variant="subtle" color="gray" size="xl" aria-label={t("parts.back")}>
            <IconArrowLeft size={22} />
          </ActionIcon>
        )}
        <div style={{ minWidth: 0 }}>
          <Title order={1} size="h2" style={{ overflowWrap: "anywhere" }}>{title}</Title>
          {text && <Text c="dimmed" size="sm">{text}</Text>}
        </div>
      </Group>
      {children && <Group gap="xs">{children}</Group>}
    </Group>
  );
}
