// The frame around every page: on a wide screen a menu at the left, on a phone one at the thumb.
import { Alert, AppShell, Group, Image, NavLink, Text, UnstyledButton } from "@mantine/core";
import {
  IconBrandInstagram, IconChartBar, IconMessages, IconPencilHeart, IconUsers, IconUsersGroup, IconWifiOff,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { PageBoundary } from "../parts/failure";
import { usePerson } from "../session";
import { useOnline } from "./online";
import { Profile } from "./profile";
import classes from "./shell.module.css";

const EVERYBODY = [
  { to: "/leads", words: "nav.leads", Icon: IconUsers },
  { to: "/inbox", words: "nav.inbox", Icon: IconMessages },
  { to: "/studio", words: "nav.studio", Icon: IconPencilHeart },
  { to: "/channels", words: "nav.channels", Icon: IconBrandInstagram },
] as const;

const LEADERS = [
  { to: "/team", words: "nav.team", Icon: IconUsersGroup },
  { to: "/figures", words: "nav.figures", Icon: IconChartBar },
] as const;

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const person = usePerson();
  const { pathname } = useLocation();
  const online = useOnline();
  const pages = person.role === "MITRA" ? EVERYBODY : [...EVERYBODY, ...LEADERS];
  // A conversation fills the phone: its arrow leads back to the menu.
  const filled = pathname.startsWith("/inbox/");
  const here = (to: string) => pathname === to || pathname.startsWith(`${to}/`);

  return (
    <AppShell header={{ height: 56 }} footer={{ height: { base: 64, sm: 0 }, collapsed: filled }} navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: true } }} padding={{ base: "sm", sm: "lg" }}>
      <AppShell.Header className={classes.header}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Image src="/icon.svg" alt="" w={30} h={30} />
            <Text fw={700} component="span">{t("app.name")}</Text>
          </Group>
          <Profile />
        </Group>
      </AppShell.Header>

      <AppShell.Navbar p="sm" visibleFrom="sm" component="nav" aria-label={t("nav.main")}>
        {pages.map(({ to, words, Icon }) => (
          <NavLink key={to} component={Link} to={to} label={t(words)} leftSection={<Icon size={20} stroke={1.6} />} active={here(to)} aria-current={here(to) ? "page" : undefined} className={classes.link} />
        ))}
      </AppShell.Navbar>

      <AppShell.Main>
        {!online && (
          <Alert color="kencana" icon={<IconWifiOff />} mb="sm" role="status">{t("state.offline")}</Alert>
        )}
        <PageBoundary key={pathname.split("/")[1]}>{children}</PageBoundary>
      </AppShell.Main>

      <AppShell.Footer hiddenFrom="sm" component="nav" aria-label={t("nav.main")} className={classes.footer}>
        {pages.map(({ to, words, Icon }) => (
          <UnstyledButton key={to} component={Link} to={to} className={classes.tab} data-here={here(to) || undefined} aria-current={here(to) ? "page" : undefined}>
            <Icon size={22} stroke={1.6} />
            <span>{t(words)}</span>
          </UnstyledButton>
        ))}
      </AppShell.Footer>
    </AppShell>
  );
}
