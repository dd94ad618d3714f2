// What is around the forms before the door: what the console is for, where there is width to say it.
import { Group, Image, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconMessages, IconPencilHeart, IconUsers } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { LanguageSwitch } from "../../shell/language-switch";
import classes from "./entry.module.css";

const POINTS = [
  { name: "leads", Icon: IconUsers },
  { name: "inbox", Icon: IconMessages },
  { name: "studio", Icon: IconPencilHeart },
] as const;

export function EntryFrame({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className={classes.frame}>
      <aside className={classes.brand}>
        <Group gap="sm">
          <Image src="/icon.svg" alt="" w={44} h={44} className={classes.mark} />
          <Text fw={700} fz="xl">{t("app.name")}</Text>
        </Group>
        <Stack gap="xl" maw={440}>
          <Text fz={34} fw={700} lh={1.2}>{t("app.tagline")}</Text>
          {POINTS.map(({ name, Icon }) => (
            <Group key={name} gap="md" wrap="nowrap" align="flex-start">
              <ThemeIcon size={44} radius="md" className={classes.icon} aria-hidden><Icon size={24} stroke={1.6} /></ThemeIcon>
              <div>
                <Text fw={700}>{t(`entry.points.${name}.title`)}</Text>
                <Text size="sm" className={classes.quiet}>{t(`entry.points.${name}.text`)}</Text>
              </div>
            </Group>
          ))}
        </Stack>
        <span />
      </aside>
      <main className={classes.door}>
        <div className={classes.form}>{children}</div>
        <LanguageSwitch />
      </main>
    </div>
  );
}
