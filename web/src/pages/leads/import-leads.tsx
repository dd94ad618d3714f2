// A list of people at once: chosen, sent, watched, and told which rows were not taken.
import { type ImportProgress, LeadGenError, type LeadsImported } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { Alert, Button, FileInput, Group, Modal, Progress, ScrollArea, Select, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { IconDownload, IconFileTypeCsv } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Refusal, refusalOf } from "../../parts/refusal";
import { useHolders } from "../../parts/roster";
import { locale } from "../../parts/time";
import { usePerson } from "../../session";

/** Megabytes. The service takes 5,000 rows; far below what it would refuse as too long, and far above what they need. */
const MOST_MB = 3;

/** Longest silence between two pieces of progress, each of 200 rows: beyond it the connection is lost. */
const QUIET_MS = 40_000;

/** The columns as the service knows them, with one made-up person. */
const TEMPLATE = "nama,telepon,email,sumber,catatan\nSiti Rahma,0812 0000 0000,,REFERRAL,Umrah bersama keluarga\n";

type State = { is: "choosing"; refusal?: Refusal & { interrupted: boolean } } | { is: "running"; progress?: ImportProgress } | { is: "done"; result: LeadsImported };

export default function ImportLeads({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const [state, setState] = useState<State>({ is: "choosing" });
  const running = state.is === "running";
  return (
    <Modal
      opened onClose={onClose} title={t("leads.csv.title")} size="lg" centered closeOnClickOutside={!running} closeOnEscape={!running}
      withCloseButton={!running} closeButtonProps={{ "aria-label": t("parts.close") }}
    >
      {state.is === "choosing" && <Choose refusal={state.refusal} onState={setState} />}
      {state.is === "running" && <Running {...(state.progress && { progress: state.progress })} />}
      {state.is === "done" && <Result result={state.result} onAgain={() => setState({ is: "choosing" })} onClose={onClose} />}
    </Modal>
  );
}

function Choose({ refusal, onState }: { refusal: (Refusal & { interrupted: boolean }) | undefined; onState(state: State): void }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const { client } = useLeadGen();
  const holders = useHolders();
  const [file, setFile] = useState<File | null>(null);
  const [to, setTo] = useState<string | null>(null);
  const tooBig = !!file && file.size > MOST_MB * 1024 * 1024;

  async function start() {
    if (!file) return;
    onState({ is: "running" });
    try {
      const csv = await file.text();
      const stream = client.importLeads({ csv, ...(to && { assignedTo: to }) }, { idleMs: QUIET_MS });
      for await (const progress of stream) onState({ is: "running", progress });
      onState({ is: "done", result: await stream.result });
    } catch (error) {
      // What may pass broke off in the middle; anything else is wrong with the list itself.
      onState({ is: "choosing", refusal: { ...refusalOf(error), interrupted: error instanceof LeadGenError && error.mayPass } });
    }
  }

  return (
    <Stack>
      <Text size="sm" c="dimmed">{t("leads.csv.text")}</Text>
      {refusal && <Alert color="red" role="alert" title={refusal.text}>{refusal.interrupted && t("leads.csv.interrupted")}</Alert>}
      <FileInput
        label={t("leads.csv.file")} placeholder={t("leads.csv.pick")} accept=".csv,text/csv" leftSection={<IconFileTypeCsv size={18} />} clearable
        value={file} onChange={setFile} error={tooBig && t("leads.csv.tooBig", { size: MOST_MB })}
      />
      {role !== "MITRA" && (
        <Select
          label={t("leads.form.holder")} placeholder={t("leads.form.holderPlaceholder")} searchable clearable data={holders} value={to} onChange={setTo}
          required={role === "PUSAT"} description={role === "CABANG" ? t("leads.form.holderHint") : undefined}
        />
      )}
      <Group justify="space-between">
        <Button component="a" variant="subtle" color="gray" leftSection={<IconDownload size={16} />} href={`data:text/csv;charset=utf-8,${encodeURIComponent(TEMPLATE)}`} download="prospek.csv">
          {t("leads.csv.template")}
        </Button>
        <Button onClick={start} disabled={!file || tooBig || (role === "PUSAT" && !to)}>{t("leads.csv.start")}</Button>
      </Group>
    </Stack>
  );
}

function Running({ progress }: { progress?: ImportProgress }) {
  const { t } = useTranslation();
  const words = progress ? t("leads.csv.running", { processed: count(progress.processed), total: count(progress.total) }) : t("leads.csv.starting");
  return (
    <Stack aria-live="polite">
      <Text size="sm">{words}</Text>
      <Progress size="lg" animated value={progress ? (100 * progress.processed) / Math.max(1, progress.total) : 100} aria-label={words} />
      {progress && <Counts {...progress} />}
    </Stack>
  );
}

function Result({ result, onAgain, onClose }: { result: LeadsImported; onAgain(): void; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <Stack role="status">
      <Counts {...result} />
      {result.ignoredColumns.length > 0 && <Text size="sm" c="dimmed">{t("leads.csv.ignored", { columns: result.ignoredColumns.join(", ") })}</Text>}
      {result.refusedRows.length > 0 && (
        <div>
          <Text fw={600} size="sm" mb={4}>{t("leads.csv.refusedTitle")}</Text>
          <ScrollArea.Autosize mah={300} viewportProps={{ tabIndex: 0, "aria-label": t("leads.csv.refusedTitle") }}>
            <Table stickyHeader>
              <Table.Thead>
                <Table.Tr><Table.Th w={70}>{t("leads.csv.row")}</Table.Th><Table.Th>{t("leads.csv.reason")}</Table.Th></Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {result.refusedRows.map((row) => (
                  <Table.Tr key={row.row}><Table.Td>{row.row}</Table.Td><Table.Td>{row.message}</Table.Td></Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </ScrollArea.Autosize>
        </div>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onAgain}>{t("leads.csv.again")}</Button>
        <Button onClick={onClose}>{t("parts.close")}</Button>
      </Group>
    </Stack>
  );
}

function Counts({ created, existing, refused }: { created: number; existing: number; refused: number }) {
  const { t } = useTranslation();
  return (
    <SimpleGrid cols={3} ta="center">
      {([["created", created, "zamrud"], ["existing", existing, undefined], ["refused", refused, refused > 0 ? "red" : undefined]] as const).map(([name, value, colour]) => (
        <div key={name}>
          <Text fz={28} fw={700} c={colour}>{count(value)}</Text>
          <Text size="sm" c="dimmed">{t(`leads.csv.${name}`)}</Text>
        </div>
      ))}
    </SimpleGrid>
  );
}

const count = (value: number) => value.toLocaleString(locale());
