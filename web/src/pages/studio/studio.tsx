// The content studio: create, look back, publish; and what it may cost.
import { useContentStream } from "@leadgen-pro/client/react";
import { Box, ScrollArea, Tabs } from "@mantine/core";
import { DatesProvider } from "@mantine/dates";
import { IconCalendarEvent, IconCoin, IconHistory, IconSparkles } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Navigate, Route, Routes, useLocation, useNavigate } from "react-router";
import "dayjs/locale/id";
import { language } from "../../i18n";
import { PageHead } from "../../parts/page-head";
import { Roster } from "../../parts/roster";
import { usePerson } from "../../session";
import { Channels } from "./known-channels";
import { BudgetProvider } from "./budget/budget-context";
import { BudgetMeter } from "./budget/budget-meter";
import { BudgetSettings } from "./budget/settings";
import { Create } from "./create/create";
import { Detail } from "./history/detail";
import { History } from "./history/history";
import { Posts } from "./posts/posts";

const TABS = [
  { path: "create", words: "studio.tabs.create", Icon: IconSparkles },
  { path: "history", words: "studio.tabs.history", Icon: IconHistory },
  { path: "posts", words: "studio.tabs.posts", Icon: IconCalendarEvent },
  { path: "budget", words: "studio.tabs.budget", Icon: IconCoin },
] as const;

export default function Studio() {
  const { t } = useTranslation();
  const person = usePerson();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const here = pathname.split("/")[2] || "create";
  // Kept above the tabs: looking into the history does not lose what is being written.
  const making = useContentStream();
  const tabs = TABS.filter(({ path }) => path !== "budget" || person.role !== "MITRA");
  return (
    <BudgetProvider>
    <Roster>
    <Channels>
    <DatesProvider settings={{ locale: language(), firstDayOfWeek: 1, weekendDays: [] }}>
      <PageHead title={t("studio.title")}><BudgetMeter /></PageHead>
      <Tabs value={here} onChange={(path) => navigate(path === "create" ? "/studio" : `/studio/${path}`)} mb="lg" keepMounted={false}>
        <ScrollArea type="never">
          <Tabs.List style={{ flexWrap: "nowrap" }}>
            {tabs.map(({ path, words, Icon }) => (
              <Tabs.Tab key={path} value={path} px={{ base: "sm", xs: "md" }} leftSection={<Box component="span" visibleFrom="xs" lh={0}><Icon size={18} aria-hidden /></Box>}>{t(words)}</Tabs.Tab>
            ))}
          </Tabs.List>
        </ScrollArea>
      </Tabs>
      <Routes>
        <Route index element={<Create making={making} />} />
        <Route path="history" element={<History />} />
        <Route path="history/:requestId" element={<Detail />} />
        <Route path="posts" element={<Posts />} />
        {person.role !== "MITRA" && <Route path="budget" element={<BudgetSettings />} />}
        <Route path="*" element={<Navigate to="/studio" replace />} />
      </Routes>
    </DatesProvider>
    </Channels>
    </Roster>
    </BudgetProvider>
  );
}
