import { Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

export default function Studio() {
  const { t } = useTranslation();
  return <Title order={2}>{t("nav.studio")}</Title>;
}
