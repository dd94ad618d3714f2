import type { Lead, LeadStatus as Status } from "@leadgen-pro/client";
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMove } from "./board-data";
import { LostReason } from "./lost-reason";
import { STATUSES } from "./status";

const FILLED: Record<Status, string> = { NEW: "blue.7", FOLLOW_UP: "kencana.3", CLOSING: "zamrud.8", LOST: "gray.7" };

/** Where a lead stands, and the way to move it on. */
export function LeadStatus({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const moveTo = useMove();
  const [asking, setAsking] = useState(false);

  function move(status: Status) {
    if (status === lead.status) return;
    if (status === "LOST") return setAsking(true);
    void moveTo(lead, status);
  }

  return (
    <>
      <SegmentedControl
        fullWidth value={lead.status} onChange={(status) => move(status as Status)} color={FILLED[lead.status]} autoContrast
        aria-label={t("leads.move")} data={STATUSES.map((value) => ({ value, label: t(`leads.status.${value}`) }))}
        styles={{ label: { paddingInline: 4, whiteSpace: "normal", lineHeight: 1.2, display: "grid", placeItems: "center" }, innerLabel: { whiteSpace: "normal" } }}
      />
      <LostReason
        lead={asking ? lead : undefined} onClose={() => setAsking(false)}
        onReason={(one, lostReason) => {
          setAsking(false);
          void moveTo(one, "LOST", lostReason);
        }}
      />
    </>
  );
}
