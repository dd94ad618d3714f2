import { Button, Skeleton, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Column } from "./board-data";
import { Failure } from "../../parts/failure";

/** What stands below the cards of a list: that it is loading, empty, failed, or goes on. */
export function ColumnEnd({ column, filtered }: { column: Column; filtered: boolean }) {
  const { t } = useTranslation();
  const { searched } = column;
  if (column.error) return <Failure error={column.error} onRetry={column.retry} />;
  if (!column.data) return <>{[0, 1, 2].map((n) => <Skeleton key={n} h={104} mb="xs" radius="md" />)}</>;
  return (
    <>
      {column.data.length === 0 && <Text size="sm" c="dimmed" ta="center" py="lg">{t(filtered ? "leads.empty.filtered" : "leads.empty.status")}</Text>}
      {searched && searched.found > column.data.length && <Text size="xs" c="dimmed" ta="center" pt="xs">{t("leads.narrow", { shown: column.data.length, count: searched.found })}</Text>}
      {searched && column.hasMore && <Text size="xs" c="dimmed" ta="center" pt="xs">{t("leads.searched", { count: searched.through })}</Text>}
      {column.hasMore && <Button variant="subtle" fullWidth loading={column.loading} onClick={column.loadMore}>{t("leads.more")}</Button>}
    </>
  );
}
