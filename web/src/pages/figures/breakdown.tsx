import { Anchor, Card, Grid, Skeleton, Table, Text, Title } from "@mantine/core";
import { lazy, Suspense, useId } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { locale } from "../../parts/time";
import type { Slice } from "./charts";

const Donut = lazy(async () => ({ default: (await import("./charts")).Donut }));
const Bars = lazy(async () => ({ default: (await import("./charts")).Bars }));

/** Rows that the chart draws; the table has them all. */
const DRAWN = 10;

export interface Row extends Slice {
  key: string;
  /** The leads behind the number. */
  to: string;
}

interface Props {
  title: string;
  /** The head of the first column. */
  of: string;
  rows: Row[];
  total: number;
  shape: "donut" | "bars";
  note?: string | undefined;
}

/** One way of dividing the leads: drawn, and as a table that says the same. */
export function Breakdown({ title, of, rows, total, shape, note }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const drawn = rows.filter(({ value }) => value > 0).slice(0, DRAWN);
  return (
    <Card withBorder padding="lg" component="section" aria-labelledby={id} h="100%">
      <Title order={2} size="h4" mb="md" id={id}>{title}</Title>
      <Grid gap="md" align="center">
        <Grid.Col span={{ base: 12, xs: 6, ...(shape === "donut" && { lg: 12 }) }}>
          <Suspense fallback={<Skeleton h={170} />}>
            {shape === "donut" ? <Donut slices={drawn} /> : <Bars slices={drawn} label={t("figures.count")} />}
          </Suspense>
        </Grid.Col>
        <Grid.Col span={{ base: 12, xs: 6, ...(shape === "donut" && { lg: 12 }) }}>
          <Table verticalSpacing={6} horizontalSpacing={6} aria-labelledby={id}>
            <Table.Thead>
              <Table.Tr><Table.Th>{of}</Table.Th><Table.Th ta="right">{t("figures.count")}</Table.Th><Table.Th ta="right">{t("figures.share")}</Table.Th></Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={row.key}>
                  <Table.Td><Anchor component={Link} to={row.to} size="sm">{row.name}</Anchor></Table.Td>
                  <Table.Td ta="right" style={{ fontVariantNumeric: "tabular-nums" }}>{row.value.toLocaleString(locale())}</Table.Td>
                  <Table.Td ta="right" style={{ fontVariantNumeric: "tabular-nums" }}>{percent(row.value, total)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          {note && <Text size="xs" c="dimmed" mt="xs">{note}</Text>}
        </Grid.Col>
      </Grid>
    </Card>
  );
}

export function percent(part: number, total: number): string {
  return new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 0 }).format(total > 0 ? part / total : 0);
}
