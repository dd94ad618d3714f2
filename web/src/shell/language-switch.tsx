import { Button } from "@mantine/core";
import { IconLanguage } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { switchLanguage } from "../i18n";

export function LanguageSwitch() {
  const { t } = useTranslation();
  return (
    <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconLanguage size={16} />} onClick={switchLanguage}>
      {t("language.switch")}
    </Button>
  );
}
