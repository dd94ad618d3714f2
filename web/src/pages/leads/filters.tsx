import { Button, Group, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useHolders } from "../../parts/roster";
import { usePerson } from "../../session";
import type { Search } from "./board-data";
import { SOURCES } from "./status";

/** What is looked for, as the address says it: it survives a reload and the way back from a lead. */
export function useSearch(): Search {
  const [params] = useSearchParams();
  const source = SOURCES.find((one) => one === params.get("source"));
  const assignedTo = params.get("holder");
  return { words: params.get("search") ?? "", ...(source && { source }), ...(assignedTo && { assignedTo }) };
}

export function Filters({ search }: { search: Search }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const [, setParams] = useSearchParams();
  const holders = useHolders();
  const wide = role !== "MITRA";

  // The address changes in a transition, too late for a field that somebody types into: the field has the words first.
  const [typed, setTyped] = useState(search.words);
  const told = useRef(search.words);
  const look = useDebouncedCallback((words: string) => {
    told.current = words;
    set("search", words);
  }, 300);
  useEffect(() => {
    if (search.words === told.current) return;
    told.current = search.words;
    setTyped(search.words);
  }, [search.words]);

  function set(name: string, value: string | null) {
    setParams((before) => {
      if (value) before.set(name, value);
      else before.delete(name);
      return before;
    }, { replace: true });
  }

  return (
    <Group mb="md" gap="xs">
      <TextInput
        aria-label={t("leads.search")} placeholder={t("leads.search")} leftSection={<IconSearch size={16} />} type="search"
        value={typed} onChange={({ currentTarget: { value } }) => (setTyped(value), look(value))} flex={{ base: wide ? "1 1 100%" : "1 1 54%", sm: "1 1 200px" }} maw={{ sm: 340 }}
      />
      <Select
        aria-label={t("leads.form.source")} placeholder={t("leads.anySource")} clearable flex={{ base: wide ? "1 1 140px" : "1 1 34%", sm: "1 1 140px" }} maw={{ sm: 220 }}
        data={SOURCES.map((value) => ({ value, label: t(`leads.source.${value}`) }))}
        value={search.source ?? null} onChange={(value) => set("source", value)}
      />
      {wide && (
        <Select
          aria-label={t("leads.form.holder")} placeholder={t("leads.anyHolder")} clearable searchable flex="1 1 140px" maw={{ sm: 260 }}
          data={holders} value={search.assignedTo ?? null} onChange={(value) => set("holder", value)}
        />
      )}
      {(search.words || search.source || search.assignedTo) && (
        <Button variant="subtle" color="gray" leftSection={<IconX size={16} />} onClick={() => setParams({}, { replace: true })}>{t("leads.clear")}</Button>
      )}
    </Group>
  );
}
