import { Avatar, Group, type MantineColorScheme, Menu, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconDeviceMobile, IconLanguage, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { switchLanguage } from "../i18n";
import { usePerson, useSession } from "../session";

const SCHEMES = [
  { scheme: "light", Icon: IconSun },
  { scheme: "dark", Icon: IconMoon },
  { scheme: "auto", Icon: IconDeviceMobile },
] as const;

/** Who is signed in, and what they set for themselves: language, light or dark, and the way out. */
export function Profile() {
  const { t } = useTranslation();
  const { name, email, role } = usePerson();
  const { leave } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <UnstyledButton aria-label={name} mih={44} miw={44}>
          <Group gap="sm" wrap="nowrap" justify="center">
            <div>
              <Text size="sm" fw={600} ta="right" lh={1.3} visibleFrom="sm">{name}</Text>
              {role && <Text size="xs" c="dimmed" ta="right" lh={1.3} visibleFrom="sm">{t(`parts.roles.${role}`)}</Text>}
            </div>
            <Avatar name={name} color="initials" size={36} />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="bright" style={{ overflowWrap: "anywhere" }}>{name}{role && ` · ${t(`parts.roles.${role}`)}`}</Text>
          <Text size="xs" style={{ overflowWrap: "anywhere" }}>{email}</Text>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLanguage size={16} />} lang={t("language.code")} onClick={switchLanguage}>{t("language.switch")}</Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("scheme.label")}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}>
          {SCHEMES.map(({ scheme, Icon }) => <Menu.RadioItem key={scheme} value={scheme} rightSection={<Icon size={16} />}>{t(`scheme.${scheme}`)}</Menu.RadioItem>)}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave()}>{t("session.signOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
