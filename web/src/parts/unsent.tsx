import { Badge } from "@mantine/core";
import { IconCloudUpload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** Marks what this device has changed and the database does not know yet (`metadata.hasPendingWrites`). */
export function Unsent() {
  const { t } = useTranslation();
  return <Badge variant="light" color="kencana" size="sm" leftSection={<IconCloudUpload size={12} aria-hidden />} role="status">{t("parts.unsent")}</Badge>;
}
