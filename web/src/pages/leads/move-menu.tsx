import type { Lead, LeadStatus } from "@leadgen-pro/client";
import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowsExchange, IconPointFilled } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { STATUS_COLOURS, STATUSES } from "./status";

/** Moves a lead without dragging it: for thumbs and for keyboards. */
export function MoveMenu({ lead, onMove }: { lead: Lead; onMove(lead: Lead, to: LeadStatus): void }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("leads.moveTo", { name: lead.name })}>
          <IconArrowsExchange size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("leads.move")}</Menu.Label>
        {STATUSES.filter((status) => status !== lead.status).map((status) => (
          <Menu.Item
            key={status}
            leftSection={<IconPointFilled size={16} color={`var(--mantine-color-${STATUS_COLOURS[status]}-filled)`} />}
            onClick={() => onMove(lead, status)}
          >
            {t(`leads.status.${status}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
