// The charts alone: they bring a library of their own, which comes after the numbers. The tables beside them say the same
// in words, so they are hidden from those who listen to the page.
import "@mantine/charts/styles.css";
import { BarChart, DonutChart } from "@mantine/charts";
import { Box, Center } from "@mantine/core";
import { useReducedMotion } from "@mantine/hooks";

export interface Slice {
  name: string;
  value: number;
  color: string;
}

export function Donut({ slices }: { slices: Slice[] }) {
  const still = useReducedMotion();
  return (
    <Center aria-hidden>
      <DonutChart data={slices} size={170} thickness={26} paddingAngle={slices.filter(({ value }) => value > 0).length > 1 ? 2 : 0} withTooltip tooltipDataSource="segment" strokeWidth={0} pieChartProps={{ accessibilityLayer: false }} pieProps={{ rootTabIndex: -1, isAnimationActive: !still }} />
    </Center>
  );
}

export function Bars({ slices, label }: { slices: Slice[]; label: string }) {
  const still = useReducedMotion();
  return (
    <Box aria-hidden miw={0}>
      <BarChart
        h={Math.max(120, 34 * slices.length + 16)} data={slices.map((slice) => ({ name: slice.name, value: slice.value, color: slice.color }))} dataKey="name" orientation="vertical"
        series={[{ name: "value", label, color: "zamrud.6" }]} withXAxis={false} gridAxis="none" tickLine="none" yAxisProps={{ width: 124, interval: 0 }} maxBarWidth={18}
        barChartProps={{ accessibilityLayer: false }} barProps={{ radius: 4, isAnimationActive: !still }} tooltipProps={{ cursor: false }}
      />
    </Box>
  );
}
