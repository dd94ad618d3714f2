import type { Role } from "@leadgen-pro/client";
import { Avatar, Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";

const COLOURS: Record<Role, string> = { PUSAT: "kencana", CABANG: "zamrud", MITRA: "gray" };

/** A role in words. */
export function RoleBadge({ role }: { role: Role }) {
  const { t } = useTranslation();
  return <Badge variant="light" color={COLOURS[role]}>{t(`parts.roles.${role}`)}</Badge>;
}

/** A person's initials, in a colour of their own. */
export function Face({ name, size = 36 }: { name: string; size?: number }) {
  return <Avatar name={name} color="initials" size={size} aria-hidden />;
}
