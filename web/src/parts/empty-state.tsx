import { Stack, Text, ThemeIcon } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** Nothing here yet: what will be here, and what to do next. `children` are the buttons. */
export function EmptyState({ Icon, title, text, children }: { Icon: Icon; title: string; text?: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <ThemeIcon variant="light" size={64} radius="xl" aria-hidden>
        <Icon size={32} stroke={1.5} />
      </ThemeIcon>
      <Text fw={700} mt="xs">{title}</Text>
      {text && <Text c="dimmed" maw={380} size="sm">{text}</Text>}
      {children}
    </Stack>
  );
}
