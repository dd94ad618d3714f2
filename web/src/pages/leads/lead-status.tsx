import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { tell } from "../../parts/refusal";
import { type Lead, useUpdateLead } from "./data";
import { LostReason } from "./lost-reason";
import { STATUSES, type Status } from "./status";

const FILLED: Record<Status, string> = { NEW: "blue.7", FOLLOW_UP: "kencana.3", CLOSING: "zamrud.8", LOST: "gray.7" };

/** Where a lead stands, and the way to move it on. */
export function LeadStatus({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const update = useUpdateLead();
  const [asking, setAsking] = useState(false);

  function move(status: Status) {
    if (status === lead.status) return;
    if (status === "LOST") return setAsking(true);
    update(lead.id, { status, ...(lead.lostReason && { lostReason: null }) }).catch(tell);
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
          update(one.id, { status: "LOST", lostReason }).catch(tell);
        }}
      />
    </>
  );
}
