// What AI may cost: head office sets the limits and the switch; a branch the limits of its people.
import { SimpleGrid, Stack } from "@mantine/core";
import { usePerson } from "../../../session";
import { AiSwitch } from "./ai-switch";
import { Defaults } from "./defaults";
import { OwnLimit } from "./own-limit";
import { useAiSettings } from "./settings-data";
import { Failure } from "../../../parts/failure";

export function BudgetSettings() {
  const person = usePerson();
  const leads = person.role === "PUSAT";
  const settings = useAiSettings(leads);
  return (
    <SimpleGrid cols={{ base: 1, lg: leads ? 2 : 1 }} spacing="lg" maw={leads ? undefined : 640}>
      {leads && (
        <Stack gap="lg">
          {settings.error && <Failure error={settings.error} onRetry={settings.retry} />}
          <AiSwitch settings={settings} />
          <Defaults settings={settings} />
        </Stack>
      )}
      <OwnLimit />
    </SimpleGrid>
  );
}
